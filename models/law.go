package models

import (
	"fmt"
	"slices"
)

// rule is one line of the law: in one of the states from, event on, if when
// holds, moves the request to to, changes it by acts, and asks for effects,
// notices and a case. A rule with refuse is a stated refusal instead.
type rule struct {
	from   []State
	on     EventKind
	when   guard
	to     State // stay keeps the state, goal leads to Request.Target
	acts   []act
	do     []EffectKind
	tell   []Notice
	file   CaseKind
	refuse string
}

// guard is a named condition; the name stands in docs/states.md and the table's hash.
type guard struct {
	name  string
	holds func(Request, Event) bool
}

// act is a named change of the snapshot.
type act struct {
	name string
	do   func(*Request, Event)
}

const (
	stay State = ""
	goal State = "(target)"

	// askOrder stands for AskOrderHook where the merchant has one, else ApplyOrder.
	askOrder EffectKind = "AskOrder"
)

// law is a table made quick to search.
type law map[State]map[EventKind][]rule

// laws holds every released table by its version; a request ends under the law
// it was placed under. See docs/decisions/0001-the-law-is-a-table.md.
var laws = map[int]law{1: index(rulesV1())}

// CurrentRules is the version that new requests are placed under.
const CurrentRules = 1

func index(rules []rule) law {
	table := law{}
	for _, r := range rules {
		for _, from := range r.from {
			if table[from] == nil {
				table[from] = map[EventKind][]rule{}
			}
			table[from][r.on] = append(table[from][r.on], r)
		}
	}
	return table
}

// Verdict is what the law says of one event. Transition is nil when nothing
// about the request changed.
type Verdict struct {
	Transition *Transition
	Effects    []Effect
}

// Apply judges one event at its time At. It is pure: the same request and event
// give the same verdict, and r itself is left as it was. The error is an *Error
// that says why no rule takes the event now.
func (r Request) Apply(e Event) (Request, Verdict, error) { return laws[r.Rules].judge(r, e) }

// Accepts says whether the law would take the event now: nil, or the refusal.
func (r Request) Accepts(e Event) error {
	_, err := laws[r.Rules].find(r, e)
	return err
}

// Allows says whether a rule of that version leads from one state to the other on such an event, whatever its
// conditions: a history that no rule allows was not written by the law.
func Allows(rules int, from State, on EventKind, to State) bool {
	return slices.ContainsFunc(laws[rules][from][on], func(r rule) bool {
		return r.refuse == "" && (r.to == to || r.to == stay && from == to || r.to == goal)
	})
}

func (l law) judge(r Request, e Event) (Request, Verdict, error) {
	found, err := l.find(r, e)
	if err != nil {
		return r, Verdict{}, err
	}
	after := r
	after.Attempts, after.Refunds = slices.Clone(r.Attempts), slices.Clone(r.Refunds)
	for _, a := range found.acts {
		a.do(&after, e)
	}
	after.enter(found.to, e)
	verdict := Verdict{Effects: effects(found, r, after, e)}
	if after.State != r.State || len(found.acts) > 0 {
		after.Seq++
		after.JudgedAt = e.At
		verdict.Transition = &Transition{
			Seq: after.Seq, From: r.State, To: after.State, On: e.Kind, At: e.At, Actor: e.Actor,
			Attempt: e.Attempt, Refund: e.Refund, Reason: e.Reason, Notices: found.tell, Case: found.file,
		}
	}
	return after, verdict, nil
}

func (l law) find(r Request, e Event) (rule, error) {
	for _, candidate := range l[r.State][e.Kind] {
		if candidate.when.holds != nil && !candidate.when.holds(r, e) {
			continue
		}
		if candidate.refuse != "" {
			return rule{}, refusal(candidate.refuse, r)
		}
		return candidate, nil
	}
	return rule{}, refusal(untimely(e.Kind), r)
}

func (r *Request) enter(to State, e Event) {
	if to == goal {
		to = r.Target
	}
	if to != stay && to != r.State {
		r.State, r.EnteredAt = to, e.At
	}
}

// effects names whom each effect of the rule is about. Closing and refunding are
// owed for whatever the acts put into that state, so that no rule can forget one.
func effects(found rule, before, after Request, e Event) []Effect {
	var list []Effect
	for _, kind := range found.do {
		switch kind {
		case askOrder:
			list = append(list, Effect{asked(after), after.Winner})
		case ClosePayment:
			list = append(list, newlyClosing(before, after)...)
		case StartRefund:
			list = append(list, newlyDue(before, after)...)
		case CheckLogin, OpenPayment:
			list = append(list, Effect{kind, after.Slot})
		case QueryRefund, DivertRefund:
			list = append(list, Effect{kind, e.Refund})
		default:
			list = append(list, Effect{kind, e.Attempt})
		}
	}
	return list
}

func asked(r Request) EffectKind {
	if r.Hooked {
		return AskOrderHook
	}
	return ApplyOrder
}

func newlyClosing(before, after Request) []Effect {
	var list []Effect
	for _, a := range after.Attempts {
		was, _ := before.Attempt(a.Number)
		if closing(a) && !closing(was) {
			list = append(list, Effect{ClosePayment, a.Number})
		}
	}
	return list
}

func closing(a Attempt) bool { return a.State == ClosingAttempt || a.State == UnknownAttempt }

func newlyDue(before, after Request) []Effect {
	var list []Effect
	for _, f := range after.Refunds {
		if was, _ := before.Refund(f.Number); f.State == RefundDue && was.State != RefundDue {
			list = append(list, Effect{StartRefund, f.Number})
		}
	}
	return list
}

// Unfinished lists the effects that a run starting from a stored request must
// take up again: what was closing, opening, asked or due when its last run was lost.
func (r Request) Unfinished() []Effect {
	list := append(newlyClosing(Request{}, r), newlyDue(Request{}, r)...)
	for _, a := range r.Attempts {
		if a.State == NewAttempt {
			list = append(list, Effect{OpenPayment, a.Number})
		}
	}
	for _, f := range r.Refunds {
		if f.Diverted && f.followed() {
			list = append(list, Effect{DivertRefund, f.Number})
		}
	}
	if r.State == Applying {
		list = append(list, Effect{asked(r), r.Winner})
	}
	return list
}

func (g guard) and(other guard) guard {
	return guard{fmt.Sprintf("%s and %s", g.name, other.name), func(r Request, e Event) bool {
		return g.holds(r, e) && other.holds(r, e)
	}}
}
