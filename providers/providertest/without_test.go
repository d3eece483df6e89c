package providertest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers/providertest"
)

// out are the checks that traits leave out, with their reasons. Nobody needs to be
// asked for that: the others are not run.
func out(t *testing.T, traits providertest.Traits, prefix string) map[string]string {
	t.Helper()
	reasons := map[string]string{}
	for _, check := range providertest.Checks(traits) {
		var left *providertest.LeftOutError
		if strings.HasPrefix(check.Name, prefix) && errors.As(check.Run(t.Context(), nil), &left) {
			reasons[check.Name] = left.Reason
		}
	}
	return reasons
}

func TestWhatTraitsLeaveOutTellsWhy(t *testing.T) {
	t.Parallel()
	all := len(providertest.Checks(providertest.Traits{}))
	require.Len(t, providertest.Checks(providertest.Traits{NoClose: true, NoStale: true, MaxRefunds: 1}), all)
	closing := out(t, providertest.Traits{NoClose: true}, "close/")
	require.Len(t, closing, 5)
	require.Contains(t, closing["close/paid_is_told"], "cannot be closed")
	require.Len(t, out(t, providertest.Traits{NoClose: true}, "outage/close/"), 11)
	require.Contains(t, out(t, providertest.Traits{NoStale: true}, "notice/stale"), "notice/stale_is_refused")
	require.Contains(t, out(t, providertest.Traits{}, "refund/number"), "refund/number_of_parts_is_limited")
	require.Contains(t, out(t, providertest.Traits{}, "refund/empty"), "refund/empty_balance_puts_it_off")
}
