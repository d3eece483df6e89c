package chaos

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/friendpay/friendpay/internal/devstack"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

func latency(s *storm) error {
	return s.onEdge("latency", s.between(3*time.Second, 8*time.Second), toxic{
		Type: "latency", Attributes: map[string]any{"latency": 50 + s.dice.IntN(700), "jitter": s.dice.IntN(200)},
	})
}

func reset(s *storm) error {
	return s.onEdge("reset", s.between(500*time.Millisecond, 2*time.Second), toxic{
		Type: "reset_peer", Attributes: map[string]any{"timeout": 0},
	})
}

// blackHole takes everything in and lets nothing out.
func blackHole(s *storm) error {
	return s.onEdge("black hole", s.between(2*time.Second, 6*time.Second), toxic{
		Type: "timeout", Attributes: map[string]any{"timeout": 0},
	})
}

func (s *storm) onEdge(name string, length time.Duration, how toxic) error {
	cure, err := s.edges.poison(pick(s.dice, allEdges), how)
	if err == nil {
		s.later(name, length, cure)
	}
	return err
}

// providerModes are what the provider does wrong for some of its next calls. A callback is never lost here:
// one about late money would be found by the daily bill only, which nothing compares yet.
var providerModes = []faults.Rule{
	{Op: faults.Create, Mode: faults.DropAfter}, {Op: faults.Create, Mode: faults.ErrorAfter},
	{Op: faults.Create, Mode: faults.ErrorBefore}, {Op: faults.Create, Mode: faults.BadJSON},
	{Op: faults.Query, Mode: faults.DropBefore}, {Op: faults.Query, Mode: faults.BadSignature},
	{Op: faults.Query, Mode: faults.Delay, MS: 3000}, {Op: faults.Query, Mode: faults.RateLimited},
	{Op: faults.Close, Mode: faults.DropAfter}, {Op: faults.Close, Mode: faults.PaidMeantime},
	{Op: faults.Close, Mode: faults.ErrorBefore},
	{Op: faults.Refund, Mode: faults.DropAfter}, {Op: faults.Refund, Mode: faults.ErrorAfter},
	{Op: faults.Refund, Mode: faults.DropBefore}, {Op: faults.RefundQuery, Mode: faults.ErrorBefore},
	{Op: faults.Callback, Mode: faults.Double}, {Op: faults.Callback, Mode: faults.Late, MS: 2000},
	{Op: faults.Callback, Mode: faults.Forged}, {Op: faults.Callback, Mode: faults.Truncated},
	{Op: faults.Callback, Mode: faults.Stale}, {Op: faults.Callback, Mode: faults.ForeignAccount},
	{Op: faults.Pay, Mode: faults.WrongAmount}, {Op: faults.Refund, Mode: faults.Abnormal},
}

func spoilProvider(s *storm) error {
	rule := pick(s.dice, providerModes)
	rule.Count = 2 + s.dice.IntN(5)
	if rule.Mode == faults.WrongAmount || rule.Mode == faults.Abnormal {
		rule.Count = 1 // each is a case for a human
	}
	_, err := s.house.Sim.Faults().Add(rule)
	return err
}

// callbackStorm sends genuine callbacks again and again, at both APIs at once.
func callbackStorm(s *storm) error {
	for _, l := range s.front.letters(3) {
		for range 10 {
			s.group.Go(func() { s.front.send(s.ctx, l) })
		}
	}
	return nil
}

// forgedBatch changes genuine callbacks until nobody may believe them.
func forgedBatch(s *storm) error {
	for _, l := range s.front.letters(6) {
		for n, forge := range forgeries {
			forged := letter{l.path, l.header.Clone(), bytes.Clone(l.body)}
			forge(&forged)
			s.group.Go(func() {
				status := s.front.send(s.ctx, forged)
				s.history.note(func(h *history) {
					h.forged++
					if status/100 == 2 {
						h.believed = append(h.believed, fmt.Sprintf("forgery %d at %s", n, l.path))
					}
				})
			})
		}
	}
	return nil
}

// forgeries are ways to lie with a true letter in hand.
var forgeries = []func(*letter){
	func(l *letter) { l.body = append(l.body, ' ') },
	func(l *letter) { l.body = bytes.Replace(l.body, []byte(`"id":"`), []byte(`"id":"forged-`), 1) },
	func(l *letter) { signatureOf(l, func(string) string { return "" }) },
	func(l *letter) { signatureOf(l, func(s string) string { return s[:len(s)-2] + "AA" }) },
	func(l *letter) {
		for name := range l.header {
			if strings.HasSuffix(name, "-Timestamp") {
				l.header.Set(name, strconv.FormatInt(time.Now().Unix()+1, 10))
			}
		}
	},
}

func signatureOf(l *letter, change func(string) string) {
	for name, values := range l.header {
		if strings.HasSuffix(name, "-Signature") && len(values) > 0 && len(values[0]) > 2 {
			l.header = l.header.Clone()
			l.header[http.CanonicalHeaderKey(name)] = []string{change(values[0])}
		}
	}
}

// rollWorkers brings a new build into service, lets the old one fall silent for longer than its requests
// watch for late money, and ends it when nothing of it is left. Meanwhile the new build's relay keeps
// knocking: on waking the old workers find time and messages in one task.
func rollWorkers(s *storm) error {
	if !s.roll.TryLock() {
		return nil // the last one is not over yet
	}
	s.group.Go(func() {
		defer s.roll.Unlock()
		old := s.fleet.of(roleWorker, "")
		if err := s.deploy(s.ctx); err != nil {
			s.failed("rolling restart", err)
			return
		}
		s.silence(old)
		if !s.drained(old[0].build) {
			return // whoever still has requests of his build stays, as an operator would have it
		}
		for _, m := range old {
			if err := s.fleet.dismiss(m); err != nil {
				s.failed("rolling restart", err)
			}
		}
	})
	return nil
}

// silence freezes the members and makes late money fall into their silence.
func (s *storm) silence(members []*member) {
	var frozen []*devstack.Child
	for _, m := range members {
		if child := m.current(); child != nil && child.Pause() == nil {
			frozen = append(frozen, child)
		}
	}
	var group sync.WaitGroup
	for _, number := range s.closedAttempts(s.ctx) {
		group.Go(func() {
			if s.sim(s.ctx, "/sim/mockpay/capture", map[string]string{"number": number}) {
				s.history.did("paid into the silence")
			}
		})
	}
	group.Wait()
	pause(s.ctx, guard+2*time.Second)
	for _, child := range frozen {
		if err := child.Resume(); err != nil {
			s.failed("rolling restart", err)
		}
	}
}
