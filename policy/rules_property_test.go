package policy

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/friendpay/friendpay/models"
)

func anyFacts(t *rapid.T) (Facts, Tables) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	ids := []string{"alipay", "huabei", "mockpay", "wechat"}
	amount := rapid.Int64Range(0, 1000)
	window := func(name string) Window {
		return Window{
			Min: rapid.SampledFrom([]models.Money{{}, models.CNY(amount.Draw(t, name+" min"))}).Draw(t, name),
			Max: rapid.SampledFrom([]models.Money{{}, models.CNY(amount.Draw(t, name+" max"))}).Draw(t, name),
		}
	}
	rows := NewTables()
	f := Facts{Now: now, Speed: rapid.Int64Range(0, 100).Draw(t, "speed")}
	f.Order = Order{
		Payable:         models.CNY(amount.Draw(t, "payable")),
		Kind:            rapid.SampledFrom([]string{"physical", "virtual"}).Draw(t, "kind"),
		Settled:         rapid.Bool().Draw(t, "settled"),
		AllowedChannels: rapid.SliceOfDistinct(rapid.SampledFrom(ids), rapid.ID[string]).Draw(t, "allowed"),
		PayDeadline:     now.Add(time.Duration(rapid.IntRange(-60, 900).Draw(t, "due")) * time.Second),
	}
	anyStanding(t, &f, rows)
	for _, id := range ids[:rapid.IntRange(0, len(ids)).Draw(t, "channels")] {
		rows.Channels[id] = Channel{
			ID: id, Enabled: rapid.Bool().Draw(t, "enabled"), Amount: window(id), Provider: id,
			Kind: rapid.SampledFrom([]string{"wallet", KindCredit, KindAsk}).Draw(t,
				"kind of channel"),
			MinCloseSeconds: rapid.Int64Range(0, 600).Draw(t, "close"),
			Position:        rapid.IntRange(0, 2).Draw(t, "position"),
			Surfaces: rapid.SampledFrom([][]string{nil, {"wechat"}, {"qq", "unknown"}}).Draw(t,
				"surfaces"),
		}
	}
	f.Catalogue = NewCatalogue(1, rows)
	return f, rows
}

// anyStanding is what operators may have decided besides the channels.
func anyStanding(t *rapid.T, f *Facts, rows Tables) {
	places := []string{"", "wechat", "wechat_group", "qq", "unknown", "telepathy"}
	pick := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	f.Surface, f.Version = pick("surface", places...), pick("version", "", "8.0.2", "8.1")
	f.Released = rapid.SampledFrom([][]string{nil, {}, {FriendPay}, {FriendPay, "channel/alipay"},
		{Everything}}).
		Draw(t, "released")
	for i := range rapid.IntRange(0, 8).Draw(t, "rows") {
		key, yes, id := strconv.Itoa(i), rapid.Bool().Draw(t, "yes"), pick("of", "alipay", "huabei", "wechat")
		switch rapid.IntRange(0, 3).Draw(t, "family") {
		case 0:
			rows.Kinds["/"+pick("of kind", "virtual", "physical")] = KindRow{
				FriendPay: rapid.Bool().Draw(t, "friends"), Credit: yes, Currency: "CNY",
				MinMinor: rapid.Int64Range(0, 500).Draw(t, "least"), MaxMinor: rapid.Int64Range(0,
					1000).Draw(t, "most"),
			}
		case 1:
			state := pick("onboarding", Approved, "reviewing", "suspended")
			where := pick("there", places...)
			rows.Onboarding[id+where] = OnboardingRow{Channel: id, Surface: where, State: state}
		case 2:
			state := pick("rollout", RolloutOff, RolloutGrey, RolloutFull, RolloutDraining)
			rows.Rollouts[id] = Rollout{
				Feature: ChannelFeature, Channel: id, State: state, BasisPoints: 5000, Killed: yes,
			}
		case 3:
			since := f.Now.Add(time.Duration(i-4) * time.Hour)
			rows.Surfaces[key] = SurfaceRow{
				Surface: pick("where", places[1:]...), Provider: pick("by", "", "alipay", "wechat"),
				Since: since,
				Works: yes, MinVersion: pick("floor", "", "8.0.10"), Fallback: pick("advice", "", FixQR),
			}
		}
	}
}

