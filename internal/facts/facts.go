// Package facts turns rows into what policy looks at, so that the API which
// offers a channel and the engine which admits it ask the very same question.
package facts

import (
	"time"

	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// Of gathers the facts about an order in its app's catalogue. Who asks, and
// where, is for the caller to add.
func Of(order store.Order, catalogue []store.Channel, now time.Time, speed int64) policy.Facts {
	f := policy.Facts{
		Order: policy.Order{
			Payable: order.Payable, Kind: order.Kind,
			Settled:         order.State == store.OrderPaid || order.State == store.OrderCancelled,
			AllowedChannels: order.AllowedChannels,
			PayDeadline:     order.PayDeadline, StockHoldUntil: order.StockHoldUntil,
		},
		App: policy.App{ID: order.App}, Buyer: order.Buyer, Now: now, Speed: speed,
	}
	for _, c := range catalogue {
		f.Catalogue = append(f.Catalogue, policy.Channel{
			ID: c.ID, Kind: c.Kind, Position: c.Position, Amount: policy.Window{Min: c.Min, Max: c.Max},
			MinCloseSeconds: c.MinCloseSeconds, Surfaces: c.Surfaces, Enabled: c.Enabled,
		})
	}
	return f
}
