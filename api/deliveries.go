package api

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/friendpay/friendpay/store"
)

// DeliveryView is one message on its way to one endpoint.
type DeliveryView struct {
	ID       string              `json:"id"`
	Message  string              `json:"webhook_id" doc:"The same over all tries and replays."`
	Endpoint string              `json:"endpoint_id"`
	URL      string              `json:"url"`
	Request  string              `json:"request_id,omitempty"`
	Type     string              `json:"type"`
	State    store.DeliveryState `json:"state" enum:"queued,trying,held,delivered,dead"`
	Tries    int                 `json:"tries" doc:"Since it was last replayed."`
	NextTry  *time.Time          `json:"next_try_at,omitempty"`
	Status   int                 `json:"status" doc:"HTTP status of the last try; 0: no answer."`
	Error    string              `json:"error,omitempty" doc:"Why the last try failed."`
	Created  time.Time           `json:"created_at"`
	Done     *time.Time          `json:"done_at,omitempty"`
}

// DeliveryTryView is one call to an endpoint.
type DeliveryTryView struct {
	Number  int               `json:"number"`
	At      time.Time         `json:"at"`
	Status  int               `json:"status" doc:"0: no answer."`
	TookMS  int64             `json:"took_ms"`
	Headers map[string]string `json:"request_headers" doc:"Without the signatures."`
	Answer  string            `json:"answer,omitempty" doc:"The first 4 kB."`
	Error   string            `json:"error,omitempty"`
}

// DeliveryDetail is a delivery with what was sent and answered.
type DeliveryDetail struct {
	DeliveryView
	Body  json.RawMessage   `json:"body" doc:"What is sent."`
	Calls []DeliveryTryView `json:"calls" nullable:"false" doc:"Newest first, 100 at most."`
}

type deliveryOut struct{ Body DeliveryView }

type deliveryDetailOut struct{ Body DeliveryDetail }

type deliveriesIn struct {
	App      string    `query:"app" maxLength:"64"`
	Endpoint string    `query:"endpoint_id" maxLength:"64"`
	Request  string    `query:"request_id" maxLength:"64"`
	Type     string    `query:"type" maxLength:"64"`
	State    string    `query:"state" enum:"queued,trying,held,delivered,dead"`
	From     time.Time `query:"from" doc:"Made then or later."`
	Until    time.Time `query:"until" doc:"Made before."`
	Cursor   string    `query:"cursor" maxLength:"200" doc:"The next of the page before."`
	Limit    int       `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type deliveriesOut struct {
	Body struct {
		Deliveries []DeliveryView `json:"deliveries" nullable:"false"`
		Next       string         `json:"next,omitempty" doc:"The cursor of the next page; missing on the last."`
	}
}

// listDeliveries shows what the caller's endpoints were told.
func (s *Server) listDeliveries(ctx context.Context, in *deliveriesIn) (*deliveriesOut, error) {
	apps, err := caller(ctx).appsNamed(in.App)
	if err != nil {
		return nil, err
	}
	page, err := s.Store.Deliveries(ctx, store.DeliveryFilter{
		Apps: append([]string{}, apps...), Endpoint: in.Endpoint, Request: in.Request, Type: in.Type,
		State: store.DeliveryState(in.State), From: in.From, Until: in.Until, Cursor: in.Cursor, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	out := &deliveriesOut{}
	out.Body.Deliveries, out.Body.Next = []DeliveryView{}, page.Next
	for _, d := range page.Items {
		out.Body.Deliveries = append(out.Body.Deliveries, viewDelivery(d))
	}
	return out, nil
}

// showDelivery reads one with its tries.
func (s *Server) showDelivery(ctx context.Context, in *RequestPath) (*deliveryDetailOut, error) {
	d, tries, err := s.ownDelivery(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &deliveryDetailOut{Body: DeliveryDetail{DeliveryView: viewDelivery(d), Body: d.Payload}}
	out.Body.Calls = []DeliveryTryView{}
	for _, t := range tries {
		out.Body.Calls = append(out.Body.Calls, DeliveryTryView{
			Number: t.Number, At: t.At.UTC(), Status: t.Status, TookMS: t.TookMS, Headers: t.Headers, Answer: t.Answer,
			Error: t.Error,
		})
	}
	return out, nil
}

// ownDelivery reads a delivery of one of the caller's apps; another's is not found.
func (s *Server) ownDelivery(ctx context.Context, id string) (store.Delivery, []store.DeliveryTry, error) {
	d, tries, err := s.Store.Delivery(ctx, id)
	if err == nil && !slices.Contains(caller(ctx).Apps, d.App) {
		err = unseen("unknown_delivery")
	}
	return d, tries, err
}

// replayDelivery sends one again.
func (s *Server) replayDelivery(ctx context.Context, in *RequestPath) (*deliveryOut, error) {
	if _, _, err := s.ownDelivery(ctx, in.ID); err != nil {
		return nil, err
	}
	d, err := s.Store.ReplayDelivery(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &deliveryOut{Body: viewDelivery(d)}, nil
}

type replayIn struct {
	RequestPath
	Body struct {
		From   time.Time `json:"from" doc:"Made then or later."`
		Until  time.Time `json:"until,omitempty" required:"false" doc:"Made before; missing: until now."`
		State  string    `json:"state,omitempty" enum:"trying,held,delivered,dead" doc:"Missing: any."`
		Type   string    `json:"type,omitempty" maxLength:"64" doc:"Missing: any."`
		DryRun bool      `json:"dry_run,omitempty" doc:"Count only."`
	}
}

type replayOut struct {
	Body struct {
		Deliveries int64 `json:"deliveries" doc:"How many are sent again."`
		DryRun     bool  `json:"dry_run" doc:"None was: it was a question."`
	}
}

// replayDeliveries sends a range of an endpoint's again.
func (s *Server) replayDeliveries(ctx context.Context, in *replayIn) (*replayOut, error) {
	endpoint, err := s.ownEndpoint(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	filter := store.DeliveryFilter{
		App: endpoint.App, Endpoint: endpoint.ID, From: in.Body.From, Until: in.Body.Until, Type: in.Body.Type,
		State: store.DeliveryState(in.Body.State),
	}
	out := &replayOut{}
	out.Body.DryRun = in.Body.DryRun
	if in.Body.DryRun {
		out.Body.Deliveries, err = s.Store.CountDeliveries(ctx, filter)
	} else {
		out.Body.Deliveries, err = s.Store.ReplayDeliveries(ctx, filter)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

func viewDelivery(d store.Delivery) DeliveryView {
	return DeliveryView{
		ID: d.ID, Message: d.Message, Endpoint: d.Endpoint, URL: d.URL, Request: d.Request, Type: d.Type,
		State: d.State, Tries: d.Tries, NextTry: timeIfAny(d.NextTryAt), Status: d.Status, Error: d.Error,
		Created: d.CreatedAt.UTC(), Done: timeIfAny(d.DoneAt),
	}
}
