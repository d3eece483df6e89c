package policy_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
)

var (
	watched = policy.BreakerRule{
		Errors: 3, Window: time.Minute, Rest: 30 * time.Second, Longest: 5 * time.Minute,
	}
	onset = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
)

// play lets things happen to a breaker that was closed: words are "fail", "pay", "alive",
// "dead", or a time to wait.
func play(t *testing.T, speed int64, story string) (b policy.Breaker, now time.Time) {
	t.Helper()
	b, now = policy.Breaker{Channel: "alipay", State: policy.BreakerClosed}, onset
	for word := range strings.FieldsSeq(story) {
		switch word {
		case "fail":
			b = b.Failed(watched, "500", now, speed)
		case "pay":
			b = b.Succeeded(watched, now, speed)
		case "alive", "dead":
			b = b.Probed(word == "alive", watched, now, speed)
		default:
			wait, err := time.ParseDuration(word)
			require.NoError(t, err)
			now = now.Add(wait)
		}
	}
	return b, now
}

// Each row says what becomes of a breaker, and in how many seconds it is probed next.
func TestWhatOpensAndWhatCloses(t *testing.T) {
	t.Parallel()
	const shut, broke, trying = policy.BreakerClosed, policy.BreakerOpen, policy.BreakerHalfOpen
	for _, row := range []struct {
		story string
		want  policy.BreakerState
		next  time.Duration // until the next probe
	}{
		{"", shut, 0},
		{"fail fail", shut, 0},
		{"fail fail fail", broke, 30 * time.Second},
		{"fail 25s fail 25s fail", broke, 30 * time.Second},
		{"fail 30s fail 30s fail", shut, 0},                 // the first is a minute old
		{"fail 59s fail 2s fail fail", broke, 30e9},         // the last minute, whenever it begins
		{"fail fail pay fail fail", shut, 0},                // a success forgets
		{"fail fail fail fail fail", broke, 30e9},           // it was open already
		{"fail fail fail dead", broke, 60e9},                // twice as long …
		{"fail fail fail dead dead", broke, 120e9},          // … and again …
		{"fail fail fail dead dead dead", broke, 240e9},     //
		{"fail fail fail dead dead dead dead", broke, 3e11}, // … up to the longest
		{"fail fail fail alive", trying, 30e9},
		{"fail fail fail pay", trying, 30e9}, // an older payment's luck
		{"fail fail fail alive pay", shut, 0},
		{"fail fail fail alive fail", broke, 60e9}, // one failure is enough now
		{"fail fail fail alive dead", broke, 60e9},
		{"fail fail fail alive alive", shut, 0}, // nobody tried to pay
		{"fail fail fail dead alive dead alive alive", shut, 0},
		{"fail fail fail alive alive fail fail fail", broke, 60e9},   // believed in vain
		{"fail fail fail alive pay fail fail fail", broke, 30e9},     // somebody could pay meanwhile
		{"alive dead", shut, 0},                                      // nothing to probe
		{"fail fail fail alive fail alive fail alive", trying, 30e9}, //
	} {
		b, now := play(t, 1, row.story)
		require.Equal(t, row.want, b.State, row.story)
		if row.next > 0 {
			require.Equal(t, now.Add(row.next), b.NextProbe, row.story)
		} else {
			require.True(t, b.NextProbe.IsZero(), row.story)
		}
		if b.State == policy.BreakerClosed {
			require.Empty(t, b.Reason, row.story)
			require.Zero(t, b.OpenedAt, row.story)
		}
	}
}

func TestDemoTimeBreaksSooner(t *testing.T) {
	t.Parallel()
	b, _ := play(t, 30, "fail 1s fail 1s fail")
	require.Equal(t, policy.BreakerClosed, b.State, "the first is two seconds old, which is a minute")
	b, now := play(t, 30, "fail 500ms fail 500ms fail")
	require.Equal(t, policy.BreakerOpen, b.State)
	require.Equal(t, now.Add(time.Second), b.NextProbe)
}

// An outage begins once, however often somebody believed that it was over.
func TestAnOutageHasOneBeginning(t *testing.T) {
	t.Parallel()
	b, _ := play(t, 1, "fail fail fail 1m alive 1m fail 1m")
	require.Equal(t, onset, b.OpenedAt)
	require.Equal(t, "500", b.Reason)
}

