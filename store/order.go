package store

import (
	"context"
	"reflect"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

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
	ID              string `gorm:"primaryKey"` // ord_…
	App             string `gorm:"column:app_id"`
	Merchant        string `gorm:"column:merchant_id"`
	Buyer           string `gorm:"column:buyer_id"` // the merchant's id of the buyer
	BuyerName       string // masked, as the friend sees it
	BuyerPhone      string `gorm:"-"` // input only, empty: not told; a payer with it is the buyer
	BuyerPhoneIndex []byte // what CreateOrder keeps of it

	// The name check's answers, as keyed hashes; empty: not told.
	BuyerSurname      string `gorm:"-"` // input only
	BuyerSurnameIndex []byte
	BuyerTailIndex    []byte // of the phone's last two digits

	Number          string       // the merchant's own, unique within the app
	Title           string       // what the friend reads first
	Category        string       // what it is about in at most 20 characters; empty: not told
	Items           []Item       `gorm:"serializer:list"`
	Payable         models.Money `gorm:"embedded;embeddedPrefix:payable_"`
	PriceVersion    int64        // rises with each price
	Kind            string       // "physical", "virtual", …: rules look at it
	PayDeadline     time.Time    `gorm:"serializer:moment"` // zero: none
	StockHoldUntil  time.Time    `gorm:"serializer:moment"` // zero: no stock is held
	AllowedChannels []string     `gorm:"serializer:list"`   // empty: all of the app's
	State           OrderState   // CreateOrder makes it unpaid
	AppliedRequest  string       // the request whose money claimed it
	AppliedAttempt  string       // the attempt whose money claimed it
	CreatedAt       time.Time    `gorm:"->"`
}

// Item is one line of an order. Price is that of one piece.
type Item struct {
	Title    string       `json:"title"`
	Quantity int64        `json:"quantity"`
	Price    models.Money `json:"price"`
}

// CreateOrder stores an order as unpaid. The same (app, number) with the same
// content returns what is stored, ID included; with other content it is the
// conflict "order_differs".
func (s *Store) CreateOrder(ctx context.Context, order Order) (Order, error) {
	order.State, order.AppliedRequest, order.AppliedAttempt = OrderUnpaid, "", ""
	order.BuyerPhoneIndex = nil
	if order.BuyerPhone != "" {
		order.BuyerPhoneIndex = s.phoneIndex(order.BuyerPhone)
	}
	s.indexAsker(&order)
	once := clause.OnConflict{
		Columns: []clause.Column{{Name: "app_id"}, {Name: "number"}}, DoNothing: true,
	}
	if err := gorm.G[Order](s.db, once).Create(ctx, &order); err != nil {
		return Order{}, failed("create order", err)
	}
	stored, err := gorm.G[Order](s.db).Where("app_id = ? AND number = ?", order.App, order.Number).Take(ctx)
	if err != nil {
		return Order{}, failed("create order", err)
	}
	if !order.same(stored) {
		return Order{}, models.Refuse(models.Conflict, "order_differs",
			"This order number is known with other content.")
	}
	return stored, nil
}

// same compares what the merchant said. A price that changed since is not the
// merchant saying something else.
func (o Order) same(stored Order) bool {
	if stored.PriceVersion > o.PriceVersion {
		stored.Payable, stored.PriceVersion = o.Payable, o.PriceVersion
	}
	return reflect.DeepEqual(o.said(), stored.said())
}

func (o Order) said() Order {
	o.ID, o.State, o.AppliedRequest, o.AppliedAttempt, o.CreatedAt = "", "", "", "", time.Time{}
	o.BuyerPhone = "" // its index is compared
	// Not these: of an older order we do not have them, though the merchant told as much.
	o.BuyerSurname, o.BuyerSurnameIndex, o.BuyerTailIndex = "", nil, nil
	o.PayDeadline, o.StockHoldUntil = stored(o.PayDeadline), stored(o.StockHoldUntil)
	if len(o.Items) == 0 {
		o.Items = nil
	}
	if len(o.AllowedChannels) == 0 {
		o.AllowedChannels = nil
	}
	return o
}

// stored is a time as the database gives it back: in UTC, to the microsecond.
func stored(at time.Time) time.Time { return at.UTC().Truncate(time.Microsecond) }

// Order reads one order; unknown is not_found "unknown_order".
func (s *Store) Order(ctx context.Context, id string) (Order, error) {
	order, err := gorm.G[Order](s.db).Where("id = ?", id).Take(ctx)
	return order, missing("read order", "unknown_order", err)
}

// UpdatePrice records the merchant's newer price; an older version changes nothing.
func (s *Store) UpdatePrice(ctx context.Context, order string, price models.Price) error {
	const newer = `UPDATE orders SET payable_minor = ?, payable_currency = ?, price_version = ?
		WHERE id = ? AND price_version < ?`
	payable := price.Payable
	_, err := s.write(ctx, newer, payable.Minor, payable.Currency, price.Version, order, price.Version)
	return failed("update price", err)
}
