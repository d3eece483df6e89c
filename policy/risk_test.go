package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/policy"
)

// The rules as they are seeded.
var (
	often   = policy.RiskRule{Kind: policy.RiskPayer, Most: 20}
	forHim  = policy.RiskRule{Kind: policy.RiskBuyer, Most: 9}
	forShop = policy.RiskRule{Kind: policy.RiskApp, Most: 500}
	dear    = policy.RiskRule{Kind: policy.RiskDear, Most: 2, Times: 10}
)

func TestWhatHoldsGoods(t *testing.T) {
	t.Parallel()
	// One payment of so much fen, after so many of each count.
	payment := func(own, strangers, inShop, amount int64, stranger bool) []policy.RiskSeen {
		seen := []policy.RiskSeen{
			{RiskRule: often, Count: own}, {RiskRule: forHim, Count: strangers}, {RiskRule: forShop, Count: inShop},
			{RiskRule: dear, Count: strangers},
		}
		for i := range seen {
			seen[i].Stranger, seen[i].Amount, seen[i].Median = stranger, amount, 12_900
		}
		return seen
	}
	unpriced := payment(1, 6, 6, 1_000_000, true)
	for i := range unpriced {
		unpriced[i].Median = 0
	}
	for name, c := range map[string]struct {
		seen []policy.RiskSeen
		held []string
	}{
		"a friend, now and then":              {payment(1, 1, 40, 12_900, true), nil},
		"a birthday: six friends, one buyer":  {payment(1, 6, 46, 12_900, true), nil},
		"a birthday, all old friends":         {payment(3, 0, 46, 19_900, false), nil},
		"one dear gift of a new friend":       {payment(1, 1, 41, 999_900, true), nil},
		"a ring: thirty strangers, one buyer": {payment(1, 30, 70, 12_900, true), []string{"buyer_strangers"}},
		"a ring, dear and quick": {payment(1, 30, 70, 129_000, true),
			[]string{"buyer_strangers", "dear_strangers"}},
		"three strangers, ten times the price": {payment(1, 3, 43, 129_000, true),
			[]string{"dear_strangers"}},
		"three strangers, just under":   {payment(1, 3, 43, 128_999, true), nil},
		"an old friend among strangers": {payment(1, 30, 70, 129_000, false), nil},
		"a shop full of strangers": {payment(1, 1, 501, 12_900, true),
			[]string{"app_strangers"}},
		"one who pays and pays": {payment(21, 0, 40, 100, false),
			[]string{"payer_velocity"}},
		"twenty is not too often":                      {payment(20, 0, 40, 100, false), nil},
		"a new shop, where nothing is usual yet, dear": {unpriced, nil},
	} {
		require.Equal(t, c.held, policy.Held(c.seen), name)
	}
}
