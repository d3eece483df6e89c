package failpoint_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/failpoint"
)

func TestAFailpointIsANameWithAChance(t *testing.T) {
	require.NoError(t, failpoint.Arm(""))
	for _, wrong := range []string{"nonsense=0.1", "mid-refund", "mid-refund=0", "mid-refund=2"} {
		require.Error(t, failpoint.Arm(wrong), wrong)
	}
	for _, name := range failpoint.Names {
		require.NoError(t, failpoint.Arm(name+"=0.5,"+failpoint.MidRefund+"=1"))
	}
	require.NoError(t, failpoint.Arm(""))
	failpoint.Hit(failpoint.MidRefund)
}
