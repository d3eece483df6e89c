package policy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
)

var now = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

func channels() map[string]policy.Channel {
	return map[string]policy.Channel{
		"wechat": {ID: "wechat", Kind: "wallet", Position: 2, MinCloseSeconds: 300, Enabled: true},
		"alipay": {ID: "alipay", Kind: "wallet", Position: 1, Enabled: true},
		"huabei": {ID: "huabei", Kind: "credit", Position: 3, Enabled: true,
			Amount: policy.Window{Min: models.CNY(100), Max: models.CNY(50_000)}},
	}
}

// question is the facts with the rows that their catalogue is made of.
type question struct {
	policy.Facts
	rows policy.Tables
}

func (q *question) alter(id string, change func(*policy.Channel)) {
	c := q.rows.Channels[id]
	change(&c)
	q.rows.Channels[id] = c
}

func order() policy.Order { return policy.Order{Payable: models.CNY(12_900), Kind: "physical"} }

const (
	enabled, disabled, hidden = policy.Enabled, policy.Disabled, policy.Hidden

	everyone = "alipay wechat huabei"
)

// One row a rule, and the ends of each window.
var decisions = map[string]struct {
	change   func(*question)
	state    policy.State
	channels string
	leftOut  map[string]string // channel to rule
	reason   string
}{
	"everything fits":      {nil, enabled, everyone, nil, ""},
	"nothing in the app":   {noChannels, hidden, "", nil, "not_offered"},
	"paid already":         {settled, disabled, "", all("order_settled"), "order_settled"},
	"kind too dear":        {kindUpTo(12_899), disabled, "", all("kind_amount"), "kind_amount"},
	"kind just fits":       {kindUpTo(12_900), enabled, everyone, nil, ""},
	"too dear for huabei":  {payable(50_001), enabled, "alipay wechat", out("huabei:channel_amount"), ""},
	"dear enough":          {payable(50_000), enabled, everyone, nil, ""},
	"too cheap for huabei": {payable(99), enabled, "alipay wechat", out("huabei:channel_amount"), ""},
	"two of three": {allowed("alipay", "huabei"), enabled, "alipay huabei", out("wechat:order_channels"),
		""},
	"none of the app's": {allowed("unionpay"), disabled, "", all("order_channels"), "no_channel"},
	"due in 3 minutes":  {due(3 * time.Minute), enabled, "alipay huabei", out("wechat:channel_deadline"), ""},
	"due in 2:59":       {due(179 * time.Second), disabled, "", all("order_deadline"), "order_deadline"},
	"due in 8 minutes":  {due(8 * time.Minute), enabled, everyone, nil, ""},
	"due in 3 s, sped up": {sped(due(3*time.Second), 60), enabled, "alipay huabei",
		out("wechat:channel_deadline"), ""},
	"stock gone in 59 s": {stock(59 * time.Second), disabled, "", all("order_deadline"), "order_deadline"},
	"off before window": {tinyAndOff,
		enabled, "alipay wechat", out("huabei:channel_disabled"), ""},
	"in WeChat":  {at("wechat"), enabled, "alipay wechat", out("huabei:channel_surface"), ""},
	"in a group": {at("wechat_group"), enabled, "alipay wechat", out("huabei:channel_surface"), ""},
	"in Alipay":  {at("alipay"), enabled, "alipay huabei", out("wechat:channel_surface"), ""},
	"on a desktop": {at("desktop"), enabled, "alipay", map[string]string{
		"wechat": "channel_surface", "huabei": "channel_surface"}, ""},
	"in who knows what": {at("telepathy"), enabled, everyone, nil, ""},
	"another currency": {func(f *question) { f.Order.Payable.Currency = "USD" },
		enabled, "alipay wechat", out("huabei:channel_amount"), ""},
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	for name, c := range decisions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := question{Facts: policy.Facts{Order: order(), Now: now}, rows: policy.NewTables()}
			asked.rows.Channels = channels()
			if c.change != nil {
				c.change(&asked)
			}
			asked.Catalogue = policy.NewCatalogue(1, asked.rows)
			got := policy.Decide(asked.Facts)
			require.Equal(t, c.state, got.State)
			require.Equal(t, c.channels, strings.Join(got.Channels, " "))
			left := map[string]string{}
			for _, reason := range got.LeftOut {
				require.Equal(t, 1, reason.Version)
				require.NotEmpty(t, reason.ZH+reason.EN)
				left[reason.Channel] = reason.Rule
			}
			require.Equal(t, len(c.leftOut), len(left))
			for channel, rule := range c.leftOut {
				require.Equal(t, rule, left[channel], channel)
			}
			if c.reason == "" {
				require.Empty(t, got.Reasons)
			} else {
				require.Len(t, got.Reasons, 1)
				require.Equal(t, c.reason, got.Reasons[0].Rule)
				require.NotEmpty(t, got.Reasons[0].Fix)
			}
		})
	}
}

func settled(f *question) { f.Order.Settled = true }
func tinyAndOff(f *question) {
	f.alter("huabei", func(c *policy.Channel) { c.Enabled = false })
	f.Order.Payable = models.CNY(1)
}

// at opens the link somewhere, where WeChat and Huabei name what they work in.
func at(surface string) func(*question) {
	return func(f *question) {
		f.Surface = surface
		f.alter("wechat", func(c *policy.Channel) { c.Surfaces = []string{"wechat", "mobile"} })
		f.alter("huabei", func(c *policy.Channel) { c.Surfaces = []string{"alipay"} })
	}
}

func noChannels(f *question) { f.rows.Channels = nil }

func out(row string) map[string]string {
	channel, rule, _ := strings.Cut(row, ":")
	return map[string]string{channel: rule}
}

func all(rule string) map[string]string {
	return map[string]string{"wechat": rule, "alipay": rule, "huabei": rule}
}

func payable(fen int64) func(*question) {
	return func(f *question) { f.Order.Payable = models.CNY(fen) }
}

func allowed(ids ...string) func(*question) {
	return func(f *question) { f.Order.AllowedChannels = ids }
}

func due(in time.Duration) func(*question) {
	return func(f *question) { f.Order.PayDeadline = now.Add(in) }
}

func stock(in time.Duration) func(*question) {
	return func(f *question) { f.Order.StockHoldUntil = now.Add(in) }
}

func sped(change func(*question), speed int64) func(*question) {
	return func(f *question) { change(f); f.Speed = speed }
}

func kindUpTo(fen int64) func(*question) {
	return func(f *question) {
		f.rows.Kinds["/physical"] = policy.KindRow{FriendPay: true, Credit: true, MaxMinor: fen, Currency: "CNY"}
	}
}

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
