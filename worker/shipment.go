package worker

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/webhook"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// The pace of the look at what was paid. A merchant who does not answer is asked again
// after the lease.
const (
	shipmentTick  = time.Second
	shipmentWidth = 4
	shipmentLease = time.Minute
)

// Payments is what Shipments needs of the store.
type Payments interface {
	TakeShipmentChecks(ctx context.Context, limit int, lease time.Duration) ([]store.ShipmentCheck, error)
	ShipmentRisks(ctx context.Context, attempt string) ([]policy.RiskSeen, error)
	ShipmentChecked(ctx context.Context, request, attempt string) error
	OpenCase(ctx context.Context, opened store.Case) (store.Case, error)
	Request(ctx context.Context, id string) (models.Request, error)
	App(ctx context.Context, id string) (store.App, error)
	Tell(ctx context.Context, message store.Message) error
}

// Merchants reach a merchant's system.
type Merchants interface {
	Ask(ctx context.Context, to webhook.Endpoint, message webhook.Message, reply any) error
}

// Shipments looks at each applied payment once, and lets goods wait that strangers pay as
// rings do: a case for us, and a word to the merchant. The money settles as usual.
type Shipments struct {
	Payments  Payments
	Durable   Durability
	Merchants Merchants
	Log       *slog.Logger
}

// Run looks until ctx ends.
func (s *Shipments) Run(ctx context.Context) error {
	return pump[store.ShipmentCheck]{
		tick: shipmentTick, width: shipmentWidth, take: s.take, carry: s.carry,
	}.run(ctx)
}

func (s *Shipments) take(ctx context.Context, limit int) []store.ShipmentCheck {
	checks, err := s.Payments.TakeShipmentChecks(ctx, limit, shipmentLease)
	if err != nil && ctx.Err() == nil {
		s.Log.WarnContext(ctx, "payments to look at not readable", "error", err)
	}
	return checks
}

func (s *Shipments) carry(ctx context.Context, check store.ShipmentCheck) {
	if err := s.look(ctx, check); err != nil && ctx.Err() == nil {
		s.Log.WarnContext(ctx, "payment not looked at; it will be again", "request", check.Request,
			"reason", reason(err))
	}
}

// look judges a payment whose step is durable; what may still be taken back waits.
func (s *Shipments) look(ctx context.Context, check store.ShipmentCheck) error {
	durable, err := s.Durable.Durable(ctx, check.Request)
	switch {
	case err != nil && models.CodeOf(err) != models.Gone:
		return err
	case err == nil && durable < check.Version:
		return errEarly
	}
	seen, err := s.Payments.ShipmentRisks(ctx, check.Attempt)
	if err != nil {
		return err
	}
	if held := policy.Held(seen); len(held) > 0 {
		if err := s.hold(ctx, check, held); err != nil {
			return err
		}
	}
	return s.Payments.ShipmentChecked(ctx, check.Request, check.Attempt)
}

func (s *Shipments) hold(ctx context.Context, check store.ShipmentCheck, held []string) error {
	_, err := s.Payments.OpenCase(ctx, store.Case{
		Request: check.Request, Kind: models.CaseShipment, Attempt: check.Attempt,
		Detail: "The goods wait: " + strings.Join(held, ", ") + ".",
	})
	if err != nil {
		return err
	}
	request, err := s.Payments.Request(ctx, check.Request)
	if err != nil {
		return err
	}
	app, err := s.Payments.App(ctx, request.App)
	if err != nil {
		return err
	}
	return s.tell(ctx, app, request, check.Attempt, held)
}

// FreezeQuestion asks a merchant not to send the goods of a request until he hears from us.
type FreezeQuestion struct {
	Type    string   `json:"type"` // order.freeze_shipment to his hook, request.shipment_hold to his endpoints
	Request string   `json:"request"`
	Order   string   `json:"order"`
	Attempt string   `json:"attempt"`
	Reasons []string `json:"reasons"` // kinds of risk, as in policy
}

// tell asks the order hook, which may say that it is too late, else tells the endpoints; the id
// of the message stays the same over all tries.
func (s *Shipments) tell(
	ctx context.Context, app store.App, r models.Request, attempt string, held []string,
) error {
	asked := FreezeQuestion{
		Type: "order.freeze_shipment", Request: r.ID, Order: r.Order, Attempt: attempt, Reasons: held,
	}
	if app.HookURL == "" {
		asked.Type = "request.shipment_hold"
	}
	body, err := json.Marshal(asked)
	if err != nil {
		return err
	}
	id := "freeze_" + attempt
	if app.HookURL == "" {
		return s.Payments.Tell(ctx, store.Message{
			ID: id, App: r.App, Request: r.ID, Type: asked.Type, Payload: body,
		})
	}
	var answer struct {
		Accepted *bool `json:"accepted"`
	}
	to := webhook.Endpoint{URL: app.HookURL, Secret: string(app.WebhookSecret)}
	return s.Merchants.Ask(ctx, to, webhook.Message{ID: id, Body: body}, &answer)
}
