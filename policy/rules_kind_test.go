package policy_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/policy"
)

var kindDecisions = map[string]row{
	"cross-border": {kind("/", policy.KindRow{Credit: true}), disabled, "", all("kind_friend_pay"),
		"kind_friend_pay", "pay_yourself"},
	"cross-border, by the buyer": {itself(kind("/", policy.KindRow{Credit: true})), enabled, everyone,
		nil, "", ""},
	"the app allows what others do not": {both(kind("/", policy.KindRow{}),
		kind("app_1/", policy.KindRow{FriendPay: true, Credit: true})), enabled, everyone, nil, "", ""},
	"another app allows it": {both(kind("/", policy.KindRow{}), kind("app_2/",
		policy.KindRow{FriendPay: true})),
		disabled, "", all("kind_friend_pay"), "kind_friend_pay", ""},
	"no credit for the kind": {kind("/", policy.KindRow{FriendPay: true}), enabled, "alipay wechat",
		out("huabei:kind_credit"), "", "other_channel"},
	"a kind of which only any is said": {both(hay, anyKind("/", policy.KindRow{Credit: true})), disabled, "",
		all("kind_friend_pay"), "kind_friend_pay", "pay_yourself"},
	"the very kind before any": {both(kind("/", policy.KindRow{FriendPay: true, Credit: true}),
		anyKind("app_1/", policy.KindRow{})), enabled, everyone, nil, "", ""},
	"any of the app before any of all": {both(hay, both(anyKind("/", policy.KindRow{}),
		anyKind("app_1/", policy.KindRow{FriendPay: true, Credit: true}))), enabled, everyone, nil, "", ""},
	"any of another app": {both(hay, anyKind("app_2/", policy.KindRow{})), enabled, everyone, nil, "", ""},
	"a kind that nobody speaks of": {func(q *question) { q.Order.Kind = "hay" }, enabled, everyone, nil,
		"", ""},

	"onboarding approved":  {onboarding("", policy.Approved), enabled, everyone, nil, "", ""},
	"onboarding none":      {onboarding("", "none"), enabled, "alipay huabei", unready, "", "other_channel"},
	"onboarding applied":   {onboarding("", "applied"), enabled, "alipay huabei", unready, "", ""},
	"onboarding reviewing": {onboarding("", "reviewing"), enabled, "alipay huabei", unready, "", ""},
	"onboarding rejected":  {onboarding("", "rejected"), enabled, "alipay huabei", unready, "", ""},
	"onboarding suspended": {onboarding("", "suspended"), enabled, "alipay huabei", unready, "", ""},
	"invited only":         {onboarding("", "invited_only"), enabled, "alipay huabei", unready, "", ""},
	"reviewed elsewhere":   {onboarding("qq", "reviewing"), enabled, everyone, nil, "", ""},
	"reviewed here": {in("qq", onboarding("qq", "reviewing")), enabled, "alipay huabei", unready, "",
		""},
	"approved here only": {in("qq", both(onboarding("", "reviewing"), onboarding("qq", policy.Approved))),
		enabled, everyone, nil, "", ""},
	"suspended for the family": {in("wechat_group", onboarding("wechat", "suspended")),
		enabled, "alipay huabei", unready, "", ""},
	"of another app": {func(q *question) {
		q.rows.Onboarding["o"] = policy.OnboardingRow{App: "app_2", Channel: "wechat", State: "rejected"}
	}, enabled, everyone, nil, "", ""},
}

var unready = out("wechat:channel_onboarding")

func kind(app string, row policy.KindRow) func(*question) {
	return func(q *question) { q.rows.Kinds[app+"physical"] = row }
}

func hay(q *question) { q.Order.Kind = "hay" }

func anyKind(app string, row policy.KindRow) func(*question) {
	return func(q *question) { q.rows.Kinds[app+policy.AnyKind] = row }
}

// itself is the buyer who pays himself.
func itself(change func(*question)) func(*question) {
	return func(q *question) { change(q); q.Payer = &policy.Payer{ID: "buyer:b1", IsBuyer: true} }
}

func onboarding(surface, state string) func(*question) {
	return func(q *question) {
		q.rows.Onboarding["wechat/"+surface] = policy.OnboardingRow{
			App: app, Channel: "wechat", Surface: surface, State: state, Note: "secret-note",
			Since: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
		}
	}
}

func both(changes ...func(*question)) func(*question) {
	return func(q *question) {
		for _, change := range changes {
			change(q)
		}
	}
}

func in(surface string, change func(*question)) func(*question) {
	return func(q *question) { change(q); q.Surface = surface }
}

// Nobody but staff learns how far an app is with a provider: all states read alike.
func TestAReviewDoesNotLeak(t *testing.T) {
	t.Parallel()
	var first string
	for _, state := range []string{"none", "applied", "reviewing", "rejected", "suspended", "invited_only"} {
		got := policy.Decide(ask(onboarding("", state)).Facts)
		told, err := json.Marshal(got)
		require.NoError(t, err)
		if first == "" {
			first = string(told)
		}
		require.Equal(t, first, string(told))
		require.NotContains(t, string(told), "secret-note")
		require.Equal(t, state+" since 2026-11-01: secret-note", got.LeftOut[0].Detail)
	}
}

// Cards that only lead to a chat are ways to ask; nobody pays there.
func TestWaysToAskAreNoWaysToPay(t *testing.T) {
	t.Parallel()
	chat := func(q *question) {
		for id, position := range map[string]int{"ask_wechat": 2, "ask_qq": 1} {
			q.rows.Channels[id] = policy.Channel{ID: id, App: app, Kind: "ask", Position: position,
				Enabled: true}
		}
	}
	asked := ask(chat)
	judge(t, asked.Facts, row{state: enabled, channels: everyone})
	require.Equal(t, []string{"ask_qq", "ask_wechat"}, policy.AskWays(asked.Facts))

	off := ask(both(chat, func(q *question) {
		q.alter("ask_qq",
			func(c *policy.Channel) { c.Enabled = false })
	}))
	require.Equal(t, []string{"ask_wechat"}, policy.AskWays(off.Facts))
	require.Empty(t, policy.AskWays(ask(both(chat, settled)).Facts))
	only := ask(func(q *question) { noChannels(q); q.rows.Channels = map[string]policy.Channel{}; chat(q) })
	judge(t, only.Facts, row{state: hidden, reason: "not_offered"})
	require.Empty(t, policy.AskWays(only.Facts))
	require.Equal(t, []string{"ask_qq", "ask_wechat"}, policy.AskWays(ask(both(chat,
		allowed("alipay"))).Facts))
}
