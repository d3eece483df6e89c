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
		"wechat": {ID: "wechat", App: app, Provider: "wechatpay", Product: "jsapi", Kind: "wallet",
			Position:        2,
			MinCloseSeconds: 300, Enabled: true},
		"alipay": {ID: "alipay", App: app, Kind: "wallet", Position: 1, Enabled: true},
		"huabei": {ID: "huabei", App: app, Kind: "credit", Position: 3, Enabled: true,
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
	app      = "app_1"
)

// row is a line of the golden tables: what is asked, and what must come of it.
type row struct {
	change   func(*question)
	state    policy.State
	channels string
	leftOut  map[string]string // channel to rule
	reason   string
	fix      string // of all that was left out; "": any
}

// One row a rule, and the ends of each window.
var decisions = map[string]row{
	"everything fits":    {nil, enabled, everyone, nil, "", ""},
	"nothing in the app": {noChannels, hidden, "", nil, "not_offered", ""},
	"no catalogue":       {noCatalogue, hidden, "", nil, "not_offered", ""},
	"paid already":       {settled, disabled, "", all("order_settled"), "order_settled", "new_order"},
	"kind too dear":      {kindUpTo(12_899), disabled, "", all("kind_amount"), "kind_amount", "pay_yourself"},
	"kind just fits":     {kindUpTo(12_900), enabled, everyone, nil, "", ""},
	"too dear for huabei": {payable(50_001), enabled, "alipay wechat", out("huabei:channel_amount"), "",
		"other_channel"},
	"dear enough":          {payable(50_000), enabled, everyone, nil, "", ""},
	"too cheap for huabei": {payable(99), enabled, "alipay wechat", out("huabei:channel_amount"), "", ""},
	"cheap enough":         {payable(100), enabled, everyone, nil, "", ""},
	"two of three": {allowed("alipay", "huabei"), enabled, "alipay huabei", out("wechat:order_channels"),
		"", "other_channel"},
	"none of the app's": {allowed("unionpay"), disabled, "", all("order_channels"), "no_channel", ""},
	"due in 3 minutes": {due(3 * time.Minute), enabled, "alipay huabei", out("wechat:channel_deadline"), "",
		"other_channel"},
	"due in 2:59": {due(179 * time.Second), disabled, "", all("order_deadline"), "order_deadline",
		"pay_yourself"},
	"due in 8 minutes": {due(8 * time.Minute), enabled, everyone, nil, "", ""},
	"due in 7:59": {due(479 * time.Second), enabled, "alipay huabei", out("wechat:channel_deadline"), "",
		""},
	"due in 3 s, sped up": {sped(due(3*time.Second), 60), enabled, "alipay huabei",
		out("wechat:channel_deadline"), "", ""},
	"stock gone in 59 s": {stock(59 * time.Second), disabled, "", all("order_deadline"),
		"order_deadline", ""},
	"off before window": {tinyAndOff,
		enabled, "alipay wechat", out("huabei:channel_disabled"), "", "other_channel"},
	"another currency": {func(f *question) { f.Order.Payable.Currency = "USD" },
		enabled, "alipay wechat", out("huabei:channel_currency"), "", ""},
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	for _, table := range []map[string]row{decisions, kindDecisions, releaseDecisions, surfaceDecisions} {
		for name, c := range table {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				judge(t, ask(c.change).Facts, c)
			})
		}
	}
}

// ask is the usual question, changed.
func ask(change func(*question)) question {
	asked := question{Facts: policy.Facts{Order: order(), App: app, Now: now, Buyer: "b1"},
		rows: policy.NewTables()}
	asked.rows.Channels = channels()
	asked.Catalogue = policy.NewCatalogue(1, asked.rows)
	if change != nil {
		change(&asked)
	}
	if asked.Catalogue != nil {
		asked.Catalogue = policy.NewCatalogue(1, asked.rows)
	}
	return asked
}

func judge(t *testing.T, asked policy.Facts, c row) {
	t.Helper()
	got := policy.Decide(asked)
	require.Equal(t, c.state, got.State)
	require.Equal(t, c.channels, strings.Join(got.Channels, " "))
	left := map[string]string{}
	for _, reason := range got.LeftOut {
		require.Positive(t, reason.Version)
		require.NotEmpty(t, reason.ZH)
		require.NotEmpty(t, reason.EN)
		left[reason.Channel] = reason.Rule
		if c.fix != "" {
			require.Equal(t, c.fix, reason.Fix)
		}
	}
	if c.leftOut == nil {
		c.leftOut = map[string]string{}
	}
	require.Equal(t, c.leftOut, left)
	if c.reason == "" {
		require.Empty(t, got.Reasons)
		return
	}
	require.Len(t, got.Reasons, 1)
	require.Equal(t, c.reason, got.Reasons[0].Rule)
	require.NotEmpty(t, got.Reasons[0].Fix)
}

func noCatalogue(f *question) { f.Catalogue = nil }

func settled(f *question) { f.Order.Settled = true }
func tinyAndOff(f *question) {
	f.alter("huabei", func(c *policy.Channel) { c.Enabled = false })
	f.Order.Payable = models.CNY(1)
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
		f.rows.Kinds["/physical"] = policy.KindRow{FriendPay: true, Credit: true, MaxMinor: fen,
			Currency: "CNY"}
	}
}

// Nobody is sent to his bank's own app who did not ask for it: it comes last wherever its
// row puts it.
func TestABanksOwnAppComesLast(t *testing.T) {
	t.Parallel()
	rows := policy.NewTables()
	rows.Channels = channels()
	rows.Channels["bank"] = policy.Channel{
		ID: "bank", App: app, Kind: policy.KindBankApp, Position: -1, Enabled: true,
	}
	asked := policy.Facts{Order: order(), App: app, Now: now, Catalogue: policy.NewCatalogue(1, rows)}
	require.Equal(t, append(strings.Fields(everyone), "bank"), policy.Decide(asked).Channels)
}
