package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// RequestPath names the request that a call is about.
type RequestPath struct {
	ID string `path:"id" maxLength:"64"`
}

type requestOut struct {
	Status int
	Body   RequestView
}

type requestsIn struct {
	App    string   `query:"app" maxLength:"64" doc:"Needed when your key covers several apps."`
	State  []string `query:"state" doc:"Comma-separated states."`
	Phase  string   `query:"phase" enum:"open,ended" doc:"Those that may still be paid, or the others."`
	Order  string   `query:"order_id" maxLength:"64"`
	Buyer  string   `query:"buyer" maxLength:"64" doc:"Merchants only."`
	Cursor string   `query:"cursor" maxLength:"200" doc:"The next of the page before."`
	Limit  int      `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type requestsOut struct{ Body RequestsView }

// RequestsView is a page of requests, newest first.
type RequestsView struct {
	Requests []RequestLineView `json:"requests" nullable:"false"`
	Next     string            `json:"next,omitempty" doc:"The cursor of the next page; missing on the last."`
}

// listRequests shows the caller's own requests.
func (s *Server) listRequests(ctx context.Context, in *requestsIn) (*requestsOut, error) {
	filter, err := caller(ctx).filter(in)
	if err != nil {
		return nil, err
	}
	page, err := s.Store.Requests(ctx, filter)
	if err != nil {
		return nil, err
	}
	out := &requestsOut{Body: RequestsView{Requests: []RequestLineView{}, Next: page.Next}}
	for _, line := range page.Items {
		out.Body.Requests = append(out.Body.Requests, viewLine(line))
	}
	return out, nil
}

// filter narrows a list to what the caller may see, whatever he asks for.
func (p Principal) filter(in *requestsIn) (store.RequestFilter, error) {
	filter := store.RequestFilter{
		Merchant: p.Merchant, App: in.App, Buyer: in.Buyer, Order: in.Order, Cursor: in.Cursor, Limit: in.Limit,
	}
	if filter.App == "" && len(p.Apps) == 1 {
		filter.App = p.Apps[0]
	}
	if !slices.Contains(p.Apps, filter.App) {
		return filter, unknownApp()
	}
	if p.Kind == buyer {
		filter.Buyer = p.Buyer
	}
	for _, name := range in.State {
		state := models.State(name)
		if !slices.Contains(models.States, state) {
			return filter, &models.Error{
				Code: models.Invalid, Reason: "unknown_state", Message: "There is no such state.", Field: "state",
			}
		}
		filter.States = append(filter.States, state)
	}
	return inPhase(filter, in.Phase), nil
}

// inPhase narrows a list to the requests that hold their orders, or to those that have ended.
func inPhase(filter store.RequestFilter, phase string) store.RequestFilter {
	if phase == "" {
		return filter
	}
	if len(filter.States) == 0 {
		filter.States = models.States
	}
	filter.States = slices.DeleteFunc(slices.Clone(filter.States), func(state models.State) bool {
		return slices.Contains(openStates, state) != (phase == "open")
	})
	if len(filter.States) == 0 {
		filter.States = []models.State{"none"} // of no states, there is none
	}
	return filter
}

// showRequest reads one request.
func (s *Server) showRequest(ctx context.Context, in *RequestPath) (*requestOut, error) {
	request, err := s.owned(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, request, http.StatusOK)
}

// owned reads a request of the caller's; another's is not found.
func (s *Server) owned(ctx context.Context, id string) (models.Request, error) {
	request, err := s.rows(ctx).Request(ctx, id)
	if err != nil {
		return models.Request{}, err
	}
	if !caller(ctx).owns(request.Merchant, request.App, request.Buyer) {
		return models.Request{}, unseen("unknown_request")
	}
	return request, nil
}

// unseen is the refusal of what is another's: in the very words of the store about
// what nobody has, so that an answer does not tell the two apart.
func unseen(reason string) error {
	return models.Refuse(models.NotFound, reason, "We know nothing of that name.")
}

// answer is a request as it stands. An error beside an answer is about what only adorns it.
func (s *Server) answer(ctx context.Context, request models.Request, status int) (*requestOut, error) {
	order, err := s.rows(ctx).Order(ctx, request.Order)
	if err != nil {
		return nil, err
	}
	view, err := s.asStands(ctx, request, order)
	return &requestOut{Status: status, Body: view}, err
}

// deliver brings the caller's event to his request's workflow. 202 answers show
// the request as it was: the work goes on.
func (s *Server) deliver(
	ctx context.Context, before models.Request, updateID string, event models.Event,
) (*requestOut, error) {
	event.Actor = string(caller(ctx).Kind)
	after, err := s.Door.Deliver(ctx, before.ID, updateID, event)
	if stillWorking(err) {
		return s.delivered(ctx, before, http.StatusAccepted)
	}
	if err != nil {
		return nil, err
	}
	return s.delivered(ctx, after, http.StatusOK)
}

// delivered answers for an event that is durable: what only adorns the answer must not make a failure of it.
func (s *Server) delivered(ctx context.Context, request models.Request, status int) (*requestOut, error) {
	out, err := s.answer(ctx, request, status)
	if out != nil && err != nil {
		s.Log.WarnContext(ctx, "answered without its thanks or refunds", "request", request.ID, "error", err)
		err = nil
	}
	return out, err
}

// OptionalKey is the Idempotency-Key of a call that creates nothing: it names
// the update, so that the engine itself drops repetitions.
type OptionalKey struct {
	Key string `header:"Idempotency-Key" maxLength:"255" doc:"Optional: a repeated call is dropped."`
}

func (k OptionalKey) update(ctx context.Context) string {
	if k.Key == "" {
		return mint.ID(mint.Update)
	}
	sum := sha256.Sum256([]byte(caller(ctx).id() + "\n" + strings.Trim(k.Key, `"`)))
	return "key_" + hex.EncodeToString(sum[:16])
}
