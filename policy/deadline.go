package policy

import "time"

// The durations of a request's life, before Speed divides them.
const (
	safety   = 2 * time.Minute  // a request ends this long before its order must be paid
	lastCall = time.Minute      // what must be left, beyond closing, to start paying
	longest  = 72 * time.Hour   // no request waits longer for a friend
	pauseCap = 30 * time.Minute // what pauses may add when the order itself never ends
)

// Life is how long a request may wait for a friend.
type Life struct {
	ExpiresAt time.Time
	HardEnd   time.Time // no pause moves ExpiresAt past it
}

// LifeOf is the life of a request placed now: the buyer's wish, else the app's
// default, at most 72 hours, and never past what the order and its stock allow.
func LifeOf(o Order, wish time.Duration, now time.Time, speed int64) Life {
	if wish <= 0 || wish > longest {
		wish = longest
	}
	wanted := now.Add(scaled(wish, speed))
	ends, limited := o.ends(speed)
	if !limited {
		return Life{ExpiresAt: wanted, HardEnd: wanted.Add(scaled(pauseCap, speed))}
	}
	return Life{ExpiresAt: sooner(wanted, ends), HardEnd: ends}
}

// ends is the last moment at which money for the order is of use.
func (o Order) ends(speed int64) (time.Time, bool) {
	var end time.Time
	if !o.PayDeadline.IsZero() {
		end = o.PayDeadline.Add(-scaled(safety, speed))
	}
	if !o.StockHoldUntil.IsZero() {
		end = sooner(end, o.StockHoldUntil)
	}
	return end, !end.IsZero()
}

func scaled(d time.Duration, speed int64) time.Duration { return d / time.Duration(max(speed, 1)) }

// sooner is the earlier of two moments; zero is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
