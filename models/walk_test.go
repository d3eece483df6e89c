package models

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The walks below take at least this many steps; a step is one event judged.
const (
	wantSteps = 1_000_000
	walkCount = 30_000
)

// TestWalks drives the law as the workflow does, against a provider that really
// takes money, and checks P1 to P9 after every step.
func TestWalks(t *testing.T) {
	setRapid(t, "rapid.checks", fmt.Sprint(walkCount))
	setRapid(t, "rapid.nofailfile", "true")
	steps, began := 0, time.Now()
	rapid.Check(t, func(t *rapid.T) {
		draws := rapid.SliceOfN(rapid.Uint64(), 40, 100).Draw(t, "steps")
		w := walk(laws[CurrentRules], draws, nil)
		steps += w.steps
		if w.broken != "" {
			t.Fatalf("%s\n%s", w.broken, story(laws[CurrentRules], draws))
		}
	})
	t.Logf("%d steps in %s", steps, time.Since(began).Round(time.Millisecond))
	if steps < wantSteps && !testing.Short() { // the race detector takes fewer steps
		t.Errorf("only %d steps, want %d", steps, wantSteps)
	}
}

func setRapid(t *testing.T, name, value string) {
	t.Helper()
	old := flag.Lookup(name).Value.String()
	if err := flag.Set(name, value); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = flag.Set(name, old) })
}

// walker is one request on its way through a law, and the world around it.
type walker struct {
	law     law
	r       Request
	now     time.Time
	abroad  []errand // remote effects that still owe an answer
	bank    bank
	shop    shop
	cases   map[CaseKind]bool
	minted  int
	healing bool
	steps   int
	broken  string // the first invariant that did not hold
	told    func(string)
}

// errand is a remote effect under way. Its answer may be true when it is formed and
// overtaken by the world before it is home.
type errand struct {
	Effect
	formed bool
	answer Event
}

func (w *walker) owes(kind EffectKind, ref string) bool {
	return slices.ContainsFunc(w.abroad, func(e errand) bool { return e.Effect == Effect{kind, ref} })
}

// walk takes one step per draw, then heals the world and balances the books.
func walk(l law, draws []uint64, told func(string)) *walker {
	seed := dice(draws[0])
	w := &walker{law: l, r: newborn(&seed), cases: map[CaseKind]bool{}, told: told}
	w.now = w.r.EnteredAt
	if !seed.oneIn(50) { // a run may begin without its first event
		w.deliver(Event{Kind: Placed}, &seed)
	}
	for _, x := range draws {
		if d := dice(x); d != 0 { // zero is nothing, so that rapid can cut a failing walk short
			w.step(&d)
		}
		if w.broken != "" {
			return w
		}
	}
	w.heal(&seed)
	return w
}

// story is the walk in words, for people who must find out what went wrong.
func story(l law, draws []uint64) string {
	var lines []string
	walk(l, draws, func(line string) { lines = append(lines, line) })
	return strings.Join(lines, "\n")
}

func (w *walker) step(d *dice) {
	switch d.n(16) {
	case 0, 1, 2, 3, 4:
		w.answerOne(d)
	case 5, 6:
		w.bankMoves(d)
	case 7, 8:
		w.callback(d)
	case 9, 10, 11:
		w.deliver(w.pay(d), d)
	case 12:
		if len(w.r.Refunds) > 0 && d.oneIn(2) { // after the sale little else is wanted
			w.afterSales(d)
			return
		}
		w.wants(w.people(d), d)
	case 13:
		w.afterSales(d)
	case 14:
		if at, _, ok := w.r.Deadline(); ok {
			w.pass(at, d)
		}
	default:
		w.pass(w.now.Add(time.Duration(d.n(1200))*time.Second), d)
	}
}

// deliver judges an event and the answers of its local effects, as a step of the
// workflow does; what leaves the house is answered some other time.
func (w *walker) deliver(e Event, d *dice) bool {
	taken := false
	for events := []Event{e}; len(events) > 0 && w.broken == ""; events = events[1:] {
		next := events[0]
		next.At, next.Spare = w.now, w.mint("R")
		before := w.r
		after, verdict, err := w.law.judge(w.r, next)
		w.steps++
		w.say(before, after, next, err)
		if err != nil {
			continue
		}
		taken = taken || len(events) == 1
		w.r = after
		w.bank.meet(after)
		w.note(verdict)
		w.blame(breach(before, next, after, verdict))
		for _, effect := range verdict.Effects {
			if answer, local := w.local(effect, d); local {
				answer.By = effect.Kind
				events = append(events, answer)
			} else {
				w.abroad = append(w.abroad, errand{Effect: effect})
			}
		}
	}
	w.blame(w.atRest())
	return taken
}

