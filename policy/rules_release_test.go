package policy_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/friendpay/friendpay/policy"
)

var releaseDecisions = map[string]row{
	"all off": {rollout("friend_pay", "", "off"), hidden, "", all("release_friend_pay"), "release_friend_pay",
		"pay_yourself"},
	"all draining": {rollout("friend_pay", "", "draining"), hidden, "", all("release_friend_pay"),
		"release_friend_pay", ""},
	"all grey at 0": {rollout("friend_pay", "", "grey"), hidden, "", all("release_friend_pay"),
		"release_friend_pay", ""},
	"all full": {rollout("friend_pay", "", "full"), enabled, everyone, nil, "", ""},
	"off, made before": {made(rollout("friend_pay", "", "off"), "friend_pay"), enabled, everyone, nil,
		"", ""},
	"drains, made before": {made(rollout("friend_pay", "", "draining"), "friend_pay"), enabled,
		everyone, nil, "",
		""},
	"off, made before anything was kept": {made(rollout("friend_pay", "", "off"), "*"), enabled,
		everyone, nil,
		"", ""},
	"off, made without": {made(rollout("friend_pay", "", "off")), hidden, "", all("release_friend_pay"),
		"release_friend_pay", ""},
	"killed, made before": {killed(made(rollout("friend_pay", "", "full"), "friend_pay"),
		"friend_pay/"), hidden, "",
		all("friend_pay_killed"), "friend_pay_killed", "pay_yourself"},
	"an unheard-of state": {rollout("friend_pay", "", "maybe"), hidden, "", all("release_friend_pay"),
		"release_friend_pay", ""},

	"a channel off": {rollout("channel", "wechat", "off"), enabled, "alipay huabei",
		out("wechat:channel_release"),
		"", "other_channel"},
	"a channel inside, others": {rollout("channel", "wechat", "internal", "b2"), enabled, "alipay huabei",
		out("wechat:channel_release"), "", ""},
	"a channel inside, him": {rollout("channel", "wechat", "internal", "b1"), enabled, everyone, nil, "", ""},
	"grey with him listed":  {rollout("channel", "wechat", "grey", "b1"), enabled, everyone, nil, "", ""},
	"grey for all": {func(q *question) {
		rollout("channel", "wechat", "grey")(q)
		q.stir("channel/wechat", func(r *policy.Rollout) { r.BasisPoints = 10_000 })
	}, enabled, everyone, nil, "", ""},
	"off, the link has it": {made(rollout("channel", "wechat", "off"), "channel/wechat"), enabled,
		everyone, nil,
		"", ""},
	"grey, the link lacks it": {made(rollout("channel", "wechat", "grey", "b1"), "friend_pay"), enabled,
		"alipay huabei", out("wechat:channel_release"), "", ""},
	"full, the link lacks it": {made(rollout("channel", "wechat", "full"), "-channel/wechat"), enabled,
		everyone,
		nil, "", ""},
	"withheld by another service": {made(func(*question) {}, "-channel/wechat"), enabled, "alipay huabei",
		out("wechat:channel_release"), "", ""},
	"newer than the link": {made(func(*question) {}, "friend_pay"), enabled, everyone, nil, "", ""},
	"a channel killed": {killed(made(rollout("channel", "wechat", "full"), "channel/wechat"),
		"channel/wechat"),
		enabled, "alipay huabei", out("wechat:channel_killed"), "", "other_channel"},
	"the app's own row speaks": {func(q *question) {
		rollout("channel", "wechat", "off")(q)
		q.rows.Rollouts["own"] = policy.Rollout{Feature: "channel", Channel: "wechat", App: app,
			State: "full"}
	}, enabled, everyone, nil, "", ""},
	"killed in this app alone": {func(q *question) {
		q.rows.Rollouts["own"] = policy.Rollout{
			Feature: "channel", Channel: "wechat", App: app, State: "full", Killed: true,
		}
	}, enabled, "alipay huabei", out("wechat:channel_killed"), "", ""},
	"killed for all apps": {func(q *question) {
		killed(rollout("channel", "wechat", "full"), "channel/wechat")(q)
		q.rows.Rollouts["own"] = policy.Rollout{Feature: "channel", Channel: "wechat", App: app,
			State: "full"}
	}, enabled, "alipay huabei", out("wechat:channel_killed"), "", ""},
}

func rollout(feature, channel, state string, allow ...string) func(*question) {
	return func(q *question) {
		q.rows.Rollouts[feature+"/"+channel] = policy.Rollout{
			Feature: feature, Channel: channel, State: state, Allow: allow, Owner: "anna",
		}
	}
}

func (q *question) stir(key string, change func(*policy.Rollout)) {
	r := q.rows.Rollouts[key]
	change(&r)
	q.rows.Rollouts[key] = r
}

func killed(change func(*question), key string) func(*question) {
	return func(q *question) { change(q); q.stir(key, func(r *policy.Rollout) { r.Killed = true }) }
}