// What is about the order as a whole is asked once, however many channels there are.
func TestRulesAboutTheOrderAreAskedOnce(t *testing.T) {
	t.Parallel()
	rows, asked := NewTables(), map[string]int{}
	for _, id := range []string{"a", "b", "c"} {
		rows.Channels[id] = Channel{ID: id}
	}
	says := func(name string, about, no bool) rule {
		return rule{name: name, order: about, no: func(_ Facts, c Channel) bool {
			asked[name]++
			return no && (about || c.ID == "a")
		}}
	}
	d := decide(Facts{Catalogue: NewCatalogue(1, rows)}, []rule{
		says("fine", true, false), says("a alone", false, true), says("over", true, true),
		says("never", false, true), says("too late", true, true),
	})
	require.Equal(t, map[string]int{"fine": 1, "a alone": 3, "over": 1}, asked)
	var why []string
	for _, reason := range d.LeftOut {
		why = append(why, reason.Channel+": "+reason.Rule)
	}
	require.Equal(t, []string{"a: a alone", "b: over", "c: over"}, why)
	require.Equal(t, "over", d.Reasons[0].Rule)
}

func TestRulesOnlyNarrow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f, _ := anyFacts(t)
		full := decide(f, rules)
		gone := rapid.IntRange(0, len(rules)-1).Draw(t, "rule")
		fewer := decide(f, slices.Concat(rules[:gone], rules[gone+1:]))
		for _, channel := range full.Channels {
			if !slices.Contains(fewer.Channels, channel) {
				t.Fatalf("%s is offered by all rules and not without %s", channel, rules[gone].name)
			}
		}
	})
}

func TestTheReasonNamesTheRuleThatDecided(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f, _ := anyFacts(t)
		d := Decide(f)
		ways := slices.DeleteFunc(slices.Clone(f.Catalogue.ChannelsOf("")), func(c Channel) bool {
			return c.Kind == KindAsk
		})
		if len(d.Channels)+len(d.LeftOut) != len(ways) {
			t.Fatal("a channel is neither offered nor explained")
		}
		for _, reason := range d.LeftOut {
			i := slices.IndexFunc(rules, func(r rule) bool { return r.name == reason.Rule })
			c := ways[slices.IndexFunc(ways, func(c Channel) bool { return c.ID == reason.Channel })]
			if !rules[i].no(f, c) || slices.ContainsFunc(rules[:i], func(r rule) bool { return r.no(f, c) }) {
				t.Fatalf("%s did not take %s away first", reason.Rule, reason.Channel)
			}
		}
		if (d.State == Enabled) != (len(d.Channels) > 0) || (d.State == Enabled) != (len(d.Reasons) == 0) {
			t.Fatalf("state %s with %d channels and %d reasons", d.State, len(d.Channels), len(d.Reasons))
		}
	})
}

// The same rows give the same decision, in whatever order they were written.
func TestTheOrderOfRowsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f, rows := anyFacts(t)
		want, asks := Decide(f), AskWays(f)
		again := NewTables()
		refill(t, again.Channels, rows.Channels)
		refill(t, again.Onboarding, rows.Onboarding)
		refill(t, again.Rollouts, rows.Rollouts)
		refill(t, again.Surfaces, rows.Surfaces)
		refill(t, again.Kinds, rows.Kinds)
		f.Catalogue = NewCatalogue(2, again)
		if got := Decide(f); !reflect.DeepEqual(want, got) {
			t.Fatalf("%+v became %+v", want, got)
		}
		if got := AskWays(f); !slices.Equal(asks, got) {
			t.Fatalf("%v became %v", asks, got)
		}
	})
}

// refill writes rows in another order.
func refill[T any](t *rapid.T, into, from map[string]T) {
	for _, key := range rapid.Permutation(slices.Sorted(maps.Keys(from))).Draw(t, "order") {
		into[key] = from[key]
	}
}

func TestRulesAreNamedOnce(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{notOffered.Rule: true, noChannel.Rule: true}
	for _, r := range rules {
		require.False(t, seen[r.name], r.name)
		seen[r.name] = true
		require.Positive(t, r.version)
		require.NotEmpty(t, r.zh)
		require.NotEmpty(t, r.en)
		require.NotEmpty(t, r.fix)
	}
}
