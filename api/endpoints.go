package api

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"slices"
	"time"

	"github.com/friendpay/friendpay/internal/outward"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// EndpointView is where an app's merchant listens.
type EndpointView struct {
	ID       string              `json:"id"`
	App      string              `json:"app"`
	URL      string              `json:"url"`
	Events   []string            `json:"events" nullable:"false" doc:"Types of events; empty: all."`
	State    store.EndpointState `json:"state" enum:"enabled,disabled"`
	Reason   string              `json:"reason,omitempty" doc:"by_merchant, gone or failing."`
	Failing  *time.Time          `json:"failing_since,omitempty" doc:"Since its last success."`
	Previous *time.Time          `json:"previous_secret_until,omitempty" doc:"So long the old secret signs."`
	Created  time.Time           `json:"created_at"`
	Secret   string              `json:"secret,omitempty" doc:"Shown once, in the answer that made it."`
}

type endpointOut struct{ Body EndpointView }

type endpointsOut struct {
	Body struct {
		Endpoints []EndpointView `json:"endpoints" nullable:"false"`
	}
}

type endpointsIn struct {
	App string `query:"app" maxLength:"64" doc:"Missing: all of your key's."`
}

// listEndpoints shows where the caller's apps listen.
func (s *Server) listEndpoints(ctx context.Context, in *endpointsIn) (*endpointsOut, error) {
	apps, err := caller(ctx).appsNamed(in.App)
	if err != nil {
		return nil, err
	}
	out := &endpointsOut{}
	out.Body.Endpoints = []EndpointView{}
	for _, app := range apps {
		list, err := s.Store.Endpoints(ctx, app)
		if err != nil {
			return nil, err
		}
		for _, endpoint := range list {
			out.Body.Endpoints = append(out.Body.Endpoints, viewEndpoint(endpoint, ""))
		}
	}
	return out, nil
}

// appsNamed is the one app that the caller names, or all that he may see.
func (p Principal) appsNamed(app string) ([]string, error) {
	switch {
	case app == "":
		return p.Apps, nil
	case slices.Contains(p.Apps, app):
		return []string{app}, nil
	default:
		return nil, unknownApp()
	}
}

type newEndpointIn struct {
	Body struct {
		App    string   `json:"app,omitempty" maxLength:"64" doc:"Needed when your key covers several apps."`
		URL    string   `json:"url" minLength:"1" maxLength:"2048" doc:"https, at a public address."`
		Events []string `json:"events,omitempty" maxItems:"20" doc:"Types of events; missing: all."`
	}
}

// createEndpoint makes an endpoint with a secret of its own.
func (s *Server) createEndpoint(ctx context.Context, in *newEndpointIn) (*endpointOut, error) {
	apps, err := caller(ctx).appsNamed(in.Body.App)
	if err == nil && len(apps) != 1 {
		err = unknownApp()
	}
	if err == nil {
		err = s.listenable(in.Body.URL, in.Body.Events)
	}
	if err != nil {
		return nil, err
	}
	secret := NewWebhookSecret()
	made, err := s.rows(ctx).CreateEndpoint(ctx, store.Endpoint{
		ID: minted(ctx), App: apps[0], URL: in.Body.URL, Events: in.Body.Events,
	}, secret)
	if err != nil {
		return nil, err
	}
	return &endpointOut{Body: viewEndpoint(made, secret)}, nil
}

// listenable refuses addresses that lead inside, and events that there are not.
func (s *Server) listenable(address string, events []string) error {
	check := s.Config.CheckWebhook
	if check == nil {
		check = outward.Guard{}.Check
	}
	if check(address) != nil {
		return &models.Error{
			Code: models.Invalid, Reason: "bad_webhook_url", Field: "url",
			Message: "We do not call this address.", Fix: "Give an https address that leads to a public server.",
		}
	}
	for _, event := range events {
		if !slices.Contains(store.EventTypes, event) {
			return &models.Error{
				Code: models.Invalid, Reason: "unknown_event", Field: "events", Message: "There is no such event.",
			}
		}
	}
	return nil
}

// showEndpoint reads one.
func (s *Server) showEndpoint(ctx context.Context, in *RequestPath) (*endpointOut, error) {
	return s.shown(s.ownEndpoint(ctx, in.ID))
}

