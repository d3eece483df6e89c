package client

import (
	"context"
	"errors"
)

// errNothing is an answer of success without what it should carry.
var errNothing = errors.New("friendpay's answer is not what its description says")

// placeTries is how often Place asks again while the engine is still at it.
const placeTries = 10

// Place asks for a friend's help with an order and returns the request with its link. The key is your own
// name for this wish, such as your order's number: the same key gives the same request again, also after a
// crash. An order that has an open request gets that one.
func (a *API) Place(ctx context.Context, key string, order PlaceInBody) (*PlacedView, error) {
	for try := 1; ; try++ {
		answer, err := a.PlaceRequestWithResponse(ctx, &PlaceRequestParams{IdempotencyKey: key}, order)
		if err != nil {
			return nil, err
		}
		placed, err := first(answer.JSON201, answer.JSON200, answer.JSON202)
		if err != nil || placed.Link != nil || try == placeTries {
			return placed, err
		}
		// The work goes on; the link comes under the same key.
		if err := a.doer.pause(ctx, backoff(try)); err != nil {
			return nil, err
		}
	}
}

// Show reads one request.
func (a *API) Show(ctx context.Context, id string) (*RequestView, error) {
	answer, err := a.ShowRequestWithResponse(ctx, id)
	if err != nil {
		return nil, err
	}
	return first(answer.JSON200)
}

// List reads a page of requests, newest first; the page's Next is the Cursor of the next one.
func (a *API) List(ctx context.Context, filter ListRequestsParams) (*RequestsView, error) {
	answer, err := a.ListRequestsWithResponse(ctx, &filter)
	if err != nil {
		return nil, err
	}
	return first(answer.JSON200)
}

// Cancel ends a request, if nobody has paid. The answer may still show it as it was: read it again.
func (a *API) Cancel(ctx context.Context, key, id string, why CancelIn) (*RequestView, error) {
	answer, err := a.CancelRequestWithResponse(ctx, id, &CancelRequestParams{IdempotencyKey: &key}, why)
	if err != nil {
		return nil, err
	}
	return first(answer.JSON200, answer.JSON202)
}

// Refund gives money back to whoever paid: all of it, or that amount. One key is one refund.
func (a *API) Refund(ctx context.Context, key, id string, what RefundInBody) (*RefundView, error) {
	answer, err := a.CreateRefundWithResponse(ctx, id, &CreateRefundParams{IdempotencyKey: key}, what)
	if err != nil {
		return nil, err
	}
	return first(answer.JSON201, answer.JSON202)
}

// Events reads a page of what happened to the app's requests, oldest first; the page's Next is the After of
// the next one.
func (a *API) Events(ctx context.Context, from ListAccountEventsParams) (*AccountEventsView, error) {
	answer, err := a.ListAccountEventsWithResponse(ctx, &from)
	if err != nil {
		return nil, err
	}
	return first(answer.JSON200)
}

// first is the one body that an answer has.
func first[T any](bodies ...*T) (*T, error) {
	for _, body := range bodies {
		if body != nil {
			return body, nil
		}
	}
	return nil, errNothing
}
