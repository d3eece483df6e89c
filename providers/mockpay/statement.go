package mockpay

import (
	"context"
	"strconv"
	"time"

	"github.com/friendpay/friendpay/providers"
)

// maxPages bounds a statement: a million lines a day.
const maxPages = 1000

// shanghai is fixed, so that machines without a time zone database agree.
var shanghai = time.FixedZone("CST", 8*60*60)

// Statement collects all pages of a day.
func (a *Adapter) Statement(ctx context.Context, day time.Time) ([]providers.Entry, error) {
	path := "/mockpay/v1/statements/" + day.In(shanghai).Format(time.DateOnly)
	var entries []providers.Entry
	after := 0
	for range maxPages {
		var part statement
		err := a.get(ctx, "statement", path+"?after="+strconv.Itoa(after), &part)
		if err != nil {
			return nil, err
		}
		for _, l := range part.Lines {
			entries = append(entries, providers.Entry{
				Kind: l.Kind, Number: l.Number, Refund: l.Refund,
				Transaction: l.Transaction, Amount: l.Amount, At: l.At,
			})
		}
		if part.Next == 0 {
			return entries, nil
		}
		if part.Next <= after {
			return nil, odd("statement", "the pages go backwards")
		}
		after = part.Next
	}
	return nil, odd("statement", "too many pages")
}