func TestWhereABreakerBlocks(t *testing.T) {
	t.Parallel()
	broke, now := play(t, 1, "fail fail fail")
	trying, _ := play(t, 1, "fail fail fail alive")
	inWeChat := broke
	inWeChat.Channel, inWeChat.Surface = "wechat", policy.SurfaceWeChat
	for _, surface := range []string{"", "wechat", "desktop", "pigeon"} {
		require.Equal(t, []string{"alipay"}, policy.BrokenOn([]policy.Breaker{broke, broke}, surface, now), surface)
		require.Empty(t, policy.BrokenOn([]policy.Breaker{trying}, surface, now), "one may try")
	}
	all := []policy.Breaker{broke, inWeChat}
	require.Equal(t, []string{"alipay", "wechat"}, policy.BrokenOn(all, "wechat_group", now))
	require.Equal(t, []string{"alipay"}, policy.BrokenOn(all, "mobile", now))

	taken := trying.Tried(now)
	require.True(t, taken.Blocks("", now), "and one only")
	require.False(t, taken.Blocks("", now.Add(time.Minute)), "unless he never came through")
}

// shop has a channel for WeChat only and one for everywhere.
func shop() policy.Facts {
	rows := policy.NewTables()
	rows.Channels["a/jsapi"] = policy.Channel{App: "a", ID: "jsapi", Enabled: true, Surfaces: []string{"wechat"}}
	rows.Channels["a/alipay"] = policy.Channel{App: "a", ID: "alipay", Enabled: true, Position: 1}
	return policy.Facts{
		App: "a", Now: onset, Catalogue: policy.NewCatalogue(1, rows),
		Order: policy.Order{Payable: models.CNY(12900), Kind: "physical"},
	}
}

func TestAnOutageIsSaidOnlyWhereNothingElseIs(t *testing.T) {
	t.Parallel()
	f := shop()
	f.Surface, f.Broken = "wechat", []string{"jsapi"}
	d := policy.Decide(f)
	require.Equal(t, []string{"alipay"}, d.Channels)
	require.Equal(t, "channel_outage", d.LeftOut[0].Rule)
	require.Equal(t, policy.FixOtherChannel, d.LeftOut[0].Fix)

	f.Broken = []string{"jsapi", "alipay"}
	d = policy.Decide(f)
	require.Equal(t, policy.Disabled, d.State)
	require.Equal(t, "channel_outage", d.Reasons[0].Rule)
	require.Equal(t, policy.FixLater, d.Reasons[0].Fix)

	f.Order.AllowedChannels = []string{"other"}
	require.Equal(t, "no_channel", policy.Decide(f).Reasons[0].Rule, "it would not work anyway")
	f.Order.Settled = true
	require.Equal(t, "order_settled", policy.Decide(f).Reasons[0].Rule)
}

func TestWhoIsCutOff(t *testing.T) {
	t.Parallel()
	out := func(channel, surface string) policy.Breaker {
		return policy.Breaker{Channel: channel, Surface: surface, State: policy.BreakerOpen}
	}
	f := shop()
	for name, row := range map[string]struct {
		breakers []policy.Breaker
		allowed  []string
		want     bool
	}{
		"nothing is broken":           {nil, nil, false},
		"one of two":                  {[]policy.Breaker{out("alipay", "")}, nil, false},
		"the only one allowed":        {[]policy.Breaker{out("alipay", "")}, []string{"alipay"}, true},
		"it works elsewhere":          {[]policy.Breaker{out("alipay", "mobile")}, []string{"alipay"}, false},
		"its only surface":            {[]policy.Breaker{out("jsapi", "wechat")}, []string{"jsapi"}, true},
		"both":                        {[]policy.Breaker{out("alipay", ""), out("jsapi", "")}, nil, true},
		"it could not be paid anyway": {[]policy.Breaker{out("alipay", "")}, []string{"other"}, false},
	} {
		f.Order.AllowedChannels = row.allowed
		require.Equal(t, row.want, policy.CutOff(f, row.breakers), name)
		if row.want { // once somebody may try, it is no more
			half := slices.Clone(row.breakers)
			for i := range half {
				half[i].State = policy.BreakerHalfOpen
			}
			require.False(t, policy.CutOff(f, half), name)
		}
	}
}
