package watch

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/models"
)

// noteTime bounds the note about a request whose engine did not answer.
const noteTime = time.Second

// Way is the door that calls pass.
type Way interface {
	Place(ctx context.Context, request models.Request) (models.Request, error)
	Deliver(ctx context.Context, requestID, updateID string, event models.Event) (models.Request, error)
	Post(ctx context.Context, stored models.Request, updateID string, event models.Event) (models.Request, error)
}

// Door notes the requests that do not answer at a door, so that the watch looks at their runs. Suspect may
// fail: a request that is not noted is found a little later, by what waits for it.
type Door struct {
	Way
	Suspect func(ctx context.Context, request string) error
}

// Place is Way's.
func (d Door) Place(ctx context.Context, request models.Request) (models.Request, error) {
	placed, err := d.Way.Place(ctx, request)
	return placed, d.noted(ctx, request.ID, err)
}

// Deliver is Way's.
func (d Door) Deliver(
	ctx context.Context, requestID, updateID string, event models.Event,
) (models.Request, error) {
	after, err := d.Way.Deliver(ctx, requestID, updateID, event)
	return after, d.noted(ctx, requestID, err)
}

// Post is Way's.
func (d Door) Post(
	ctx context.Context, stored models.Request, updateID string, event models.Event,
) (models.Request, error) {
	after, err := d.Way.Post(ctx, stored, updateID, event)
	return after, d.noted(ctx, stored.ID, err)
}

func (d Door) noted(ctx context.Context, request string, err error) error {
	if err != nil && models.CodeOf(err) == models.Unavailable {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
		defer cancel()
		_ = d.Suspect(ctx, request)
	}
	return err
}
