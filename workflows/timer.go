package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/friendpay/friendpay/internal/bug"
	"github.com/friendpay/friendpay/models"
)

// timer is the one window timer of a run. It is kept while the deadline stays
// the same and cancelled when it moves, so that a request leaves none behind.
type timer struct {
	at     time.Time
	kind   models.EventKind
	future workflow.Future
	cancel workflow.CancelFunc
}

// arm makes the timer fit the request's deadline and returns its "has it passed".
func (r *run) arm(ctx workflow.Context) (lapsed func() bool) {
	at, kind, ok := r.request.Deadline()
	running := r.timer.future != nil && !r.timer.future.IsReady()
	same := ok && running && at.Equal(r.timer.at) && kind == r.timer.kind
	if !same {
		r.disarm()
	}
	if !ok {
		return func() bool { return false }
	}
	if !same {
		r.timer = start(ctx, at, kind)
	}
	return r.timer.future.IsReady
}

func (r *run) disarm() {
	if r.timer.cancel != nil {
		r.timer.cancel()
	}
	r.timer = timer{}
}

func start(ctx workflow.Context, at time.Time, kind models.EventKind) timer {
	ctx, cancel := workflow.WithCancel(ctx)
	wait := max(at.Sub(workflow.Now(ctx)), 0)
	future := workflow.NewTimerWithOptions(ctx, wait, workflow.TimerOptions{Summary: string(kind)})
	return timer{at: at, kind: kind, future: future, cancel: cancel}
}

// undrained is a bug that is built on purpose: time decides although a message came with it.
func (r *run) undrained() bool {
	if !bug.NoDrain || r.timer.future == nil || !r.timer.future.IsReady() {
		return false
	}
	r.timer.future = nil
	return true
}

// now is the workflow's time, which never goes back: a server whose clock is behind
// may take a request over, and rows are fenced by the time of judgement.
func (r *run) now(ctx workflow.Context) time.Time {
	if now := workflow.Now(ctx); now.After(r.request.JudgedAt) {
		return now
	}
	return r.request.JudgedAt
}
