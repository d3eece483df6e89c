package store

import "github.com/friendpay/friendpay/models"

// givesItself is the sponsor whose discounts are no money: the merchant gets less, that is all.
const givesItself = "merchant"

// sponsored is what the sponsors of an applied payment's offers owe the merchant for it.
func sponsored(r models.Request, a models.Attempt) []entryRecord {
	var entries []entryRecord
	for _, d := range a.Discounts {
		if d.Sponsor != givesItself {
			about := entryRecord{Key: "offer:" + a.Number + ":" + d.Promotion, Attempt: a.Number}
			entries = append(entries, pair(r, about, sponsor, merchant, in(a, d.Minor))...)
		}
	}
	return entries
}

// unsponsored is what they owe no more, since a part of the order was undone.
func unsponsored(r models.Request, a models.Attempt, f models.Refund) []entryRecord {
	if a.Disposition != models.Applied {
		return nil
	}
	var entries []entryRecord
	before := undoneBefore(r, f)
	for _, d := range a.Discounts {
		if d.Sponsor != givesItself {
			about := entryRecord{
				Key: "offer_back:" + f.Number + ":" + d.Promotion, Attempt: f.Attempt, Refund: f.Number,
			}
			less := a.Given(d, before.Plus(f.Worth())) - a.Given(d, before)
			entries = append(entries, pair(r, about, merchant, sponsor, in(a, less))...)
		}
	}
	return entries
}

// undoneBefore is the part of the order that refunds of the same attempt undid before this
// one was done: rounding goes by it, and so the sum of all is what was given.
func undoneBefore(r models.Request, f models.Refund) models.Money {
	sum := models.Money{Currency: f.Amount.Currency}
	past := false
	for _, other := range r.Refunds {
		past = past || other.Number == f.Number
		if other.Attempt != f.Attempt || other.State != models.RefundSucceeded || other.Number == f.Number {
			continue
		}
		if other.DoneAt.Before(f.DoneAt) || other.DoneAt.Equal(f.DoneAt) && !past {
			sum = sum.Plus(other.Worth())
		}
	}
	return sum
}

func in(a models.Attempt, minor int64) models.Money {
	return models.Money{Minor: minor, Currency: a.Quoted.Currency}
}
