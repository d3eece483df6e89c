package store

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/models"
)

// RequestRow is a request as lists show it.
type RequestRow struct {
	ID           string `gorm:"primaryKey"`
	Order        string `gorm:"column:order_id"`
	Merchant     string `gorm:"column:merchant_id"`
	App          string `gorm:"column:app_id"`
	Buyer        string `gorm:"column:buyer_id"`
	State        models.State
	Payable      models.Money `gorm:"embedded;embeddedPrefix:payable_"`
	PriceVersion int64
	Version      int64
	Seq          int64
	EnteredAt    time.Time
	ExpiresAt    time.Time
	Slot         string           // the attempt that holds the right to pay
	SlotUntil    time.Time        `gorm:"serializer:moment"`
	NextAt       time.Time        `gorm:"serializer:moment"` // when time itself moves it, see NextKind
	NextKind     models.EventKind // what happens then
	StuckAt      time.Time        `gorm:"serializer:moment"`
	EndedAt      time.Time        `gorm:"serializer:moment"`
	Guarded      bool
	CreatedAt    time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt    time.Time `gorm:"autoUpdateTime:false"`
}

// RequestLine is a row of a list, with what its order is called.
type RequestLine struct {
	RequestRow  `gorm:"embedded"`
	OrderNumber string
	OrderTitle  string
}

// RequestFilter narrows a list; empty fields do not. Give Merchant, or Buyer
// with App: what a principal may see is decided by these.
type RequestFilter struct {
	Merchant, App, Buyer, Order string
	States                      []models.State
	Cursor                      string // Page.Next of the page before
	Limit                       int    // 1 to 100, 20 when 0
}

// Page is a part of a list, newest first. Next is empty on the last one.
type Page[T any] struct {
	Items []T
	Next  string
}

// Located says whose number it is. Attempt is always set, Refund for a refund's number.
type Located struct {
	Request, Attempt, Refund, Provider, Account string
}

// Request reads the snapshot as it was saved; unknown is not_found "unknown_request".
func (s *Store) Request(ctx context.Context, id string) (models.Request, error) {
	return models.Request{}, errUnwritten
}

// Requests lists newest first.
func (s *Store) Requests(ctx context.Context, filter RequestFilter) (Page[RequestLine], error) {
	return Page[RequestLine]{}, errUnwritten
}

// Transitions lists a request's history after a seq, oldest first, at most limit.
func (s *Store) Transitions(
	ctx context.Context, request string, afterSeq int64, limit int,
) ([]models.Transition, error) {
	return nil, errUnwritten
}

// Locate finds the request of an attempt's or refund's number; unknown is
// not_found "unknown_number".
func (s *Store) Locate(ctx context.Context, number string) (Located, error) {
	return Located{}, errUnwritten
}
