package policy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
)

func limit(scope, channel, per string, fen int64) policy.Limit {
	return policy.Limit{App: app, Scope: scope, Channel: channel, Per: per, Minor: fen, Currency: "CNY"}
}

func usedUp(scope, channel string, fen int64) policy.Use {
	return policy.Use{Scope: scope, Channel: channel, Per: "day", Minor: fen}
}

// asked is an order of 129 yuan under limits, with what is used of them.
func asked(limits []policy.Limit, used ...policy.Use) policy.Facts {
	rows := policy.NewTables()
	rows.Channels = channels()
	for _, l := range limits {
		rows.Limits["/"+l.Scope+"/"+l.Channel+"/"+l.Per] = l
	}
	known := policy.NewCatalogue(1, rows)
	return policy.Facts{App: app, Order: order(), Now: now, Used: used, Catalogue: known}
}

func TestLimitsLeaveChannelsOut(t *testing.T) {
	t.Parallel()
	type limits = []policy.Limit
	for name, c := range map[string]struct {
		limits  limits
		used    []policy.Use
		rule    string // that leaves Alipay out
		others  bool   // WeChat Pay remains
		fix     string
		refusal string
	}{
		"just within": {limits{limit("channel", "", "day", 12_900)}, nil, "", true, "", ""},
		"a channel, one payment": {limits{limit("channel", "alipay", "transaction", 12_899)}, nil,
			"pay_limit", true, "other_channel", "channel_limit"},
		"a channel's day": {limits{limit("channel", "", "day", 20_000)},
			[]policy.Use{usedUp("channel", "alipay", 7_101)},
			"pay_limit", true, "other_channel", "channel_daily_limit"},
		"a channel's day, to the fen": {limits{limit("channel", "", "day", 20_000)},
			[]policy.Use{usedUp("channel", "alipay", 7_100)}, "", true, "", ""},
		"its own instead of the one for each": {
			limits{limit("channel", "", "day", 1), limit("channel", "alipay", "day", 20_000)}, nil, "", false, "", ""},
		"the merchant's day": {limits{limit("merchant", "", "day", 20_000)},
			[]policy.Use{usedUp("merchant", "", 7_101)},
			"pay_limit_day", false, "tomorrow", "merchant_daily_limit"},
		"the pair's day": {limits{limit("pair", "", "day", 20_000)}, []policy.Use{usedUp("pair", "", 7_101)},
			"pay_limit_day", false, "tomorrow", "pair_daily_limit"},
		"no day at all": {limits{limit("buyer", "", "day", 12_899)}, nil,
			"pay_limit_amount", false, "pay_yourself", "buyer_limit"},
		"a payer, one payment": {limits{limit("payer", "", "transaction", 12_899)}, nil,
			"pay_limit_amount", false, "pay_yourself", "payment_limit"},
		"waiting would not help": {
			limits{limit("merchant", "", "day", 20_000), limit("payer", "", "transaction", 1)},
			[]policy.Use{usedUp("merchant", "", 7_101)}, "pay_limit_amount", false, "pay_yourself", "payment_limit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := asked(c.limits, c.used...)
			d := policy.Decide(f)
			left := map[string]policy.Reason{}
			for _, r := range d.LeftOut {
				left[r.Channel] = r
			}
			require.Equal(t, c.rule, left["alipay"].Rule)
			require.Equal(t, c.fix, left["alipay"].Fix)
			require.Equal(t, c.others, left["wechat"].Rule == "")
			require.Equal(t, c.refusal, policy.Over(f, "alipay"))
		})
	}
}

func TestRemainingIsTheLeastThatIsLeft(t *testing.T) {
	t.Parallel()
	_, limited := policy.Remaining(asked([]policy.Limit{limit("channel", "", "transaction", 1)}), "alipay")
	require.False(t, limited, "no limit of the day")
	f := asked([]policy.Limit{
		limit("payer", "", "day", 50_000), limit("channel", "alipay", "day", 30_000),
		limit("merchant", "", "day", 90_000),
	}, usedUp("payer", "", 29_000), usedUp("channel", "alipay", 4_000), usedUp("merchant", "", 95_000))
	left, _ := policy.Remaining(f, "alipay")
	require.Zero(t, left.Minor, "never below zero")
	f.Used = f.Used[:2]
	left, _ = policy.Remaining(f, "alipay")
	require.Equal(t, models.CNY(21_000), left)
	left, _ = policy.Remaining(f, "wechat")
	require.Equal(t, models.CNY(21_000), left)
	f.Payer = &policy.Payer{IsBuyer: true}
	left, _ = policy.Remaining(f, "alipay")
	require.Equal(t, models.CNY(26_000), left, "a buyer's own payment is no friend's")
}

func TestTomorrowIsShanghais(t *testing.T) {
	t.Parallel()
	last := time.Date(2026, 12, 31, 15, 59, 59, 0, time.UTC)
	require.Equal(t, time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC), policy.Tomorrow(last))
	require.Equal(t, time.Date(2027, 1, 1, 16, 0, 0, 0, time.UTC), policy.Tomorrow(last.Add(time.Second)))
}