// ownEndpoint reads an endpoint of one of the caller's apps; another's is not found.
func (s *Server) ownEndpoint(ctx context.Context, id string) (store.Endpoint, error) {
	endpoint, err := s.rows(ctx).Endpoint(ctx, id)
	if err == nil && !slices.Contains(caller(ctx).Apps, endpoint.App) {
		err = unseen("unknown_endpoint")
	}
	return endpoint, err
}

func (s *Server) shown(endpoint store.Endpoint, err error) (*endpointOut, error) {
	if err != nil {
		return nil, err
	}
	return &endpointOut{Body: viewEndpoint(endpoint, "")}, nil
}

type changeEndpointIn struct {
	RequestPath
	Body struct {
		URL    string    `json:"url,omitempty" maxLength:"2048" doc:"Missing: it stays."`
		Events *[]string `json:"events,omitempty" maxItems:"20" doc:"Missing: they stay; empty: all."`
	}
}

// changeEndpoint gives one another address or other events.
func (s *Server) changeEndpoint(ctx context.Context, in *changeEndpointIn) (*endpointOut, error) {
	endpoint, err := s.ownEndpoint(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	address, events := orDefault(in.Body.URL, endpoint.URL), endpoint.Events
	if in.Body.Events != nil {
		events = *in.Body.Events
	}
	if err := s.listenable(address, events); err != nil {
		return nil, err
	}
	return s.shown(s.Store.ChangeEndpoint(ctx, endpoint.ID, address, events))
}

// enableEndpoint tells it things again.
func (s *Server) enableEndpoint(ctx context.Context, in *RequestPath) (*endpointOut, error) {
	if _, err := s.ownEndpoint(ctx, in.ID); err != nil {
		return nil, err
	}
	return s.shown(s.Store.EnableEndpoint(ctx, in.ID))
}

// disableEndpoint tells it nothing until it is enabled.
func (s *Server) disableEndpoint(ctx context.Context, in *RequestPath) (*endpointOut, error) {
	if _, err := s.ownEndpoint(ctx, in.ID); err != nil {
		return nil, err
	}
	return s.shown(s.Store.DisableEndpoint(ctx, in.ID, store.DisabledByMerchant))
}

// rotateEndpointSecret makes a new secret; both sign until the overlap is over.
func (s *Server) rotateEndpointSecret(ctx context.Context, in *rotateIn) (*endpointOut, error) {
	if _, err := s.ownEndpoint(ctx, in.ID); err != nil {
		return nil, err
	}
	secret := NewWebhookSecret()
	until := s.Clock().Add(time.Duration(in.Body.Overlap) * time.Second)
	rotated, err := s.rows(ctx).RotateEndpointSecret(ctx, in.ID, secret, until)
	if err != nil {
		return nil, err
	}
	return &endpointOut{Body: viewEndpoint(rotated, secret)}, nil
}

// deleteEndpoint forgets one.
func (s *Server) deleteEndpoint(ctx context.Context, in *RequestPath) (*struct{}, error) {
	if _, err := s.ownEndpoint(ctx, in.ID); err != nil {
		return nil, err
	}
	return nil, s.Store.DeleteEndpoint(ctx, in.ID)
}

// sendTestEvent sends one something that means nothing.
func (s *Server) sendTestEvent(ctx context.Context, in *RequestPath) (*deliveryOut, error) {
	if _, err := s.ownEndpoint(ctx, in.ID); err != nil {
		return nil, err
	}
	made, err := s.Store.SendTestEvent(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &deliveryOut{Body: viewDelivery(made)}, nil
}

// NewWebhookSecret draws a secret as Standard Webhooks writes it: 256 bits.
func NewWebhookSecret() string {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails: it ends the process instead
	return "whsec_" + base64.StdEncoding.EncodeToString(random)
}

func viewEndpoint(e store.Endpoint, secret string) EndpointView {
	return EndpointView{
		ID: e.ID, App: e.App, URL: e.URL, Events: append([]string{}, e.Events...), State: e.State, Reason: e.Reason,
		Failing: timeIfAny(e.FailingSince), Previous: timeIfAny(e.PreviousUntil), Created: e.CreatedAt.UTC(),
		Secret: secret,
	}
}
