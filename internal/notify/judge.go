package notify

import (
	"time"

	"github.com/friendpay/friendpay/models"
)

// AtMost is how many reminders one person gets about one request.
const AtMost = 2

// Lead is how long before the end the last reminder is due, before the request's speed divides it.
const Lead = 10 * time.Minute

// busy is how long a reminder waits for the slot, before the request's speed divides it.
const busy = time.Minute

// Person is a friend who may be reminded: he has logged in, has not said no, and there is a way to him.
type Person struct {
	ID      string
	Pledged bool // he said when he would pay
	Told    int  // reminders that he got about the request
	Heard   bool // of this kind
}

// Standing is what a reminder is judged by when it is due, all of it read at that moment.
type Standing struct {
	Kind     Kind
	State    models.State
	Ends     time.Time // of the request
	Last     time.Time // when the last reminder is due; zero: there is none
	Speed    int64
	Links    int      // that are alive
	Promised bool     // through one of them somebody said when he would pay, and that lies ahead
	People   []Person // for a pledge only who gave it
	Buyer    Person   // told by his merchant, where there is nobody else
}

// Verdict is what becomes of a due reminder: it is said to some, waits, or is dropped with the reason.
type Verdict struct {
	People []string // ids
	Buyer  bool
	Wait   time.Time
	Why    string // "paid", "ended", "slot_taken", …; empty: said
}

// Judge says what becomes of a reminder that is due.
func Judge(s Standing, quiet Hours, now time.Time) Verdict {
	if why, wait := s.over(now); why != "" {
		if wait {
			return Verdict{Why: why, Wait: now.Add(busy / time.Duration(max(s.Speed, 1)))}
		}
		return Verdict{Why: why}
	}
	if over, is := quiet.Wait(s.Kind, now); is {
		if !over.Before(s.Ends) {
			return Verdict{Why: "quiet"}
		}
		return Verdict{Why: "quiet", Wait: over}
	}
	if s.Kind == ReminderHalf && !s.Last.IsZero() && !now.Before(s.Last) {
		return Verdict{Why: "overtaken"}
	}
	return s.whom()
}

// over says why a reminder is not true now, and whether it may become so again.
func (s Standing) over(now time.Time) (why string, wait bool) {
	switch s.State {
	case models.Open:
	case models.Checking, models.Paying, models.Confirming, models.Paused:
		return "slot_taken", now.Before(s.Ends)
	case models.Applying, models.Settled:
		return "paid", false
	default:
		return "ended", false
	}
	switch {
	case !now.Before(s.Ends):
		return "ended", false
	case s.Links == 0:
		return "no_link", false
	default:
		return "", false
	}
}

func (s Standing) whom() Verdict {
	var v Verdict
	for _, p := range s.People {
		if p.Told < AtMost && !p.Heard && (s.Kind == ReminderPledge || !p.Pledged) {
			v.People = append(v.People, p.ID)
		}
	}
	switch {
	case len(v.People) > 0:
		return v
	case len(s.People) > 0:
		return Verdict{Why: "told_or_pledged"}
	case s.Kind != ReminderPledge && s.Promised:
		return Verdict{Why: "told_or_pledged"}
	case s.Buyer.Told >= AtMost || s.Buyer.Heard:
		return Verdict{Why: "told_or_pledged"}
	default:
		return Verdict{Buyer: true}
	}
}
