package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/policy"
)

func TestWhatMayBeSharedWhere(t *testing.T) {
	t.Parallel()
	for place, want := range map[string]policy.Share{
		policy.SurfaceWeChat: {Link: true, Code: true, QR: true},
		policy.ShareGroup:    {Link: true, Code: true, QR: true},
		policy.ShareMoments:  {Link: true},
		"":                   {Link: true, Code: true, QR: true},
		"somewhere_new":      {Link: true},
	} {
		require.Equal(t, want, policy.ShareOf(place), place)
	}
}
