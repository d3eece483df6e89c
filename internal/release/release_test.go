package release_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/open-feature/go-sdk/openfeature"
	"github.com/open-feature/go-sdk/openfeature/memprovider"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/friendpay/friendpay/internal/release"
	"github.com/friendpay/friendpay/policy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var quiet = slog.New(slog.DiscardHandler)

func rollouts(rows ...policy.Rollout) func() *policy.Catalogue {
	tables := policy.NewTables()
	for _, row := range rows {
		tables.Rollouts[row.Feature+"/"+row.Channel+"/"+row.App] = row
	}
	known := policy.NewCatalogue(7, tables)
	return func() *policy.Catalogue { return known }
}

func open(t *testing.T, provider openfeature.FeatureProvider) *release.Flags {
	t.Helper()
	flags, err := release.Open(t.Context(), provider, quiet)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, flags.Close()) })
	return flags
}

var channels = []policy.Channel{{ID: "alipay"}, {ID: "wechat"}}

func TestTheCatalogueIsAFlagService(t *testing.T) {
	wechat := func(state string) policy.Rollout {
		return policy.Rollout{
			Feature: "channel", Channel: "wechat", State: state, Allow: []string{"anna"}, Owner: "bo",
		}
	}
	dead := wechat("full")
	dead.Killed = true
	without, with := "-channel/wechat", "channel/wechat"
	for name, c := range map[string]struct {
		rows  []policy.Rollout
		buyer string
		want  string
	}{
		"nothing is said":   {nil, "carl", with},
		"off":               {[]policy.Rollout{wechat("off")}, "anna", without},
		"inside, listed":    {[]policy.Rollout{wechat("internal")}, "anna", with},
		"inside, not":       {[]policy.Rollout{wechat("internal")}, "carl", without},
		"grey, not by part": {[]policy.Rollout{wechat("grey")}, "carl", without},
		"full":              {[]policy.Rollout{wechat("full")}, "carl", with},
		"draining":          {[]policy.Rollout{wechat("draining")}, "anna", without},
		"killed":            {[]policy.Rollout{dead}, "anna", without},
	} {
		flags := open(t, release.NewProvider(rollouts(c.rows...)))
		require.Equal(t, []string{"friend_pay", "channel/alipay", c.want},
			flags.Released(t.Context(), channels, "app_1", c.buyer), name)
	}
}

// Any other service of OpenFeature may stand in: here one in memory that knows of one flag.
func TestAnotherFlagServiceMayBePluggedIn(t *testing.T) {
	flags := open(t, memprovider.NewInMemoryProvider(map[string]memprovider.InMemoryFlag{
		"channel/wechat": {
			Key: "channel/wechat", State: memprovider.Enabled, DefaultVariant: "out",
			Variants: map[string]any{"out": false},
		},
	}))
	released := flags.Released(t.Context(), channels, "app_1", "anna")
	require.Equal(t, []string{"friend_pay", "channel/alipay", "-channel/wechat"}, released)

	rows := policy.NewTables()
	for _, c := range channels {
		rows.Channels[c.ID] = policy.Channel{App: "app_1", ID: c.ID, Enabled: true}
	}
	asked := policy.Facts{App: "app_1", Released: released, Catalogue: policy.NewCatalogue(1, rows)}
	require.Equal(t, []string{"alipay"}, policy.Decide(asked).Channels)
}

// broken is a service that cannot answer.
type broken struct{ openfeature.NoopProvider }

func (broken) BooleanEvaluation(
	context.Context, string, bool, openfeature.FlattenedContext,
) openfeature.BoolResolutionDetail {
	return openfeature.BoolResolutionDetail{Value: true,
		ProviderResolutionDetail: openfeature.ProviderResolutionDetail{
			ResolutionError: openfeature.NewGeneralResolutionError("down", errors.New("no route")),
		}}
}

func TestTroubleReleasesNothing(t *testing.T) {
	flags := open(t, broken{})
	require.Equal(t, []string{"-friend_pay", "-channel/alipay", "-channel/wechat"},
		flags.Released(t.Context(), channels, "app_1", "anna"))
}

func TestWhatTheProviderSays(t *testing.T) {
	provider := release.NewProvider(rollouts(policy.Rollout{Feature: "friend_pay", State: "grey",
		Owner: "bo"}))
	who := openfeature.FlattenedContext{"app": "app_1", "buyer": "anna"}
	answer := provider.BooleanEvaluation(t.Context(), "friend_pay", false, who)
	require.Equal(t, openfeature.SplitReason, answer.Reason)
	require.Equal(t, openfeature.FlagMetadata{"catalogue": int64(7), "owner": "bo"}, answer.FlagMetadata)
	for _, flag := range []string{"dark_mode", "channel/", "channel", "friend_pay/x"} {
		lost := provider.BooleanEvaluation(t.Context(), flag, true, who)
		require.Equal(t, openfeature.FlagNotFoundCode, lost.ResolutionDetail().ErrorCode, flag)
		require.True(t, lost.Value)
	}
	lost := provider.BooleanEvaluation(t.Context(), "friend_pay", false,
		openfeature.FlattenedContext{"app": "a"})
	require.Equal(t, openfeature.InvalidContextCode, lost.ResolutionDetail().ErrorCode)
	words := provider.StringEvaluation(t.Context(), "friend_pay", "x", who)
	require.Equal(t, openfeature.TypeMismatchCode, words.ResolutionDetail().ErrorCode)
}
