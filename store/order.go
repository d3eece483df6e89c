package store

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/models"
)

// OrderState says whether the merchant's order still waits for money.
type OrderState string

// The states of an order.
const (
	OrderUnpaid    OrderState = "unpaid"
	OrderPaid      OrderState = "paid"      // a request settled it
	OrderReleased  OrderState = "released"  // its request ended without money; a new request may claim it again
	OrderCancelled OrderState = "cancelled" // the merchant took it back, for good
)

// Order is the snapshot of a merchant's order.
type Order struct {
	ID              string       `gorm:"primaryKey"` // ord_…
	App             string       `gorm:"column:app_id"`
	Merchant        string       `gorm:"column:merchant_id"`
	Buyer           string       `gorm:"column:buyer_id"` // the merchant's id of the buyer
	BuyerName       string       // masked, as the friend sees it
	Number          string       // the merchant's own, unique within the app
	Title           string       // what the friend reads first
	Items           []Item       `gorm:"serializer:json"`
	Payable         models.Money `gorm:"embedded;embeddedPrefix:payable_"`
	PriceVersion    int64        // rises with each price
	Kind            string       // "physical", "virtual", …: rules look at it
	PayDeadline     time.Time    `gorm:"serializer:moment"` // zero: none
	StockHoldUntil  time.Time    `gorm:"serializer:moment"` // zero: no stock is held
	AllowedChannels []string     `gorm:"serializer:json"`   // empty: all of the app's
	State           OrderState   // CreateOrder makes it unpaid
	AppliedRequest  string       // the request whose money claimed it
	AppliedAttempt  string       // the attempt whose money claimed it
	CreatedAt       time.Time    `gorm:"autoCreateTime:false"`
}

// Item is one line of an order. Price is that of one piece.
type Item struct {
	Title    string       `json:"title"`
	Quantity int64        `json:"quantity"`
	Price    models.Money `json:"price"`
}

// Claim is the wish of a request to pay an order with an attempt's money.
type Claim struct {
	Order, Request, Attempt string
	Price                   models.Money // what was quoted
	PriceVersion            int64
	Reopen                  bool // late money: the order was released, and may be taken up again
}

// Why ClaimOrder refuses; these are the reasons of models.OrderRefused.
const (
	ClaimOrderGone  = "order_gone"
	ClaimStalePrice = "stale_price"
	ClaimDuplicate  = "duplicate"
)

// CreateOrder stores an order as unpaid. The same (app, number) with the same
// content returns what is stored, ID included; with other content it is the
// conflict "order_differs".
func (s *Store) CreateOrder(ctx context.Context, order Order) (Order, error) {
	return Order{}, errUnwritten
}

// Order reads one order; unknown is not_found "unknown_order".
func (s *Store) Order(ctx context.Context, id string) (Order, error) { return Order{}, errUnwritten }

// ClaimOrder gives the order to an attempt's money, once: "" means taken, by
// this very attempt, now or before. Else the reason why not, which is an answer
// and no error.
func (s *Store) ClaimOrder(ctx context.Context, claim Claim) (refused string, err error) {
	return "", errUnwritten
}

// UpdatePrice records the merchant's newer price; an older version changes nothing.
func (s *Store) UpdatePrice(ctx context.Context, order string, price models.Price) error {
	return errUnwritten
}
