package activities_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// decided sets what operators decided about the usual channel, and more.
func (w *world) decided(change func(policy.Tables, *policy.Channel)) {
	rows := policy.NewTables()
	mock := policy.Channel{ID: "mock", Provider: "mockpay", Product: "wap", Kind: "wallet", Enabled: true}
	change(rows, &mock)
	rows.Channels["mock"] = mock
	w.rows.offers = func() (*policy.Catalogue, error) { return policy.NewCatalogue(2, rows), nil }
}

func (w *world) placed(surface, version string) {
	w.rows.place = func() (string, string, error) { return surface, version, nil }
}

func (w *world) madeWith(released ...string) {
	cohort := store.Cohort{Released: append([]string{}, released...)}
	w.rows.cohort = func() (store.Cohort, error) { return cohort, nil }
}

// Between the page and the engine an operator may have been at work.
func TestTheEngineAsksTheRulesAgain(t *testing.T) {
	rollout := func(state string, killed bool) func(policy.Tables, *policy.Channel) {
		return func(rows policy.Tables, _ *policy.Channel) {
			rows.Rollouts["r"] = policy.Rollout{Feature: "channel", Channel: "mock", State: state,
				Killed: killed}
		}
	}
	onboarding := func(state string) func(policy.Tables, *policy.Channel) {
		return func(rows policy.Tables, _ *policy.Channel) {
			rows.Onboarding["o"] = policy.OnboardingRow{Channel: "mock", State: state}
		}
	}
	floor := func(rows policy.Tables, _ *policy.Channel) {
		rows.Surfaces["s"] = policy.SurfaceRow{Surface: "wechat", Works: true, MinVersion: "8.0.14"}
	}
	for name, c := range map[string]struct {
		change  func(policy.Tables, *policy.Channel)
		arrange func(*world)
		passes  bool
	}{
		"nothing changed": {func(policy.Tables, *policy.Channel) {}, nil, true},
		"switched off":    {func(_ policy.Tables, c *policy.Channel) { c.Enabled = false }, nil, false},
		"taken away":      {func(_ policy.Tables, c *policy.Channel) { c.ID = "other" }, nil, false},
		"killed":          {rollout("full", true), func(w *world) { w.madeWith("channel/mock") }, false},
		"drained":         {rollout("draining", false), func(w *world) { w.madeWith("channel/mock") }, true},
		"off, long ago":   {rollout("off", false), func(w *world) { w.madeWith() }, false},
		"off, very old":   {rollout("off", false), nil, true},
		"suspended":       {onboarding("suspended"), nil, false},
		"approved":        {onboarding("approved"), nil, true},
		"where it works":  {floor, func(w *world) { w.placed("wechat", "8.0.14") }, true},
		"where it does not": {
			floor, func(w *world) { w.placed("wechat_group", "8.0.9") }, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := welcome(t)
			w.decided(c.change)
			if c.arrange != nil {
				c.arrange(w)
			}
			event, err := w.effect(models.CheckLogin, models.NewAttempt)
			require.NoError(t, err)
			want := models.Event{Kind: models.LoginRefused, Reason: "channel_unavailable",
				Attempt: number, Actor: "rules"}
			if c.passes {
				want.Kind, want.Reason = models.LoginPassed, ""
			}
			require.Equal(t, want, event)
			if c.passes {
				require.Empty(t, w.rows.told, "nobody is told anything")
				return
			}
			require.Len(t, w.rows.told, 1, "why is kept")
			kept := w.rows.told[0]
			require.Equal(t, []string{store.EngineSide, "fpr_1"}, []string{kept.Side, kept.Request})
			require.NotContains(t, string(kept.Outcome), `"channels":["mock"]`)
		})
	}
}

func TestTheRulesAreNotAskedBlindly(t *testing.T) {
	down := errors.New(canary)
	for _, arrange := range []func(*world){
		func(w *world) { w.rows.order = func() (store.Order, error) { return store.Order{}, down } },
		func(w *world) { w.rows.offers = func() (*policy.Catalogue, error) { return nil, down } },
		func(w *world) { w.rows.cohort = func() (store.Cohort, error) { return store.Cohort{}, down } },
		func(w *world) { w.rows.place = func() (string, string, error) { return "", "", down } },
	} {
		w := welcome(t)
		arrange(w)
		_, err := w.effect(models.CheckLogin, models.NewAttempt)
		require.Equal(t, "internal", again(t, err).Type())
	}
}

// A request is placed with what it was made with, not with what is released since.
func TestThePlacedRequestKeepsItsCohort(t *testing.T) {
	off := policy.NewTables()
	off.Channels["mock"] = policy.Channel{ID: "mock", Enabled: true}
	off.Rollouts["r"] = policy.Rollout{Feature: "friend_pay", State: "off"}
	for _, released := range [][]string{{"friend_pay"}, {}} {
		w := newWorld(t)
		w.rows.offers = func() (*policy.Catalogue, error) { return policy.NewCatalogue(2, off), nil }
		w.madeWith(released...)
		event, err := w.effect(models.CheckOrder, models.NewAttempt)
		require.NoError(t, err)
		require.Equal(t, len(released) > 0, event.Kind == models.OrderEligible)
	}
}
