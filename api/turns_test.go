package api

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestACrowdPassesInSmallNumbers(t *testing.T) {
	var gates turns
	var inside, most atomic.Int64
	var crowd sync.WaitGroup
	for range 50 {
		crowd.Go(func() {
			leave, err := gates.take(t.Context(), "fpr_1")
			if err != nil {
				t.Error(err)
				return
			}
			defer leave()
			now := inside.Add(1)
			for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
				continue
			}
			inside.Add(-1)
		})
	}
	crowd.Wait()
	require.LessOrEqual(t, most.Load(), int64(atOnce))
	require.Empty(t, gates.gates, "nothing is kept of a crowd that has passed")
}

func TestOneRequestsCrowdHoldsUpNoOther(t *testing.T) {
	var gates turns
	for range atOnce {
		_, err := gates.take(t.Context(), "fpr_1")
		require.NoError(t, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := gates.take(ended, "fpr_1")
	require.Equal(t, "crowded", reasonOf(err))
	_, err = gates.take(t.Context(), "fpr_2")
	require.NoError(t, err)
}
