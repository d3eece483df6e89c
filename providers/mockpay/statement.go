package mockpay

import (
	"context"
	"iter"
	"strconv"
	"time"

	"github.com/friendpay/friendpay/providers"
)

// maxPages bounds a statement: a million lines a day.
const maxPages = 1000

// shanghai is fixed, so that machines without a time zone database agree.
var shanghai = time.FixedZone("CST", 8*60*60)

// Statement reads a day page by page. One that is not there is Refused, since every
// day has one.
func (a *Adapter) Statement(ctx context.Context, day time.Time) iter.Seq2[providers.Entry, error] {
	date := day.In(shanghai).Format(time.DateOnly)
	return func(yield func(providers.Entry, error) bool) {
		after := 0
		for range maxPages {
			part, err := a.page(ctx, date, after)
			if err != nil {
				yield(providers.Entry{}, err)
				return
			}
			for _, l := range part.Lines {
				if !yield(l.entry(), nil) {
					return
				}
			}
			if after = part.Next; after == 0 {
				return
			}
		}
		yield(providers.Entry{}, odd("statement", "too many pages"))
	}
}

// page is a part of a statement of which every line can be believed.
func (a *Adapter) page(ctx context.Context, date string, after int) (statement, error) {
	var part statement
	err := a.get(ctx, "statement", "/mockpay/v1/statements/"+date+"?after="+strconv.Itoa(after), &part)
	switch {
	case err != nil:
		return part, err
	case part.Day != date:
		return part, odd("statement", "it is of another day")
	case part.Next != 0 && part.Next <= after:
		return part, odd("statement", "the pages go backwards")
	}
	for _, l := range part.Lines {
		if !l.believable() {
			return part, odd("statement", "a line that is no capture and no refund, or without its amount")
		}
	}
	return part, nil
}

func (l line) believable() bool {
	kind := l.entry().Kind
	return l.Number != "" && l.Transaction != "" && !l.At.IsZero() &&
		l.Amount.Minor > 0 && l.Amount.Currency != "" &&
		(kind == providers.CaptureEntry || kind == providers.RefundEntry && l.Refund != "")
}

func (l line) entry() providers.Entry {
	return providers.Entry{
		Kind: providers.EntryKind(l.Kind), Number: l.Number, Refund: l.Refund,
		Transaction: l.Transaction, Amount: l.Amount, Fee: l.Fee, At: l.At,
	}
}
