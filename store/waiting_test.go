package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// Alarms see what waits and for how long: what has no rows is told as 0, so that it is known to be counted.
func TestWhatWaitsIsCounted(t *testing.T) {
	w := open(t)
	later := time.Now().Add(time.Hour)
	require.Equal(t, map[string]int64{
		"inbox pending": 0, "inbox dead": 0, "outbox pending": 0, "outbox failing": 0, "outbox dead": 0,
		"webhooks queued": 0, "webhooks failing": 0, "webhooks disabled": 0, "requests overdue": 0,
		"requests late": 0, "requests applying": 0,
	}, w.waiting(later))
	for _, key := range []string{"k1", "k2", "k3"} {
		kept, err := w.KeepEvent(t.Context(), store.ProviderEvent{
			Provider: "mockpay", Account: "acc_1", Key: key, Kind: providers.PaymentNotice, Number: "n",
		})
		require.NoError(t, err)
		if key == "k3" {
			dead := store.Mark{Status: store.EventDead, Reason: "poison"}
			require.NoError(t, w.MarkEvent(t.Context(), kept.ID, dead))
		}
	}
	_, err := w.OpenCase(t.Context(), store.Case{
		Kind: models.CaseOrphan, Attempt: "n", OpenedAt: time.Now(), DueAt: later,
	})
	require.NoError(t, err)
	counted := w.waiting(later)
	require.EqualValues(t, 2, counted["inbox pending"])
	require.EqualValues(t, 1, counted["inbox dead"])
	require.EqualValues(t, 1, counted["cases unknown_number"])
}

// waiting is what waits, by queue and kind, each for about an hour or not at all.
func (w *world) waiting(now time.Time) map[string]int64 {
	w.t.Helper()
	rows, err := w.Waiting(w.t.Context(), now)
	require.NoError(w.t, err)
	counts := map[string]int64{}
	for _, row := range rows {
		counts[row.Queue+" "+row.Kind] = row.Count
		if row.Count > 0 {
			require.InDelta(w.t, time.Hour.Seconds(), row.Seconds, 60)
		} else {
			require.Zero(w.t, row.Seconds)
		}
	}
	return counts
}
