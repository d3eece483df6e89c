package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	enums "go.temporal.io/api/enums/v1"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/worker"
	"github.com/friendpay/friendpay/workflows"
)

// playTimerAndMessage lets a timer and a callback land while nobody works. The task
// that carries both must find the payment before it lets the payer's time be over.
func playTimerAndMessage(ctx context.Context, s *story) error {
	made, err := s.begin(ctx, hour)
	if err != nil {
		return err
	}
	if err := s.awaitPolled(ctx, made); err != nil {
		return err
	}
	if err := s.stopWorker(); err != nil {
		return err
	}
	s.tell("the worker is stopped", models.Paying)
	if err := s.lastMoment(ctx); err != nil {
		return err
	}
	if err := s.channel.press(ctx, s.provider, made); err != nil {
		return fmt.Errorf("pay at the provider: %w", err)
	}
	posting, err := s.relayAlone(ctx)
	if err != nil {
		return err
	}
	if err := s.awaitTimer(ctx); err != nil {
		return errors.Join(err, posting())
	}
	s.tell("his callback and the end of his time wait for the next task", models.Paying)
	if err := s.startWorker(ctx); err != nil {
		return errors.Join(err, posting())
	}
	return errors.Join(s.settled(ctx), posting(), s.checkOneTask(ctx))
}

// awaitPolled waits until only the end of his time is left as a timer.
func (s *story) awaitPolled(ctx context.Context, made attempt) error {
	return s.until(ctx, "the poll to have begun", func() (bool, error) {
		row, err := s.house.Parts.Store.Request(ctx, s.request)
		a, _ := row.Attempt(made.Number)
		return a.Watched, err
	})
}

// lastMoment waits until his time is all but over: a knock at the door waits only so
// long, and has to stand there when the timer fires.
func (s *story) lastMoment(ctx context.Context) error {
	row, err := s.house.Parts.Store.Request(ctx, s.request)
	if err != nil {
		return err
	}
	return s.until(ctx, "his last moment", func() (bool, error) {
		return time.Until(row.SlotUntil) < 1500*time.Millisecond, nil
	})
}

// relayAlone runs a relay without a worker, until the returned stop. It returns when
// the relay stands at the request's door.
func (s *story) relayAlone(ctx context.Context) (stop func() error, err error) {
	ctx, cancel := context.WithCancel(ctx)
	door := &doorbell{Poster: s.house.Parts.Door, rung: make(chan struct{})}
	relay := &worker.Relay{
		Inbox: s.house.Parts.Store, Door: door, Log: s.house.Parts.Log,
		Clock: func() time.Time { return time.Now().UTC() },
	}
	done := make(chan error, 1)
	go func() { done <- relay.Run(ctx) }()
	stop = func() error {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	}
	select {
	case <-door.rung:
		return stop, nil
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), stop())
	}
}

// doorbell tells when somebody knocks.
type doorbell struct {
	worker.Poster
	once sync.Once
	rung chan struct{}
}

func (d *doorbell) Post(
	ctx context.Context, stored models.Request, updateID string, event models.Event,
) (models.Request, error) {
	d.once.Do(func() { close(d.rung) })
	return d.Poster.Post(ctx, stored, updateID, event)
}

// awaitTimer waits until a timer fired that no task has taken up yet.
func (s *story) awaitTimer(ctx context.Context) error {
	return s.until(ctx, "the timer to fire", func() (bool, error) {
		kinds, err := s.history(ctx)
		fired := false
		for _, kind := range kinds {
			fired = fired && kind != enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED || kind == enums.EVENT_TYPE_TIMER_FIRED
		}
		return fired, err
	})
}

// history lists the kinds of events of the request's newest run.
func (s *story) history(ctx context.Context) (kinds []enums.EventType, err error) {
	events := s.house.Parts.Temporal.GetWorkflowHistory(
		ctx, workflows.RequestID(s.request), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			return nil, fmt.Errorf("read the history: %w", err)
		}
		kinds = append(kinds, event.GetEventType())
	}
	return kinds, nil
}

// checkOneTask: one task carried the timer and the message, and what it made of them
// is the payment, with no thought of closing.
func (s *story) checkOneTask(ctx context.Context) error {
	kinds, err := s.history(ctx)
	if err != nil {
		return err
	}
	fired, tasks, together := false, 0, false
	for _, kind := range kinds {
		switch kind {
		case enums.EVENT_TYPE_TIMER_FIRED:
			fired, tasks = true, 0
		case enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
			tasks++
		case enums.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
			together = together || fired && tasks == 1
		default: // nothing of this
		}
	}
	if !together {
		return errors.New("no task carried both the timer and the message")
	}
	return s.never(ctx, models.Confirming, models.Closing)
}

// never: the request has never been in one of these states.
func (s *story) never(ctx context.Context, states ...models.State) error {
	lines, err := s.house.Parts.Store.Transitions(ctx, s.request, 0, 100)
	for _, line := range lines {
		for _, state := range states {
			if line.To == state {
				err = errors.Join(err, fmt.Errorf("line %d of its history leads to %s, on %s", line.Seq, state, line.On))
			}
		}
	}
	return err
}
