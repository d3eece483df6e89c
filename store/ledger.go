package store

import (
	"context"

	"gorm.io/gorm/clause"

	"github.com/friendpay/friendpay/models"
)

// The accounts of the ledger. What a provider took for us stands in clearing
// against the payer's funds; applying moves it to the merchant. What another than he himself
// gave off an order he has yet to get from that sponsor.
const (
	clearing = "provider_clearing"
	payer    = "payer_funds"
	merchant = "merchant_payable"
	sponsor  = "sponsor_receivable"
)

// priceFell is the law's reason for the part of a capture that never becomes the
// merchant's: the price fell after the quote.
const priceFell = "price_fell"

type entryRecord struct {
	Request string `gorm:"column:request_id"`
	Version int64
	Key     string
	Account string
	models.Money
	Attempt string
	Refund  string
}

func (entryRecord) TableName() string { return "ledger_entries" }

// postLedger adds the pairs that the snapshot has and the ledger has not. What
// stands stays; a pair is posted once, by its key.
func (s *Store) postLedger(ctx context.Context, step models.Step) error {
	var entries []entryRecord
	for _, a := range step.Request.Attempts {
		entries = append(entries, captured(step.Request, a)...)
	}
	for _, f := range step.Request.Refunds {
		entries = append(entries, returned(step.Request, f)...)
	}
	if len(entries) == 0 {
		return nil
	}
	once := clause.OnConflict{Columns: []clause.Column{{Name: "key"}, {Name: "account"}}, DoNothing: true}
	return s.db.WithContext(ctx).Clauses(once).Create(&entries).Error
}

func captured(r models.Request, a models.Attempt) []entryRecord {
	var entries []entryRecord
	if a.Captured.Minor > 0 {
		about := entryRecord{Key: "capture:" + a.Number, Attempt: a.Number}
		entries = pair(r, about, clearing, payer, a.Captured)
	}
	if a.Disposition == models.Applied {
		about := entryRecord{Key: "apply:" + a.Number, Attempt: a.Number}
		entries = append(entries, pair(r, about, payer, merchant, applied(r, a))...)
		entries = append(entries, sponsored(r, a)...)
	}
	return entries
}

// applied is what the order took of a capture.
func applied(r models.Request, a models.Attempt) models.Money {
	sum := a.Captured
	for _, f := range r.Refunds {
		if f.Attempt == a.Number && f.Reason == priceFell && f.State != models.RefundReplaced {
			sum = sum.Minus(f.Amount)
		}
	}
	return sum
}

func returned(r models.Request, f models.Refund) []entryRecord {
	if f.State != models.RefundSucceeded {
		return nil
	}
	from := payer
	a, _ := r.Attempt(f.Attempt)
	if a.Disposition == models.Applied && f.Reason != priceFell {
		from = merchant
	}
	about := entryRecord{Key: "refund:" + f.Number, Attempt: f.Attempt, Refund: f.Number}
	return append(pair(r, about, from, clearing, f.Amount), unsponsored(r, a, f)...)
}

// pair debits one account and credits another; the two sum to zero.
func pair(r models.Request, about entryRecord, debit, credit string, amount models.Money) []entryRecord {
	if amount.Minor == 0 {
		return nil
	}
	about.Request, about.Version = r.ID, r.Version
	debited, credited := about, about
	debited.Account, debited.Money = debit, amount
	credited.Account, credited.Money = credit, models.Money{Minor: -amount.Minor, Currency: amount.Currency}
	return []entryRecord{debited, credited}
}