func (w *walker) note(v Verdict) {
	if v.Transition != nil && v.Transition.Case != "" {
		w.cases[v.Transition.Case] = true
	}
}

func (w *walker) blame(what string) {
	if w.broken == "" {
		w.broken = what
	}
}

func (w *walker) say(before, after Request, e Event, err error) {
	if w.told == nil {
		return
	}
	w.told(fmt.Sprintf("%s  %s + %s(%s%s) -> %s %v", w.now.Format("15:04:05"), before.State, e.Kind, e.Attempt,
		e.Refund, after.State, err))
}

func (w *walker) mint(prefix string) string {
	w.minted++
	return prefix + numerals[w.minted%len(numerals)]
}

// numerals saves the walks from formatting numbers.
var numerals = func() []string {
	list := make([]string, 4096)
	for i := range list {
		list[i] = fmt.Sprint(i)
	}
	return list
}()

// local answers the effects that stay inside the house.
func (w *walker) local(effect Effect, d *dice) (Event, bool) {
	switch effect.Kind {
	case CheckOrder:
		return Event{Kind: oneOf(d, OrderEligible, OrderIneligible, 12)}, true
	case CheckLogin:
		return Event{Kind: oneOf(d, LoginPassed, LoginRefused, 8), Attempt: effect.Ref}, true
	case ApplyOrder:
		return w.shop.ask(w.r, d, w.healing), true
	case QueryPayment:
		if !w.healing && d.oneIn(6) {
			return Event{Kind: PaymentUnknown, Attempt: effect.Ref}, true
		}
		return w.bank.lagging(effect.Ref, d), true
	case QueryRefund:
		return w.bank.refund(effect.Ref).event(), true
	default:
		return Event{}, false
	}
}

func oneOf(d *dice, mostly, rarely EventKind, n int) EventKind {
	if d.oneIn(n) {
		return rarely
	}
	return mostly
}

// answerOne brings home one remote answer, or one poll's, or only forms it.
func (w *walker) answerOne(d *dice) {
	polls := w.r.Polls()
	i := d.n(len(w.abroad) + len(polls) + 1)
	switch {
	case i < len(w.abroad) && !w.abroad[i].formed && d.oneIn(4):
		w.abroad[i].answer, w.abroad[i].formed = w.remote(w.abroad[i].Effect, d), true
	case i < len(w.abroad):
		w.bringHome(i, d)
	case i < len(w.abroad)+len(polls):
		w.ask(polls[i-len(w.abroad)], d)
	}
}

func (w *walker) bringHome(i int, d *dice) {
	e := w.abroad[i]
	w.abroad = slices.Delete(w.abroad, i, i+1)
	if !e.formed {
		e.answer = w.remote(e.Effect, d)
	}
	e.answer.By = e.Kind
	w.deliver(e.answer, d)
}

// ask lets one poll answer; of a refund only an end is told.
func (w *walker) ask(poll Effect, d *dice) {
	if poll.Kind == PollPayment {
		w.poll(poll.Ref, d)
		return
	}
	if f := w.bank.refund(poll.Ref); f.state != "" && f.state != Overdue {
		w.deliver(f.event(), d)
	}
}

// poll answers only with an end, or with "busy"; "unpaid" is an end for what is over.
func (w *walker) poll(number string, d *dice) {
	a, _ := w.r.Attempt(number)
	if answer := w.bank.status(number, d); answer.Kind != PaymentUnpaid || !a.Pending() {
		answer.By = PollPayment
		w.deliver(answer, d)
	}
}

func (w *walker) remote(effect Effect, d *dice) Event {
	switch effect.Kind {
	case OpenPayment:
		return w.open(w.bank.order(effect.Ref), d)
	case ClosePayment:
		o := w.bank.order(effect.Ref)
		o.shut = true
		return w.bank.lagging(effect.Ref, d)
	case AskOrderHook:
		return w.shop.ask(w.r, d, w.healing)
	case DivertRefund:
		return w.bank.sendAside(effect.Ref, d, w.healing)
	default:
		return w.bank.give(effect.Ref, d, w.healing)
	}
}

func (w *walker) open(o *bankOrder, d *dice) Event {
	switch {
	case o.made || w.healing || !d.oneIn(3):
		if !w.healing && d.oneIn(8) {
			o.made = o.made || d.oneIn(2)
			return Event{Kind: PaymentUnknown, Attempt: o.number}
		}
		o.made = true
		return Event{Kind: PaymentOpened, Attempt: o.number}
	default:
		o.shut = true
		return Event{Kind: PaymentRefused, Attempt: o.number}
	}
}
