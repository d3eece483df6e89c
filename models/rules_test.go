package models

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// everyKind lists each event the law may be asked to judge.
func everyKind() []EventKind { return slices.Concat(Outside, Answers, Lapses) }

// The truth table: for each state and event there is a rule that takes whatever
// the ones before it left, or the event is an answer whose moment has passed.
func TestEveryStateHasAnAnswerForEveryEvent(t *testing.T) {
	for _, state := range States {
		for _, kind := range everyKind() {
			list := laws[CurrentRules][state][kind]
			complete := len(list) > 0 && list[len(list)-1].when.holds == nil
			if !complete && slices.Contains(Outside, kind) {
				t.Errorf("%s on %s may fall through to not_now: say why it is refused", state, kind)
			}
		}
	}
}

func TestEveryRefusalIsStatedInWords(t *testing.T) {
	said := map[string]bool{"not_now": true, "stale_answer": true}
	for _, r := range rulesV1() {
		if r.refuse == "" {
			continue
		}
		said[r.refuse] = true
		err := refusal(r.refuse, Request{})
		if err.Reason != r.refuse || err.Code == "" || err.Message == "" {
			t.Errorf("%s on %s refuses with %q, which refusals do not state", r.from, r.on, r.refuse)
		}
		if len(r.acts)+len(r.do)+len(r.tell) > 0 || r.to != stay || r.file != "" {
			t.Errorf("%s on %s refuses and does something", r.from, r.on)
		}
	}
	for reason := range refusals {
		if !said[reason] {
			t.Errorf("no rule refuses with %q", reason)
		}
	}
}

// A rule is dead when, in each of its states, an earlier one takes all.
func TestNoRuleIsDead(t *testing.T) {
	taken := map[State]map[EventKind]bool{}
	for _, r := range rulesV1() {
		dead := true
		for _, state := range r.from {
			if taken[state] == nil {
				taken[state] = map[EventKind]bool{}
			}
			dead = dead && taken[state][r.on]
			taken[state][r.on] = taken[state][r.on] || r.when.holds == nil
		}
		if dead {
			t.Errorf("%s on %s when %q stands behind rules that take all", r.from, r.on, r.when.name)
		}
	}
}

// belts are rules that no world can meet in which each effect answers once. They
// are there in case one answers twice; TestAnyOrderOfEventsEndsTheSame meets them.
var belts = []string{
	"payment_opened ", "payment_unknown captured already", "payment_refused over already",
	"payment_refused over, but watched",
	"check_lapsed reopened", // the answer is part of the step that reopens
}

// Every line of the law is met by the walks; a line that none meets is either
// dead or untested.
func TestTheWalksMeetEveryRule(t *testing.T) {
	table, met := rulesV1(), map[int]bool{}
	for i := range table {
		holds := table[i].when.holds
		table[i].when.holds = func(r Request, e Event) bool {
			ok := holds == nil || holds(r, e)
			if ok {
				met[i] = true
			}
			return ok
		}
	}
	counted, random := index(table), rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		walk(counted, draws(random), nil)
	}
	for i, r := range table {
		if name := string(r.on) + " " + r.when.name; !met[i] && r.refuse == "" && !slices.Contains(belts, name) {
			t.Errorf("never met: %s on %s when %q", r.from, r.on, r.when.name)
		}
	}
	t.Logf("%d of %d rules met", len(met), len(table))
}

func draws(random *rand.Rand) []uint64 {
	list := make([]uint64, 80)
	for i := range list {
		list[i] = random.Uint64()
	}
	return list
}

// What an effect may answer has a rule in every state its answer can arrive in:
// local effects in the state that asked, remote ones in any state from then on.
func TestEveryAnswerIsExpected(t *testing.T) {
	local := []EffectKind{CheckOrder, CheckLogin, ApplyOrder, QueryPayment, QueryRefund}
	for _, r := range rulesV1() {
		for _, kind := range r.do {
			for _, state := range arrivals(r, slices.Contains(local, kind)) {
				expect(t, state, kind)
			}
		}
	}
}

func expect(t *testing.T, state State, kind EffectKind) {
	t.Helper()
	for _, answer := range answers[kind] {
		order := answer == OrderAccepted || answer == OrderRefused
		if order && state != Applying {
			continue // Applying is left by this answer only
		}
		if len(laws[CurrentRules][state][answer]) == 0 {
			t.Errorf("%s may answer %s in %s, where no rule takes it", kind, answer, state)
		}
	}
}

func arrivals(r rule, local bool) []State {
	switch {
	case !local:
		return States
	case r.to == stay:
		return r.from
	case r.to == goal:
		return unpaidEnds
	default:
		return []State{r.to}
	}
}

func TestEveryEffectHasAnswersThatAreAnswers(t *testing.T) {
	for _, kind := range append(slices.Clone(Effects), StartRefund) {
		if len(answers[kind]) == 0 {
			t.Errorf("%s answers nothing", kind)
		}
		for _, answer := range answers[kind] {
			if !slices.Contains(Answers, answer) {
				t.Errorf("%s answers %s, which is not among Answers", kind, answer)
			}
		}
	}
}

// Each window has a rule for its end, in each state that can have it.
func TestEveryLapseHasARule(t *testing.T) {
	at := newborn(new(dice)).EnteredAt
	r := Request{
		EnteredAt: at, ExpiresAt: at, SlotUntil: at, PollAt: at, PausedUntil: at, GuardUntil: at, StuckAt: at,
		Guarded: true,
	}
	for _, state := range States {
		r.State = state
		seen := map[EventKind]bool{}
		for range Lapses { // take away one window after the other
			_, kind, ok := r.Deadline()
			if !ok || seen[kind] {
				break
			}
			seen[kind] = true
			if len(laws[CurrentRules][state][kind]) == 0 {
				t.Errorf("%s has a window that ends in %s and no rule for it", state, kind)
			}
			forget(&r, kind)
		}
		r = Request{
			EnteredAt: at, ExpiresAt: at, SlotUntil: at, PollAt: at, PausedUntil: at, GuardUntil: at, StuckAt: at,
			Guarded: true,
		}
	}
}

func forget(r *Request, kind EventKind) {
	later := r.EnteredAt.AddDate(1, 0, 0)
	switch kind {
	case RequestLapsed:
		r.ExpiresAt = later
	case SlotLapsed:
		r.SlotUntil = later
	case PollDue:
		r.PollAt = later
	case PauseLapsed:
		r.PausedUntil = later
	case GuardLapsed:
		r.GuardUntil = later
	default: // no other kind is a lapse of a window
	}
}

func TestAcceptsSaysWhatApplySays(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		w := walk(laws[CurrentRules], draws(random), nil)
		for _, kind := range []EventKind{Placed, BuyerCancelled, HoldLifted, RefundRetried, GuardLapsed} {
			e := Event{Kind: kind, At: w.now}
			_, _, err := w.r.Apply(e)
			if fmt.Sprint(w.r.Accepts(e)) != fmt.Sprint(err) {
				t.Fatalf("%s on %s: Accepts %v, Apply %v", w.r.State, kind, w.r.Accepts(e), err)
			}
		}
	}
}
