package house

import (
	"context"

	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/store"
)

// Desk is where colleagues act by hand: the API takes commands there, the worker carries them out.
func (h *House) Desk() *support.Desk {
	return &support.Desk{
		Rows: h.Store, Door: h.Door, Accounts: h.Accounts, Deliveries: deliveries{h.Store}, Engine: h.Door,
		Clock: h.Config.now,
		Log:   h.Log, SecondPerson: h.Config.SecondPersonFen, Wait: support.Wait,
	}
}

// deliveries lets the desk act on webhooks, once for a command: one whose worker died comes again.
type deliveries struct{ rows *store.Store }

// ResendDelivery sends a webhook again.
func (d deliveries) ResendDelivery(ctx context.Context, delivery, command string) error {
	return d.rows.ReplayDeliveryBy(ctx, command, delivery)
}

// SendTestEvent sends an endpoint something that it can be tried with.
func (d deliveries) SendTestEvent(ctx context.Context, endpoint, command string) error {
	return d.rows.SendTestEventBy(ctx, command, endpoint)
}

// EnableEndpoint lets an endpoint be told again what happens.
func (d deliveries) EnableEndpoint(ctx context.Context, endpoint, command string) error {
	return d.rows.EnableEndpointBy(ctx, command, endpoint)
}
