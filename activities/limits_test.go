package activities_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

func limit(scope, per string, fen int64) policy.Limit {
	return policy.Limit{App: "app_1", Scope: scope, Per: per, Minor: fen, Currency: "CNY"}
}

func inHKD(l policy.Limit) policy.Limit {
	l.Currency = "HKD"
	return l
}

func TestEveryLimitHasItsOwnRefusal(t *testing.T) {
	for scope, words := range map[string][2]string{
		"payer": {"payment_limit", "daily_limit"}, "pair": {"pair_limit", "pair_daily_limit"},
		"buyer": {"buyer_limit", "buyer_daily_limit"}, "merchant": {"merchant_limit", "merchant_daily_limit"},
		"channel": {"channel_limit", "channel_daily_limit"},
	} {
		for name, c := range map[string]struct {
			limit  policy.Limit
			full   bool
			reason string
		}{
			"just within one payment":     {limit(scope, "transaction", 12900), false, ""},
			"above one payment":           {limit(scope, "transaction", 12899), false, words[0]},
			"just within the day":         {limit(scope, "day", 12900), false, ""},
			"above any day":               {limit(scope, "day", 12899), false, words[0]},
			"above what is left of a day": {limit(scope, "day", 20000), true, words[1]},
			"in another currency":         {inHKD(limit(scope, "day", 99999)), false, words[0]},
		} {
			w := welcome(t)
			w.limited(c.limit)
			w.rows.take = func(share store.LimitShare) (*policy.Limit, error) {
				require.Equal(t, store.LimitShare{
					App: "app_1", Request: "fpr_1", Attempt: number, Channel: "mock", Payer: "pay_1", Buyer: "b1",
					Amount: models.CNY(12900), Limits: []policy.Limit{c.limit},
				}, share)
				if c.full {
					return &c.limit, nil
				}
				return nil, nil
			}
			event, err := w.effect(models.CheckLogin, models.NewAttempt)
			require.NoError(t, err)
			require.Equal(t, c.reason, event.Reason, "%s %s", scope, name)
			require.Equal(t, c.reason != "", event.Kind == models.LoginRefused, "%s %s", scope, name)
		}
	}
}
