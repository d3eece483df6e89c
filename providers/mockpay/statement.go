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

// Statement reads a day page by page.
func (a *Adapter) Statement(ctx context.Context, day time.Time) iter.Seq2[providers.Entry, error] {
	path := "/mockpay/v1/statements/" + day.In(shanghai).Format(time.DateOnly)
	return func(yield func(providers.Entry, error) bool) {
		after := 0
		for range maxPages {
			var part statement
			err := a.get(ctx, "statement", path+"?after="+strconv.Itoa(after), &part)
			if err == nil && part.Next != 0 && part.Next <= after {
				err = odd("statement", "the pages go backwards")
			}
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

func (l line) entry() providers.Entry {
	return providers.Entry{
		Kind: providers.EntryKind(l.Kind), Number: l.Number, Refund: l.Refund,
		Transaction: l.Transaction, Amount: l.Amount, At: l.At,
	}
}
