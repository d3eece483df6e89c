package policy

import (
	"slices"
	"strings"
	"time"
)

// BreakerState is whether a way to pay is trusted to work.
type BreakerState string

// The states: it works; it is taken away; somebody may try it.
const (
	BreakerClosed   BreakerState = "closed"
	BreakerOpen     BreakerState = "open"
	BreakerHalfOpen BreakerState = "half_open"
)

// Breaker watches one channel of an app on one surface, or on all (""). The names are
// those of its row.
type Breaker struct {
	Channel   string       `json:"channel"`
	Surface   string       `json:"surface"` // a family, such as "wechat"
	State     BreakerState `json:"state"`
	Failures  []time.Time  `json:"failures"` // the last that count, oldest first
	Goods     int          `json:"goods"`    // good probes in a row
	Tries     int          `json:"tries"`    // openings and bad probes since somebody last could pay
	OpenedAt  time.Time    `json:"opened_at"`
	NextProbe time.Time    `json:"next_probe_at"`
	Trial     time.Time    `json:"trial_until"` // half open: until then one person is trying
	Reason    string       `json:"reason"`      // the failure that opened it, in the provider's code
}

// BreakerRule says what opens and what closes; durations are divided by the speed.
type BreakerRule struct {
	Errors  int           // so many failures within Window open
	Window  time.Duration // how far back failures count
	Rest    time.Duration // from the opening to the first probe; each further one waits twice as long
	Longest time.Duration // between two probes
}

// goodProbes is how many in a row close a breaker that nobody tries by paying.
const goodProbes = 2

// trialTime is how long one person's try keeps others away: making an order is given up
// after half a minute, at any speed.
const trialTime = 40 * time.Second

// Failed is the breaker after the provider did not make an order as it should.
func (b Breaker) Failed(rule BreakerRule, reason string, now time.Time, speed int64) Breaker {
	switch b.State {
	case BreakerOpen:
		return b // an older payment is still being asked for
	case BreakerHalfOpen:
		return b.opened(rule, reason, now, speed)
	case BreakerClosed:
	}
	since := now.Add(-scaled(rule.Window, speed))
	recent := slices.DeleteFunc(slices.Clone(b.Failures), func(at time.Time) bool { return !at.After(since) })
	b.Failures = append(recent, now)
	if len(b.Failures) >= rule.Errors {
		return b.opened(rule, reason, now, speed)
	}
	return b
}

// Succeeded is the breaker after an order was made. One that is open only comes half way:
// it may be an older payment's luck.
func (b Breaker) Succeeded(rule BreakerRule, now time.Time, speed int64) Breaker {
	if b.State == BreakerOpen {
		return b.Probed(true, rule, now, speed)
	}
	return b.closed(0)
}

// Probed is the breaker after the provider was asked something harmless. That it answers
// does not prove that it makes orders: how often that was believed in vain is remembered.
func (b Breaker) Probed(alive bool, rule BreakerRule, now time.Time, speed int64) Breaker {
	switch {
	case b.State == BreakerClosed:
		return b
	case !alive && b.State == BreakerHalfOpen:
		return b.opened(rule, "probe", now, speed)
	case !alive:
		b.Goods, b.Tries = 0, b.Tries+1
		b.NextProbe = now.Add(b.rest(rule, speed))
		return b
	}
	if b.Goods++; b.Goods >= goodProbes {
		return b.closed(b.Tries)
	}
	b.State, b.Trial = BreakerHalfOpen, time.Time{}
	b.NextProbe = now.Add(scaled(rule.Rest, speed))
	return b
}

// Tried is the breaker when somebody tries to pay: others stay away until he is through.
func (b Breaker) Tried(now time.Time) Breaker {
	b.Trial = now.Add(trialTime)
	return b
}

func (b Breaker) opened(rule BreakerRule, reason string, now time.Time, speed int64) Breaker {
	if b.State == BreakerClosed {
		b.OpenedAt = now
	}
	b.State, b.Reason, b.Goods, b.Trial, b.Tries = BreakerOpen, reason, 0, time.Time{}, b.Tries+1
	b.NextProbe = now.Add(b.rest(rule, speed))
	return b
}

func (b Breaker) closed(tries int) Breaker {
	return Breaker{Channel: b.Channel, Surface: b.Surface, State: BreakerClosed, Tries: tries}
}

// rest doubles with each try, up to the longest.
func (b Breaker) rest(rule BreakerRule, speed int64) time.Duration {
	return scaled(min(rule.Rest<<min(max(b.Tries-1, 0), 10), rule.Longest), speed)
}

// Covers says that the breaker watches what happens on a surface.
func (b Breaker) Covers(surface string) bool {
	return b.Surface == "" || b.Surface == SurfaceFamily(surface)
}

// Blocks says that it takes its channel away on a surface.
func (b Breaker) Blocks(surface string, now time.Time) bool {
	return b.Covers(surface) &&
		(b.State == BreakerOpen || b.State == BreakerHalfOpen && b.Trial.After(now))
}

// SurfaceFamily is the app that a surface is in: "wechat" of "wechat_group".
func SurfaceFamily(surface string) string {
	family, _, _ := strings.Cut(surface, "_")
	return family
}

// BrokenOn lists the channels that breakers take away on a surface, for Facts.Broken.
func BrokenOn(breakers []Breaker, surface string, now time.Time) (broken []string) {
	for _, b := range breakers {
		if b.Blocks(surface, now) && !slices.Contains(broken, b.Channel) {
			broken = append(broken, b.Channel)
		}
	}
	return broken
}

// CutOff says that an order can be paid nowhere, on no surface, and that breakers alone
// are why: then time is stopped for it.
func CutOff(f Facts, breakers []Breaker) bool {
	payable := false
	for _, surface := range surfaces {
		f.Surface, f.Broken = surface, BrokenOn(breakers, surface, f.Now)
		if Decide(f).State == Enabled {
			return false
		}
		f.Broken = nil
		payable = payable || Decide(f).State == Enabled
	}
	return payable
}
