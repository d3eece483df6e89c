package policy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/policy"
)

func TestLife(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		deadline, stock time.Duration // 0: none
		wish            time.Duration
		speed           int64
		expires, hard   time.Duration
	}{
		"no ends, no wish":         {0, 0, 0, 1, 72 * time.Hour, 72*time.Hour + 30*time.Minute},
		"a wish":                   {0, 0, time.Hour, 1, time.Hour, 90 * time.Minute},
		"a wish beyond all":        {0, 0, 1000 * time.Hour, 1, 72 * time.Hour, 72*time.Hour + 30*time.Minute},
		"the order ends first":     {time.Hour, 0, 2 * time.Hour, 1, 58 * time.Minute, 58 * time.Minute},
		"the stock ends first":     {time.Hour, 50 * time.Minute, 0, 1, 50 * time.Minute, 50 * time.Minute},
		"the wish ends first":      {3 * time.Hour, 0, time.Hour, 1, time.Hour, 178 * time.Minute},
		"sixty times faster":       {0, 0, time.Hour, 60, time.Minute, 90 * time.Second},
		"a real deadline, sped up": {time.Minute, 0, 2 * time.Hour, 60, 58 * time.Second, 58 * time.Second},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var o policy.Order
			if c.deadline > 0 {
				o.PayDeadline = now.Add(c.deadline)
			}
			if c.stock > 0 {
				o.StockHoldUntil = now.Add(c.stock)
			}
			life := policy.LifeOf(o, c.wish, now, c.speed)
			require.Equal(t, c.expires, life.ExpiresAt.Sub(now))
			require.Equal(t, c.hard, life.HardEnd.Sub(now))
		})
	}
}