// made is asked about a request that was made with this.
func made(change func(*question), with ...string) func(*question) {
	return func(q *question) { change(q); q.Released = append([]string{}, with...) }
}

func grey(channel string, points int) policy.Rollout {
	return policy.Rollout{Feature: "channel", Channel: channel, State: policy.RolloutGrey,
		BasisPoints: points}
}

// Of 100,000 buyers as many are in as the part says, within one in a hundred of all.
func TestAPartIsAPart(t *testing.T) {
	t.Parallel()
	const buyers = 100_000
	for _, points := range []int{0, 1, 100, 1000, 2500, 5000, 9000, 9999, 10_000} {
		in := 0
		for i := range buyers {
			if grey("wechat", points).Includes(app, fmt.Sprintf("user-%d", i)) {
				in++
			}
		}
		require.InDelta(t, float64(points)*buyers/10_000, in, buyers/100, points)
		require.True(t, points > 0 && points < 10_000 || in == points*buyers/10_000, points)
	}
}

// One feature's part tells nothing of another's, nor of the same one in another app.
func TestPartsAreDrawnApart(t *testing.T) {
	t.Parallel()
	const buyers = 100_000
	one, two, apps := 0, 0, 0
	for i := range buyers {
		buyer := fmt.Sprintf("user-%d", i)
		if !grey("wechat", 3000).Includes(app, buyer) {
			continue
		}
		one++
		if grey("alipay", 3000).Includes(app, buyer) {
			two++
		}
		if grey("wechat", 3000).Includes("app_2", buyer) {
			apps++
		}
	}
	require.InDelta(t, 0.3, float64(two)/float64(one), 0.01)
	require.InDelta(t, 0.3, float64(apps)/float64(one), 0.01)
}

func TestAHigherPartLosesNobody(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		buyer := rapid.String().Draw(t, "buyer")
		low, high := rapid.IntRange(0, 10_000).Draw(t, "low"), rapid.IntRange(0, 10_000).Draw(t, "high")
		if low > high {
			low, high = high, low
		}
		before := grey("wechat", low).Includes(app, buyer)
		if before && !grey("wechat", high).Includes(app, buyer) {
			t.Fatalf("%q was in at %d and is out at %d", buyer, low, high)
		}
		if before != grey("wechat", low).Includes(app, buyer) {
			t.Fatalf("%q is in and out of the same part", buyer)
		}
	})
}

// ramp is any setting of a rollout, but never the kill switch.
func ramp(t *rapid.T, name string) policy.Rollout {
	return policy.Rollout{
		Feature: "channel", Channel: name, Owner: "anna",
		State:       rapid.SampledFrom([]string{"off", "internal", "grey", "full", "draining"}).Draw(t, name),
		BasisPoints: rapid.IntRange(0, 10_000).Draw(t, name+" points"),
		Allow:       rapid.SliceOfN(rapid.SampledFrom([]string{"b1", "b2"}), 0, 2).Draw(t, name+" allows"),
	}
}

// madeNow is what a request is made with.
func madeNow(q question) []string {
	with := []string{}
	if q.Catalogue.Includes(policy.FriendPay, "", app, "b1") {
		with = append(with, policy.FriendPay)
	}
	for _, c := range q.Catalogue.ChannelsOf(app) {
		name := policy.Release(policy.ChannelFeature, c.ID)
		if !q.Catalogue.Includes(policy.ChannelFeature, c.ID, app, "b1") {
			name = policy.Withheld(name)
		}
		with = append(with, name)
	}
	return with
}

// A link stays payable through all that it was made payable through, however far the
// ramps go up and down; a kill stops it all.
func TestALinkKeepsWhatItWasMadeWith(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		turn := func(q *question) {
			for _, channel := range []string{"alipay", "wechat", "huabei"} {
				if rapid.Bool().Draw(t, "ramped "+channel) {
					q.rows.Rollouts[channel] = ramp(t, channel)
				}
			}
			whole := ramp(t, "")
			whole.Feature = "friend_pay"
			q.rows.Rollouts["friend_pay"] = whole
		}
		asked := ask(turn)
		begun := policy.Decide(asked.Facts)
		kept := madeNow(asked)
		for range rapid.IntRange(1, 4).Draw(t, "turns") {
			later := ask(turn)
			later.Released = kept
			offered := policy.Decide(later.Facts).Channels
			for _, channel := range begun.Channels {
				if !slices.Contains(offered, channel) {
					t.Fatalf("%s was promised and is gone", channel)
				}
			}
		}
		dead := ask(func(q *question) {
			turn(q)
			q.stir("friend_pay",
				func(r *policy.Rollout) { r.Killed = true })
		})
		dead.Released = kept
		if d := policy.Decide(dead.Facts); d.State != policy.Hidden || len(d.Channels) > 0 {
			t.Fatalf("killed, and still %v", d.Channels)
		}
	})
}
