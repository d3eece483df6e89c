package providers

import (
	"context"
	"iter"
	"time"

	"github.com/friendpay/friendpay/models"
)

// Bookkeeper is an adapter whose provider also tells how the merchant's balance
// there moved: not what orders did, as a statement says, but what really came in
// and went out. An adapter without it has a provider that does not tell.
type Bookkeeper interface {
	// FundFlow is what moved on a day in Asia/Shanghai, in the provider's order. As in
	// Adapter.Statement, an error is the last thing that comes, and means that nothing
	// of the day may be believed.
	FundFlow(ctx context.Context, day time.Time) iter.Seq2[Movement, error]
}

// Movement is money that came to the merchant's account or left it, of our orders
// and of everything else that the account serves.
type Movement struct {
	Kind        MovementKind
	Type        string       // the provider's own word for the kind, for support
	Number      string       // our number of the payment or of the refund, where it tells; else its own
	Transaction string       // the provider's number of the payment or of the refund
	Flow        string       // the provider's number of this very movement
	Amount      models.Money // above zero it came in, below it went out
	Balance     models.Money // what was on the account afterwards
	At          time.Time
}

// MovementKind says what money moved for.
type MovementKind string

// The kinds of movement. Fees go out, and come in again with a refund. MovedOther
// is everything that is no order's: money drawn, paid in, frozen.
const (
	MovedCapture MovementKind = "capture"
	MovedRefund  MovementKind = "refund"
	MovedFee     MovementKind = "fee"
	MovedOther   MovementKind = "other"
)
