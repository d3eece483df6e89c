package policy

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/friendpay/friendpay/models"
)

func anyFacts(t *rapid.T) Facts {
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
	if rapid.Bool().Draw(t, "limited kind") {
		w := window("kind")
		rows.Kinds["/virtual"] = KindRow{
			FriendPay: true, Credit: true, MinMinor: w.Min.Minor, MaxMinor: w.Max.Minor, Currency: "CNY",
		}
	}
	for _, id := range ids[:rapid.IntRange(0, len(ids)).Draw(t, "channels")] {
		rows.Channels[id] = Channel{
			ID: id, Enabled: rapid.Bool().Draw(t, "enabled"), Amount: window(id),
			MinCloseSeconds: rapid.Int64Range(0, 600).Draw(t, "close"),
			Position:        rapid.IntRange(0, 2).Draw(t, "position"),
		}
	}
	f.Catalogue = NewCatalogue(1, rows)
	return f
}

func TestRulesOnlyNarrow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := anyFacts(t)
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
		f := anyFacts(t)
		d := Decide(f)
		if len(d.Channels)+len(d.LeftOut) != len(f.Catalogue.ChannelsOf("")) {
			t.Fatal("a channel is neither offered nor explained")
		}
		for _, reason := range d.LeftOut {
			i := slices.IndexFunc(rules, func(r rule) bool { return r.name == reason.Rule })
			list := f.Catalogue.ChannelsOf("")
			c := list[slices.IndexFunc(list, func(c Channel) bool { return c.ID == reason.Channel })]
			if !rules[i].no(f, c) || slices.ContainsFunc(rules[:i], func(r rule) bool { return r.no(f, c) }) {
				t.Fatalf("%s did not take %s away first", reason.Rule, reason.Channel)
			}
		}
		if (d.State == Enabled) != (len(d.Channels) > 0) || (d.State == Enabled) != (len(d.Reasons) == 0) {
			t.Fatalf("state %s with %d channels and %d reasons", d.State, len(d.Channels), len(d.Reasons))
		}
	})
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
