package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// OrderIn is an order as the merchant's server tells it.
type OrderIn struct {
	App             string    `json:"app" maxLength:"64" doc:"The app of yours that sold it."`
	Number          string    `json:"number" minLength:"1" maxLength:"64" doc:"Your own order number."`
	Title           string    `json:"title" minLength:"1" maxLength:"120" doc:"What the friend reads first."`
	Category        string    `json:"category,omitempty" maxLength:"20" doc:"All that some friends see of it."`
	Items           []ItemIn  `json:"items,omitempty" maxItems:"100"`
	Payable         Amount    `json:"payable"`
	PriceVersion    int64     `json:"price_version,omitempty" minimum:"0" doc:"Rises with each price."`
	PayDeadline     time.Time `json:"pay_deadline,omitempty" required:"false" doc:"Missing: none."`
	StockHoldUntil  time.Time `json:"stock_hold_until,omitempty" required:"false"`
	AllowedChannels []string  `json:"allowed_channels,omitempty" maxItems:"20" doc:"Empty: all of the app's."`
	Buyer           BuyerIn   `json:"buyer"`

	Kind string `json:"kind,omitempty" pattern:"^[a-z_]{1,32}$" doc:"physical, virtual, top_up, cross_border."`
}

// ItemIn is one line of an order.
type ItemIn struct {
	Title    string `json:"title" minLength:"1" maxLength:"120"`
	Quantity int64  `json:"quantity" minimum:"1" maximum:"100000"`
	Price    Amount `json:"price" doc:"Of one piece."`
}

// BuyerIn is who asks for a friend's help.
type BuyerIn struct {
	ID   string `json:"id" minLength:"1" maxLength:"64" doc:"Your own id of the buyer."`
	Name string `json:"name,omitempty" maxLength:"64" doc:"Kept masked: the friend sees its first character."`

	Surname string `json:"surname,omitempty" maxLength:"32" doc:"Kept hashed, for the name check."`

	Phone string `json:"phone,omitempty" pattern:"^[+]?[0-9]{5,15}$" doc:"Kept hashed: its owner is no friend."`
}

// OrderView is an order as it is known.
type OrderView struct {
	ID           string           `json:"id"`
	App          string           `json:"app"`
	Number       string           `json:"number"`
	Title        string           `json:"title"`
	Payable      models.Money     `json:"payable"`
	PriceVersion int64            `json:"price_version"`
	State        store.OrderState `json:"state"`
}

type orderIn struct{ Body OrderIn }

type orderOut struct{ Body OrderView }

// createOrder registers an order, so that its buyer may ask a friend himself.
func (s *Server) createOrder(ctx context.Context, in *orderIn) (*orderOut, error) {
	told, err := s.told(ctx, in.Body, minted(ctx))
	if err != nil {
		return nil, err
	}
	order, err := s.rows(ctx).CreateOrder(ctx, told)
	if err != nil {
		return nil, err
	}
	return &orderOut{Body: OrderView{
		ID: order.ID, App: order.App, Number: order.Number, Title: order.Title, Payable: order.Payable,
		PriceVersion: order.PriceVersion, State: order.State,
	}}, nil
}

// told is an order of one of the caller's apps, as he tells it; it is not stored yet.
func (s *Server) told(ctx context.Context, in OrderIn, id string) (store.Order, error) {
	who := caller(ctx)
	if who.Kind != merchant {
		return store.Order{}, merchantOnly()
	}
	if !slices.Contains(who.Apps, in.App) {
		return store.Order{}, unknownApp()
	}
	if err := fitForStrangers("bad_words", "category", in.Category, maxCategory); err != nil {
		return store.Order{}, err
	}
	return in.order(id, who.Merchant), nil
}

func merchantOnly() *models.Error {
	return models.Refuse(models.Forbidden, "merchant_only", "Only the merchant's server may do this.")
}

func unknownApp() *models.Error {
	refused := models.Refuse(models.NotFound, "unknown_app", "You have no such app.")
	refused.Field = "app"
	return refused
}

func (in OrderIn) order(id, merchant string) store.Order {
	order := store.Order{
		ID: id, App: in.App, Merchant: merchant, Buyer: in.Buyer.ID,
		BuyerName: masked(in.Buyer.Name), BuyerSurname: surnameOf(orDefault(in.Buyer.Surname, in.Buyer.Name)),
		Number: in.Number, Title: in.Title, Category: strings.TrimSpace(in.Category), Payable: in.Payable.money(),
		PriceVersion: in.PriceVersion,
		Kind:         in.Kind, PayDeadline: in.PayDeadline.UTC(), StockHoldUntil: in.StockHoldUntil.UTC(),
		AllowedChannels: in.AllowedChannels,
	}
	if phone, err := mobile(in.Buyer.Phone); err == nil { // no friend logs in with any other
		order.BuyerPhone = phone
	}
	for _, item := range in.Items {
		order.Items = append(order.Items, store.Item{
			Title: item.Title, Quantity: item.Quantity, Price: item.Price.money(),
		})
	}
	return order
}

// ownOrder reads an order that the caller may ask for; another's is not found.
func (s *Server) ownOrder(ctx context.Context, id string) (store.Order, error) {
	order, err := s.rows(ctx).Order(ctx, id)
	if err != nil {
		return store.Order{}, err
	}
	if !caller(ctx).owns(order.Merchant, order.App, order.Buyer) {
		return store.Order{}, unseen("unknown_order")
	}
	return order, nil
}

// owns says that something of this merchant, app and buyer is the caller's.
func (p Principal) owns(of, app, buyerID string) bool {
	mine := p.Merchant != "" && p.Merchant == of && slices.Contains(p.Apps, app)
	return mine && (p.Kind == merchant || p.Kind == buyer && p.Buyer == buyerID)
}
