// Package facts turns rows into what policy looks at, so that the API which
// offers a channel and the engine which admits it ask the very same question.
package facts

import (
	"time"

	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// Made adds what the request was made with. Of one of which nothing was kept, being older
// than rollouts, it counts as made with everything: no link loses what it had.
func Made(f policy.Facts, released []string) policy.Facts {
	if f.Released = released; released == nil {
		f.Released = []string{policy.Everything}
	}
	return f
}

// Of gathers the facts about an order under a catalogue. Who asks, and where, is for
// the caller to add.
func Of(order store.Order, catalogue *policy.Catalogue, now time.Time, speed int64) policy.Facts {
	return policy.Facts{
		Order: policy.Order{
			Payable: order.Payable, Kind: order.Kind,
			Settled:         order.State == store.OrderPaid || order.State == store.OrderCancelled,
			AllowedChannels: order.AllowedChannels,
			PayDeadline:     order.PayDeadline, StockHoldUntil: order.StockHoldUntil,
		},
		App: order.App, Buyer: order.Buyer, Now: now, Speed: speed, Catalogue: catalogue,
	}
}
