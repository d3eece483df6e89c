package policy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/policy"
)

var surfaceDecisions = map[string]row{
	"in WeChat": {at("wechat"), enabled, "alipay wechat", out("huabei:channel_surface"), "",
		"open_elsewhere"},
	"in a group": {at("wechat_group"), enabled, "alipay wechat", out("huabei:channel_surface"), "", ""},
	"in Alipay":  {at("alipay"), enabled, "alipay huabei", out("wechat:channel_surface"), "", ""},
	"on a desktop": {at("desktop"), enabled, "alipay", map[string]string{
		"wechat": "channel_surface", "huabei": "channel_surface"}, "", ""},
	"in who knows what": {at("telepathy"), enabled, "alipay", map[string]string{
		"wechat": "channel_surface", "huabei": "channel_surface"}, "", ""},
	"unknown": {at("unknown"), enabled, "alipay", outside, "", ""},
	"unknown, and named": {func(q *question) {
		at("telepathy")(q)
		q.alter("huabei", func(c *policy.Channel) { c.Surfaces = []string{"alipay", "unknown"} })
	}, enabled, "alipay huabei", out("wechat:channel_surface"), "", ""},
	"a program asks": {at(""), enabled, everyone, nil, "", ""},

	"the product does not": {in("wechat", works("wechat", false, "")), enabled, "alipay huabei",
		out("wechat:surface_matrix"), "", "open_elsewhere"},
	"and what to do": {in("wechat", works("wechat", false, "", "open_browser")), enabled, "alipay huabei",
		out("wechat:surface_matrix"), "", "open_browser"},
	"the product does":  {in("wechat", works("wechat", true, "")), enabled, everyone, nil, "", ""},
	"not for a program": {in("", works("wechat", false, "")), enabled, everyone, nil, "", ""},
	"not elsewhere":     {in("qq", works("wechat", false, "")), enabled, everyone, nil, "", ""},
	"the family's row": {in("wechat_group", works("wechat", false, "")), enabled, "alipay huabei",
		off, "", ""},
	"the exact one wins": {in("wechat_group", both(works("wechat", false, ""), works("wechat_group",
		true, ""))), enabled, everyone, nil, "", ""},
	"all of a provider": {in("wechat", func(q *question) {
		put(q, policy.SurfaceRow{Surface: "wechat",
			Provider: "wechatpay"})
	}),
		enabled, "alipay huabei", off, "", ""},
	"an unknown place": {in("telepathy", works("unknown", false, "")), enabled, "alipay huabei", off, "", ""},
	"a place by name": {in("telepathy", both(works("unknown", false, ""), works("telepathy", true, ""))),
		enabled, everyone, nil, "", ""},

	"version just high enough": {seen("8.0.14", works("wechat", true, "8.0.14")), enabled, everyone,
		nil, "", ""},
	"version higher": {seen("8.0.100", works("wechat", true, "8.0.14")), enabled, everyone,
		nil, "", ""},
	"version too low": {seen("8.0.9", works("wechat", true, "8.0.14")), enabled,
		"alipay huabei", off, "", ""},
	"version not known": {seen("", works("wechat", true, "8.0.14")), enabled, "alipay huabei",
		off, "", ""},
	"version not read": {seen("8.x", works("wechat", true, "8.0.14")), enabled, "alipay huabei",
		off, "", ""},

	"any version, but a known": {seen("", works("wechat", true, "0")), enabled, "alipay huabei", off, "", ""},

	"a row that begins now": {in("wechat", both(works("wechat", true, ""), since(0, false))), enabled,
		"alipay huabei", off, "", ""},
	"a row that begins soon": {in("wechat", both(works("wechat", true, ""), since(time.Second, false))),
		enabled,
		everyone, nil, "", ""},
	"the newest speaks": {in("wechat", both(works("wechat", false, ""), since(-2*time.Hour, false),
		since(-time.Hour, true))), enabled, everyone, nil, "", ""},

	"all of WeChat closed": {in("wechat", closes("wechat", "share_code")), disabled, "",
		all("surface_blocked"),
		"surface_blocked", "share_code"},
	"closed, says the family": {in("wechat_moments", both(closes("wechat", "qr"), opens("wechat_moments"))),
		disabled, "", all("surface_blocked"), "surface_blocked", "qr"},
	"closed in Moments only": {in("wechat", closes("wechat_moments", "")), enabled, everyone, nil, "", ""},
	"closed, no advice": {in("qq", closes("qq", "")), disabled, "", all("surface_blocked"),
		"surface_blocked", "open_elsewhere"},
	"advice about the product": {func(q *question) {
		at("desktop")(q)
		put(q, policy.SurfaceRow{Surface: "desktop", Provider: "wechatpay", Works: true, Fallback: "qr"})
		q.alter("huabei", func(c *policy.Channel) { c.Surfaces = nil })
	}, enabled, "alipay huabei", out("wechat:channel_surface"), "", "qr"},
	"advice of the surface": {func(q *question) {
		at("desktop")(q)
		put(q, policy.SurfaceRow{Surface: "desktop", Works: true, Fallback: "qr"})
	}, enabled, "alipay", outside, "", "qr"},
}

var (
	off     = out("wechat:surface_matrix")
	outside = map[string]string{"wechat": "channel_surface", "huabei": "channel_surface"}
)

// at opens the link somewhere, where WeChat and Huabei name what they work in.
func at(surface string) func(*question) {
	return func(f *question) {
		f.Surface = surface
		f.alter("wechat", func(c *policy.Channel) { c.Surfaces = []string{"wechat", "mobile"} })
		f.alter("huabei", func(c *policy.Channel) { c.Surfaces = []string{"alipay"} })
	}
}

func put(q *question, row policy.SurfaceRow) {
	q.rows.Surfaces[row.Surface+row.Provider+row.Product+row.Since.String()] = row
}

// works is a row about WeChat Pay's JSAPI.
func works(surface string, works bool, floor string, fallback ...string) func(*question) {
	row := policy.SurfaceRow{
		Surface: surface, Provider: "wechatpay", Product: "jsapi", Works: works, MinVersion: floor,
		Note: "why",
	}
	for _, advice := range fallback {
		row.Fallback = advice
	}
	return func(q *question) { put(q, row) }
}

// since is the same row from another time on.
func since(in time.Duration, works bool) func(*question) {
	return func(q *question) {
		put(q, policy.SurfaceRow{
			Surface: "wechat", Provider: "wechatpay", Product: "jsapi", Works: works, Since: now.Add(in),
		})
	}
}

func closes(surface, fallback string) func(*question) {
	return func(q *question) { put(q, policy.SurfaceRow{Surface: surface, Fallback: fallback}) }
}

func opens(surface string) func(*question) {
	return func(q *question) { put(q, policy.SurfaceRow{Surface: surface, Works: true}) }
}

func seen(version string, change func(*question)) func(*question) {
	return func(q *question) { change(q); q.Surface, q.Version = "wechat", version }
}

func TestStaffAreToldWhichRowSpoke(t *testing.T) {
	t.Parallel()
	got := policy.Decide(ask(seen("8.0.9", works("wechat", true, "8.0.14"))).Facts)
	require.Equal(t, "wechat since 0001-01-01, from version 8.0.14 on, seen 8.0.9: why",
		got.LeftOut[0].Detail)
}

func TestKnownSurfaces(t *testing.T) {
	t.Parallel()
	for word, known := range map[string]bool{
		"wechat": true, "wechat_group": true, "unionpay": true, "unknown": true, "": false,
		"telepathy": false,
	} {
		require.Equal(t, known, policy.KnownSurface(word), word)
	}
}
