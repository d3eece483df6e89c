package models

import (
	"errors"
	"slices"
	"time"
)

// tester is what a scene needs of a test, rapid's or Go's own.
type tester interface {
	Helper()
	Fatalf(format string, args ...any)
}

// scene tells a story to the law. Local effects answer at once and as a friendly
// world would; remote ones are answered by the story.
type scene struct {
	Request
	t       tester
	now     time.Time
	asked   []Effect // remote effects so far
	notices []Notice
	cases   []CaseKind
	refuses string // why the order refuses, if it does
	minted  int
}

// begin is an open request for 100.00 CNY with an hour to go.
func begin(t tester) *scene {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	s := &scene{t: t, now: at, Request: Request{
		ID: "fpr_1", Payable: CNY(10000), Agreed: CNY(10000), PriceVersion: 1, Rules: CurrentRules, Speed: 1,
		State: Checking, EnteredAt: at, ExpiresAt: at.Add(time.Hour), HardEnd: at.Add(2 * time.Hour),
	}}
	return s.do(Event{Kind: Placed})
}

// do delivers an event that the law must take.
func (s *scene) do(e Event) *scene {
	s.t.Helper()
	if err := s.try(e); err != nil {
		s.t.Fatalf("%s on %s: %v", s.State, e.Kind, err)
	}
	return s
}

// try delivers an event and returns the refusal, if there is one.
func (s *scene) try(e Event) error {
	s.minted++
	e.At, e.Spare = s.now, "R"+numerals[s.minted]
	after, verdict, err := s.Apply(e)
	if err != nil {
		return err
	}
	s.Request = after
	if verdict.Transition != nil {
		s.notices = append(s.notices, verdict.Transition.Notices...)
		if verdict.Transition.Case != "" {
			s.cases = append(s.cases, verdict.Transition.Case)
		}
	}
	for _, effect := range verdict.Effects {
		if answer, local := s.local(effect); !local {
			s.asked = append(s.asked, effect)
		} else if answer.Kind != "" {
			s.do(answer)
		}
	}
	return nil
}

func (s *scene) local(effect Effect) (Event, bool) {
	switch effect.Kind {
	case CheckOrder:
		return Event{Kind: OrderEligible}, true
	case CheckLogin:
		return Event{Kind: LoginPassed, Attempt: effect.Ref}, true
	case ApplyOrder:
		if s.refuses != "" {
			return Event{Kind: OrderRefused, Attempt: effect.Ref, Reason: s.refuses}, true
		}
		return Event{Kind: OrderAccepted, Attempt: effect.Ref}, true
	case QueryPayment, QueryRefund:
		return Event{}, true // the story itself says what the provider knows
	default:
		return Event{}, false
	}
}

// wants is the wish of a payer at the present price.
func (s *scene) wants(number, payer, channel string) Event {
	return Event{Kind: PayAsked, Attempt: number, Pay: &Pay{
		Number: number, Payer: payer, ByBuyer: payer == "buyer", Channel: channel, Quoted: s.Payable,
		PriceVersion: s.PriceVersion,
	}}
}

func (s *scene) pay(number string) *scene { return s.do(s.wants(number, "friend", "wechat")) }

func (s *scene) opened(number string) *scene {
	return s.do(Event{Kind: PaymentOpened, Attempt: number})
}

func (s *scene) closed(number string) *scene {
	return s.do(Event{Kind: PaymentClosed, Attempt: number})
}

func (s *scene) succeeds(number string, fen int64) *scene {
	return s.do(Event{Kind: PaymentSucceeded, Attempt: number, Capture: &Capture{Money: CNY(fen)}})
}

func (s *scene) price(fen int64) *scene {
	price := Price{Payable: CNY(fen), Version: s.PriceVersion + 1}
	return s.do(Event{Kind: PriceChanged, Price: &price})
}

func (s *scene) after(d time.Duration) *scene {
	s.now = s.now.Add(d)
	return s
}

// lapse lets time run to the next deadline, which must be of that kind.
func (s *scene) lapse(kind EventKind) *scene {
	s.t.Helper()
	at, next, ok := s.Deadline()
	if !ok || next != kind {
		s.t.Fatalf("%s waits for %q, not for %s", s.State, next, kind)
	}
	s.now = at
	return s.do(Event{Kind: kind})
}

func (s *scene) is(state State) *scene {
	s.t.Helper()
	if s.State != state {
		s.t.Fatalf("the request is %s, not %s", s.State, state)
	}
	return s
}

// has says how an attempt ended and how much of it is owed back.
func (s *scene) has(number string, as Disposition, owed int64) *scene {
	s.t.Helper()
	a, _ := s.Attempt(number)
	if a.Disposition != as || s.Returned(number).Minor != owed {
		s.t.Fatalf("%s is %q with %s owed, not %q with %d", number, a.Disposition, s.Returned(number), as, owed)
	}
	return s
}

func (s *scene) refused(e Event, reason string) *scene {
	s.t.Helper()
	var refusal *Error
	if err := s.try(e); !errors.As(err, &refusal) || refusal.Reason != reason {
		s.t.Fatalf("%s on %s: %v, not %s", s.State, e.Kind, err, reason)
	}
	return s
}

func (s *scene) wasAsked(kind EffectKind, ref string) *scene {
	s.t.Helper()
	if !slices.Contains(s.asked, Effect{kind, ref}) {
		s.t.Fatalf("%s of %s was not asked for: %v", kind, ref, s.asked)
	}
	return s
}

// back lets the i-th refund be done at the provider.
func (s *scene) back(i int) *scene {
	return s.do(Event{Kind: RefundDone, Refund: s.Refunds[i].Number})
}

func (s *scene) broke(i int, reason string) *scene {
	return s.do(Event{Kind: RefundBroke, Refund: s.Refunds[i].Number, Reason: reason})
}
