package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/friendpay/friendpay/models"
)

// step lets the law judge one event and the answers of its local effects, saves
// what came of it, and only then lets anything leave the house.
func (r *run) step(ctx workflow.Context, d *delivery) error {
	before := r.request
	transitions, abroad, err := r.judge(ctx, d)
	if err != nil {
		return err
	}
	if len(transitions) > 0 {
		r.request.Version++
		err := save(ctx, models.Step{Request: r.request, Transitions: transitions})
		if late := tooLate(d.event, err); late != nil {
			r.request, d.err, abroad = before, late, nil
		} else if err != nil {
			return err
		}
		if err := r.find(ctx); err != nil {
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

// tooLate is the refusal of a step that would have opened a request again while another of
// its order was opened: its save can never succeed, so the step is taken back as if nobody
// had asked. Nothing has left the house for it.
func tooLate(event models.Event, err error) error {
	var refused *temporal.ApplicationError
	if event.Kind == models.Reopened && errors.As(err, &refused) && refused.Type() == models.RequestOpen {
		return refusal(refused)
	}
	return nil
}

// refusal is what an activity refused, in the words of the house.
func refusal(refused *temporal.ApplicationError) error {
	known := models.Refuse(models.Conflict, refused.Type(), "The order has an open request already.")
	if refused.HasDetails() {
		_ = refused.Details(known) // without them the words above are left
	}
	return known
}
