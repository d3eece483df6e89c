package store

import (
	"context"
	"time"

	"gorm.io/gorm"

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
	CreatedAt    time.Time `gorm:"->"`
	UpdatedAt    time.Time `gorm:"->"`
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

const (
	defaultLimit = 20
	maxLimit     = 100
)

// TableName is GORM's.
func (RequestRow) TableName() string { return "requests" }

// Request reads the snapshot as it was saved; unknown is not_found "unknown_request".
func (s *Store) Request(ctx context.Context, id string) (models.Request, error) {
	record, err := gorm.G[requestRecord](s.db).Select("snapshot").Where("id = ?", id).Take(ctx)
	return record.Snapshot, missing("read request", "unknown_request", err)
}

// Requests lists newest first.
func (s *Store) Requests(ctx context.Context, filter RequestFilter) (Page[RequestLine], error) {
	query := s.db.WithContext(ctx).Table("requests").
		Select("requests.*, orders.number AS order_number, orders.title AS order_title").
		Joins("JOIN orders ON orders.id = requests.order_id").
		Order("requests.id DESC").Limit(limited(filter.Limit) + 1)
	equal := map[string]string{
		"merchant_id": filter.Merchant, "app_id": filter.App, "buyer_id": filter.Buyer, "order_id": filter.Order,
	}
	for column, value := range equal {
		if value != "" {
			query = query.Where("requests."+column+" = ?", value)
		}
	}
	if len(filter.States) > 0 {
		query = query.Where("requests.state IN ?", filter.States)
	}
	if filter.Cursor != "" {
		query = query.Where("requests.id < ?", filter.Cursor)
	}
	var lines []RequestLine
	if err := query.Scan(&lines).Error; err != nil {
		return Page[RequestLine]{}, failed("list requests", err)
	}
	return paged(lines, limited(filter.Limit), func(line RequestLine) string { return line.ID }), nil
}

// Transitions lists a request's history after a seq, oldest first, at most limit.
func (s *Store) Transitions(
	ctx context.Context, request string, afterSeq int64, limit int,
) ([]models.Transition, error) {
	records, err := gorm.G[transitionRecord](s.db).Where("request_id = ? AND seq > ?", request, afterSeq).
		Order("seq").Limit(limit).Find(ctx)
	transitions := make([]models.Transition, len(records))
	for i, record := range records {
		transitions[i] = record.transition()
	}
	return transitions, failed("list transitions", err)
}

// Locate finds the request of an attempt's or refund's number; unknown is
// not_found "unknown_number".
func (s *Store) Locate(ctx context.Context, number string) (Located, error) {
	const query = `SELECT a.request_id AS request, a.number AS attempt, coalesce(f.number, '') AS refund,
			a.provider, a.account_id AS account
		FROM attempts a LEFT JOIN refunds f ON f.attempt = a.number AND f.number = @number
		WHERE a.number = coalesce((SELECT attempt FROM refunds WHERE number = @number), @number)`
	var located Located
	if err := s.read(ctx, &located, query, map[string]any{"number": number}); err != nil {
		return Located{}, failed("locate number", err)
	}
	if located.Request == "" {
		return Located{}, unknown("unknown_number")
	}
	return located, nil
}

func limited(limit int) int {
	if limit <= 0 {
		return defaultLimit
	}
	return min(limit, maxLimit)
}

// paged cuts off the one row more that was read to see whether there is more.
func paged[T any](rows []T, limit int, cursor func(T) string) Page[T] {
	if len(rows) <= limit {
		return Page[T]{Items: rows}
	}
	return Page[T]{Items: rows[:limit], Next: cursor(rows[limit-1])}
}
