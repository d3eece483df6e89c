package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/friendpay/friendpay/internal/bug"
	"github.com/friendpay/friendpay/models"
)

// FriendPay takes events in one at a time until the request is final. It is
// started with a fresh request by Place, or with the stored one by Post.
func FriendPay(ctx workflow.Context, request models.Request) error {
	// Cancelling the run would leave money unwatched: only events end a request.
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	r := &run{request: request, saved: request.Version}
	if err := r.listen(ctx); err != nil {
		return err
	}
	if err := r.takeUp(ctx); err != nil {
		return err
	}
	for {
		if err := r.live(ctx); err != nil {
			return err
		}
		// Whoever still waits for an effect that the end overtook is answered by it, and
		// what is delivered meanwhile is judged as well.
		over := func() bool { return len(r.inbox) > 0 || workflow.AllHandlersFinished(ctx) }
		if err := workflow.Await(ctx, over); err != nil || len(r.inbox) == 0 {
			return err
		}
	}
}

// live judges one delivery after the other until the request is final.
func (r *run) live(ctx workflow.Context) error {
	for !r.request.Final() || len(r.inbox) > 0 && !bug.NoDrain {
		if r.idle() && workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return workflow.NewContinueAsNewError(ctx, FriendPay, r.request)
		}
		d, err := r.next(ctx)
		if err != nil {
			return err
		}
		if err := r.step(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

type run struct {
	request models.Request
	saved   int64 // the version that is safe to speak of
	inbox   []*delivery
	abroad  int // effects out of the house whose answer is still to come
	watches []watch
	unask   workflow.CancelFunc // of the order hook that is being asked
	timer   timer
}

// takeUp begins a fresh request, goes on with what the last run of a stored one
// left unfinished, and gives one that is final already a moment for the event it
// was started for.
func (r *run) takeUp(ctx workflow.Context) error {
	if r.request.Seq == 0 {
		// The run places itself: starting and its first update are not one transaction.
		r.inbox = append(r.inbox, &delivery{event: models.Event{Kind: models.Placed, Actor: "buyer"}})
		return nil
	}
	if r.request.Final() {
		_, err := workflow.AwaitWithTimeout(ctx, time.Minute, func() bool { return len(r.inbox) > 0 })
		return err
	}
	r.launch(ctx, &delivery{}, r.request.Unfinished())
	r.watch(ctx)
	return nil
}

func (r *run) idle() bool { return r.abroad == 0 && len(r.inbox) == 0 && len(r.watches) == 0 }

// next takes the oldest delivery; only when there is none may time itself be the
// event. A message that arrived together with the timer is thus judged first.
func (r *run) next(ctx workflow.Context) (*delivery, error) {
	if len(r.inbox) == 0 {
		lapsed := r.arm(ctx)
		if err := workflow.Await(ctx, func() bool { return len(r.inbox) > 0 || lapsed() }); err != nil {
			return nil, err
		}
	}
	if len(r.inbox) == 0 || r.undrained() {
		return &delivery{event: models.Event{Kind: r.timer.kind, Actor: "time"}}, nil
	}
	d := r.inbox[0]
	r.inbox = r.inbox[1:]
	return d, nil
}

// step lets the law judge one event and the answers of its local effects, saves
// what came of it, and only then lets anything leave the house.
func (r *run) step(ctx workflow.Context, d *delivery) error {
	transitions, abroad, err := r.judge(ctx, d)
	if err != nil {
		return err
	}
	if len(transitions) > 0 {
		r.request.Version++
		if err := save(ctx, models.Step{Request: r.request, Transitions: transitions}); err != nil {
			return err
		}
	}
	r.saved = r.request.Version
	r.launch(ctx, d.root(), abroad)
	r.watch(ctx)
	d.judged = true
	if d.origin != nil {
		d.origin.abroad--
	}
	return nil
}

// judge applies one event and then the answers of its local effects; effects
// that leave the house are collected for after the save. Only the event's own
// refusal concerns its sender: an answer that comes too late is simply past.
func (r *run) judge(
	ctx workflow.Context, d *delivery,
) (done []models.Transition, abroad []models.Effect, err error) {
	for events := []models.Event{d.event}; len(events) > 0; events = events[1:] {
		event := events[0]
		event.At = r.now(ctx)
		request, verdict, refusal := r.request.Apply(event)
		if refusal != nil && len(done) == 0 {
			d.err = refusal
		}
		r.request = request
		if verdict.Transition != nil {
			done = append(done, *verdict.Transition)
		}
		for _, effect := range verdict.Effects {
			if leavesHouse(effect.Kind) {
				abroad = append(abroad, effect)
				continue
			}
			answer, err := ask(ctx, effect.Kind, models.Call{Request: r.request, Ref: effect.Ref})
			if err != nil {
				return nil, nil, err
			}
			answer.By = effect.Kind
			events = append(events, answer)
		}
	}
	return done, abroad, nil
}
