package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/friendpay/friendpay/internal/devstack"
)

// storm is the time in which things go wrong.
type storm struct {
	*town
	ctx                      context.Context // of everything a fault does and of its end
	dice                     *rand.Rand
	group                    sync.WaitGroup
	mu                       sync.Mutex
	counts                   map[string]int
	kills                    int
	errs                     []error
	temporal, postgres, roll sync.Mutex // one accident of each at a time
}

// rage lets everything go wrong that the deck holds, and returns when it is over; heal mends the rest.
func (t *town) rage(ctx context.Context, length time.Duration) *storm {
	dice := rand.New(rand.NewPCG(t.options.Seed, 0)) //nolint:gosec // repeatable on purpose
	s := &storm{town: t, ctx: ctx, dice: dice, counts: map[string]int{}}
	began := time.Now()
	for _, c := range deal(dice, length) {
		if !pause(ctx, c.at-time.Since(began)) {
			break
		}
		s.strike(c)
	}
	pause(ctx, length-time.Since(began))
	return s
}

// strike begins one accident; its end comes by itself.
func (s *storm) strike(c card) {
	s.mu.Lock()
	s.counts[c.name]++
	if c.kill {
		s.kills++
	}
	s.mu.Unlock()
	s.options.Report.line(map[string]any{"fault": c.name, "at_ms": c.at.Milliseconds()})
	if err := c.act(s); err != nil {
		s.failed(c.name, err)
	}
}

// failed keeps what went wrong with going wrong: a run that could not do its harm proves nothing.
func (s *storm) failed(name string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errs = append(s.errs, fmt.Errorf("%s: %w", name, err))
}

// later ends an accident after a while, or when the run is given up.
func (s *storm) later(name string, after time.Duration, end func() error) {
	s.group.Go(func() {
		pause(s.ctx, after)
		if err := end(); err != nil {
			s.failed(name, err)
		}
	})
}

// heal waits for every accident's own end and takes away what is left.
func (s *storm) heal() error {
	s.group.Wait()
	s.edges.heal(s.ctx)
	s.house.Sim.Faults().Clear()
	return errors.Join(s.errs...)
}

func killWorker(s *storm) error {
	return pick(s.dice, s.fleet.of(roleWorker, "")).with((*devstack.Child).Kill)
}

func killAPI(s *storm) error {
	return pick(s.dice, s.fleet.of(roleAPI, "")).with((*devstack.Child).Kill)
}

// killTemporal keeps it away for a moment, in which callbacks have to be taken all the same.
func killTemporal(s *storm) error {
	away := s.between(300*time.Millisecond, 2500*time.Millisecond)
	s.group.Go(func() {
		s.temporal.Lock()
		defer s.temporal.Unlock()
		s.front.temporalDown.Store(true)
		err := s.house.Temporal.Kill()
		pause(s.ctx, away)
		if err := errors.Join(err, s.house.Temporal.Restart(s.ctx)); err != nil {
			s.failed("kill temporal", err)
		}
		s.front.temporalDown.Store(false)
	})
	return nil
}

// killPostgres sends genuine callbacks again while it is away: none may be acknowledged that is not stored.
func killPostgres(s *storm) error {
	away := s.between(300*time.Millisecond, 1500*time.Millisecond)
	s.group.Go(func() {
		s.postgres.Lock()
		defer s.postgres.Unlock()
		err := s.house.Postgres.Kill()
		pause(s.ctx, away)
		if err := errors.Join(err, s.house.Postgres.Restart(s.ctx)); err != nil {
			s.failed("kill postgres", err)
		}
	})
	return nil
}

// misdate puts an API's or a worker's clock wrong by up to a minute and a half of the law's time.
func misdate(s *storm) error {
	m := pick(s.dice, append(s.fleet.of(roleAPI, ""), s.fleet.of(roleWorker, "")...))
	by := s.between(-3*time.Second, 3*time.Second)
	s.later("clock offset", s.between(8*time.Second, 15*time.Second), func() error { return m.misdate(0) })
	return m.misdate(by)
}

// freezable is a server that can be stopped without its knowledge.
type freezable interface {
	Pause() error
	Resume() error
}

// freezeServer stops a server for that long, when no other accident has it.
func (s *storm) freezeServer(free sync.Locker, server freezable, length time.Duration) {
	s.group.Go(func() {
		free.Lock()
		defer free.Unlock()
		err := server.Pause()
		pause(s.ctx, length)
		if err := errors.Join(err, server.Resume()); err != nil {
			s.failed("freeze", err)
		}
	})
}

// freeze stops something for a while without its knowledge; a worker also for longer than its tasks may take.
func freeze(s *storm) error {
	length := s.between(time.Second, 4*time.Second)
	switch s.dice.IntN(6) {
	case 0:
		s.freezeServer(&s.temporal, s.house.Temporal, length)
		return nil
	case 1:
		s.freezeServer(&s.postgres, s.house.Postgres, length)
		return nil
	case 2:
		return s.freezeMember(pick(s.dice, s.fleet.of(roleAPI, "")), length)
	default:
		return s.freezeMember(pick(s.dice, s.fleet.of(roleWorker, "")), s.between(3*time.Second, 13*time.Second))
	}
}

func (s *storm) freezeMember(m *member, length time.Duration) error {
	child := m.current()
	if child == nil { // it is dead already
		return nil
	}
	s.later("freeze", length, child.Resume)
	return child.Pause()
}
