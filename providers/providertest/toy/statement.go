package toy

import (
	"context"
	"iter"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// shanghai is fixed, so that machines without a time zone database agree.
var shanghai = time.FixedZone("CST", 8*60*60)

// Statement reads a day page by page.
func (a *Adapter) Statement(ctx context.Context, day time.Time) iter.Seq2[providers.Entry, error] {
	return func(yield func(providers.Entry, error) bool) {
		wanted := asked{Day: day.In(shanghai).Format(time.DateOnly)}
		for {
			page, err := a.call(ctx, "statement", wanted)
			if err == nil && page.Next != 0 && page.Next <= wanted.After {
				err = failed(providers.Ambiguous, "statement", "ANSWER")
			}
			if err != nil {
				yield(providers.Entry{}, err)
				return
			}
			for _, l := range page.Lines {
				if !yield(l.entry(), nil) {
					return
				}
			}
			if wanted.After = page.Next; page.Next == 0 {
				return
			}
		}
	}
}

func (l line) entry() providers.Entry {
	return providers.Entry{
		Kind: providers.EntryKind(l.Kind), Number: l.Number, Refund: l.Refund, Transaction: l.Transaction,
		Amount: models.CNY(l.Minor), Fee: models.CNY(l.Fee), At: time.UnixMilli(l.At),
	}
}
