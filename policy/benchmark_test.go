package policy_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
)

// crowded is a question in an app of 12 channels, in a catalogue of 10,000.
func crowded() policy.Facts {
	rows := policy.NewTables()
	for i := range 10_000 {
		c := policy.Channel{
			App: fmt.Sprintf("app_%d", i/12), ID: fmt.Sprintf("channel_%d", i%12), Provider: "wechatpay",
			Product: fmt.Sprintf("product_%d", i%12), Kind: "wallet", Position: i % 12, Enabled: true,
			Surfaces: []string{"wechat", "mobile", "desktop"},
			Amount:   policy.Window{Min: models.CNY(1), Max: models.CNY(5_000_000)},
		}
		key := c.App + "/" + c.ID
		rows.Channels[key] = c
		rows.Onboarding[key] = policy.OnboardingRow{App: c.App, Channel: c.ID, State: policy.Approved}
		if i%12 == 3 {
			rows.Onboarding[key] = policy.OnboardingRow{App: c.App, Channel: c.ID, State: "reviewing"}
		}
		rows.Rollouts[key] = policy.Rollout{
			Feature: "channel", Channel: c.ID, App: c.App, State: policy.RolloutGrey, BasisPoints: 5000,
		}
	}
	for i := range 12 {
		product := fmt.Sprintf("product_%d", i)
		rows.Surfaces[product] = policy.SurfaceRow{
			Surface: "wechat", Provider: "wechatpay", Product: product, Works: i != 5, MinVersion: "8.0.2",
		}
	}
	made := []string{policy.FriendPay}
	for i := range 12 {
		made = append(made, policy.Release(policy.ChannelFeature, fmt.Sprintf("channel_%d", i)))
	}
	return policy.Facts{
		Order: order(), App: "app_500", Buyer: "b1", Surface: "wechat_group", Version: "8.0.49", Now: now,
		Released: made, Catalogue: policy.NewCatalogue(1, rows),
	}
}

// BenchmarkDecide is the budget of a decision: below 50 µs, whatever else there is.
func BenchmarkDecide(b *testing.B) {
	asked := crowded()
	require.Len(b, policy.Decide(asked).Channels, 10)
	b.ReportAllocs()
	for b.Loop() {
		policy.Decide(asked)
	}
}

// A decision looks at its app alone: what others have costs it nothing.
func TestADecisionAllocatesLittle(t *testing.T) {
	asked := crowded()
	require.Less(t, testing.AllocsPerRun(100, func() { policy.Decide(asked) }), 30.0)
}
