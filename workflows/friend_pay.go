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
	r := &run{request: request, saved: request.Version, found: newIndex(request)}
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
	found   index
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
