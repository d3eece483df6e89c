package workflows

import (
	"errors"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/friendpay/friendpay/models"
)

// leavesHouse says whether an effect goes out to a provider or merchant and is
// answered in its own time.
func leavesHouse(kind models.EffectKind) bool { return ways[kind] != nil }

// way carries out one effect and waits for its answer.
type way func(workflow.Context, models.Effect, models.Request) (models.Event, error)

// ways says how each effect that leaves the house is carried out.
var ways = map[models.EffectKind]way{
	models.OpenPayment:  openPayment,
	models.ClosePayment: untilAnswered,
	models.AskOrderHook: untilAnswered,
	models.StartRefund:  startRefund,
	models.DivertRefund: untilAnswered,
}

// launch sends effects on their way. Their answers come back through the inbox;
// only when such an answer has been judged does root stop waiting for it.
func (r *run) launch(ctx workflow.Context, root *delivery, effects []models.Effect) {
	for _, effect := range effects {
		origin := root
		if effect.Kind == models.StartRefund {
			origin = &delivery{} // refunds take minutes to days: nobody waits for one
		}
		origin.abroad++
		r.abroad++
		request := r.request
		way := ctx
		if effect.Kind == models.AskOrderHook {
			way, r.unask = workflow.WithCancel(ctx) // a merchant who withdraws is not asked on
		}
		workflow.Go(way, func(ctx workflow.Context) {
			answer, err := ways[effect.Kind](ctx, effect, request)
			if err != nil && !temporal.IsCanceledError(err) {
				workflow.GetLogger(ctx).Error("effect gave up", "effect", effect.Kind, "error", err)
			}
			answer.By = effect.Kind
			r.abroad--
			r.inbox = append(r.inbox, &delivery{event: answer, origin: origin})
		})
	}
}

// watch is a poll under way for an attempt or a refund. An attempt that is over is asked
// about in another way than one that may still be paid, so its poll begins anew.
type watch struct {
	about  models.Effect
	over   bool
	cancel workflow.CancelFunc
}

// watch makes the polls under way those that the law wants, and stops asking an order
// that the law no longer waits for.
func (r *run) watch(ctx workflow.Context) {
	if r.request.State != models.Applying && r.unask != nil {
		r.unask()
		r.unask = nil
	}
	var wanted []watch
	for _, about := range r.request.Polls() {
		attempt, known := r.request.Attempt(about.Ref)
		wanted = append(wanted, watch{about: about, over: known && !attempt.Pending()})
	}
	for _, w := range r.watches {
		if !slices.ContainsFunc(wanted, w.same) {
			w.cancel()
		}
	}
	r.watches = slices.DeleteFunc(r.watches, func(w watch) bool { return !slices.ContainsFunc(wanted, w.same) })
	for _, w := range wanted {
		if !slices.ContainsFunc(r.watches, w.same) {
			r.poll(ctx, w)
		}
	}
}

func (w watch) same(other watch) bool { return w.about == other.about && w.over == other.over }

func (r *run) poll(ctx workflow.Context, w watch) {
	ctx, w.cancel = workflow.WithCancel(ctx)
	r.watches = append(r.watches, w)
	request := r.request
	workflow.Go(ctx, func(ctx workflow.Context) {
		answer, err := untilAnswered(ctx, w.about, request)
		if err != nil {
			return // cancelled: the law no longer wants to know
		}
		answer.By = w.about.Kind
		r.watches = slices.DeleteFunc(r.watches, w.same)
		r.inbox = append(r.inbox, &delivery{event: answer})
	})
}

// ask runs a local effect: short, idempotent, retried until it answers.
func ask(ctx workflow.Context, kind models.EffectKind, call models.Call) (answer models.Event, err error) {
	ctx = workflow.WithLocalActivityOptions(ctx, local(string(kind)))
	err = workflow.ExecuteLocalActivity(ctx, string(kind), call).Get(ctx, &answer)
	return answer, err
}

func save(ctx workflow.Context, step models.Step) error {
	ctx = workflow.WithLocalActivityOptions(ctx, local("save "+string(step.Request.State)))
	err := workflow.ExecuteLocalActivity(ctx, SaveStep, step).Get(ctx, nil)
	var refused *temporal.ApplicationError
	if errors.As(err, &refused) && refused.Type() == models.StaleStep {
		// A task that the server gave up saved a moment ago, and overlapped with this
		// one. This task fails, and the step is judged again, later than both.
		panic(models.StaleStep)
	}
	if err != nil {
		return err
	}
	workflow.SetCurrentDetails(ctx, now(step.Request))
	return nil
}

// forever is the limit of what has to be got over, however long it takes: without
// it Temporal would end a local activity's retries with its first timeout.
const forever = 365 * 24 * time.Hour

func local(summary string) workflow.LocalActivityOptions {
	return workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: forever,
		StartToCloseTimeout:    5 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 100 * time.Millisecond, MaximumInterval: 10 * time.Second,
		},
		Summary: summary,
	}
}

// openPayment tries to make the provider's order for half a minute; then nobody
// knows whether it exists, and that is an answer too.
func openPayment(ctx workflow.Context, effect models.Effect, r models.Request) (models.Event, error) {
	options := remote(effect, r)
	options.ScheduleToCloseTimeout = 30 * time.Second
	answer, err := execute(ctx, options, effect, r)
	if err != nil {
		answer, err = models.Event{Kind: models.PaymentUnknown, Attempt: effect.Ref, Actor: "provider"}, nil
	}
	return answer, err
}

// untilAnswered runs a remote effect that the server retries without end.
func untilAnswered(ctx workflow.Context, effect models.Effect, r models.Request) (models.Event, error) {
	return execute(ctx, remote(effect, r), effect, r)
}

func remote(effect models.Effect, r models.Request) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue:           queueOf(effect, r),
		StartToCloseTimeout: 6 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 500 * time.Millisecond, MaximumInterval: time.Minute,
		},
		Summary: summary(effect.Ref, r),
	}
}

// summary says at which provider an effect is about what.
func summary(number string, r models.Request) string {
	of := number
	if refund, ok := r.Refund(number); ok {
		of = refund.Attempt
	}
	attempt, _ := r.Attempt(of)
	return strings.TrimSpace(attempt.Provider + " " + number)
}

func execute(
	ctx workflow.Context, options workflow.ActivityOptions, effect models.Effect, r models.Request,
) (answer models.Event, err error) {
	ctx = workflow.WithActivityOptions(ctx, options)
	call := models.Call{Request: r, Ref: effect.Ref}
	err = workflow.ExecuteActivity(ctx, string(effect.Kind), call).Get(ctx, &answer)
	return answer, err
}
