package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/policy"
)

func TestEveryPlaceIsAKnownSurface(t *testing.T) {
	t.Parallel()
	for _, place := range policy.Places() {
		require.True(t, policy.KnownSurface(place), place)
	}
	require.Subset(t, policy.Places(), []string{"wechat", "wechat_group", "wechat_moments", "unknown"})
	require.NotContains(t, policy.Places(), "")
}

func TestAFloorForVersionsIsDigitsAndDots(t *testing.T) {
	t.Parallel()
	for text, good := range map[string]bool{
		"8": true, "8.0.49": true, "": false, "8.": false, ".8": false, "8..1": false, "v8": false, "8.0b": false,
		"1234567890": false,
	} {
		require.Equal(t, good, policy.IsVersion(text), text)
	}
}
