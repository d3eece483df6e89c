package sink_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/hookcheck"
	"github.com/friendpay/friendpay/internal/sink"
)

// stalled is a way to a hook that never gets through.
type stalled struct{}

func (stalled) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// checked holds the contract against our own hook, by a checker with something changed about it.
func checked(t *testing.T, change func(*hookcheck.Hook)) (s *sink.Sink, names, wrong []string) {
	t.Helper()
	s, err := sink.Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	s.Expect(secret)
	s.Refuse("check-gone")
	hook := hookcheck.Hook{
		URL: s.HookURL(), Secret: secret, Order: "check-order", Gone: "check-gone", Minor: 12900,
		Patience: 5 * time.Second,
	}
	change(&hook)
	for _, r := range hook.Check(t.Context()) {
		names = append(names, r.Name)
		if r.Err != nil {
			wrong = append(wrong, r.Name+": "+r.Err.Error())
		}
	}
	return s, names, wrong
}

// Our own order hook keeps the contract that we ask of merchants.
func TestOurOwnOrderHookKeepsTheContract(t *testing.T) {
	t.Parallel()
	s, names, wrong := checked(t, func(*hookcheck.Hook) {})
	require.Equal(t, []string{
		"apply", "repeated id", "reopen", "freeze_shipment", "refusal", "repeated refusal", "wrong signature",
	}, names)
	require.Empty(t, wrong)
	require.Equal(t, 1, s.Forged(), "the wrong signature")
	require.True(t, s.Frozen("ord_check"))
}

func TestTheCheckerSeesWhatIsWrongAboutIt(t *testing.T) {
	t.Parallel()
	_, _, wrong := checked(t, func(h *hookcheck.Hook) { h.Order = "check-gone" })
	require.Len(t, wrong, 3, "it takes no money: %v", wrong)
	_, _, wrong = checked(t, func(h *hookcheck.Hook) { h.Gone = "check-other" })
	require.Len(t, wrong, 2, "it refuses nothing: %v", wrong)
	_, _, wrong = checked(t, func(h *hookcheck.Hook) { h.Secret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" })
	require.Len(t, wrong, 6, "it believes nothing: %v", wrong)
	_, _, wrong = checked(t, func(h *hookcheck.Hook) {
		h.HTTP, h.Patience = &http.Client{Transport: stalled{}}, 50*time.Millisecond
	})
	require.Len(t, wrong, 7)
	require.Contains(t, wrong[0], "no answer in time")
}
