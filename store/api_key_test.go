package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

func (w *world) key(b byte, mode string) store.APIKey {
	w.t.Helper()
	made, err := w.CreateAPIKey(w.t.Context(), store.APIKey{
		Hash: hash(b), Merchant: "mer_1", Apps: []string{"app_1"}, Mode: mode, Scopes: []string{"keys:read"},
	})
	require.NoError(w.t, err)
	return made
}

func TestAKeyRotatesWithOverlap(t *testing.T) {
	w := open(t)
	old := w.key(7, "test")
	fresh, err := w.RotateAPIKey(t.Context(), old.ID, store.APIKey{
		Hash: hash(8), Merchant: "mer_1", Apps: old.Apps, Scopes: old.Scopes, Mode: old.Mode,
	}, time.Now().Add(time.Hour))
	require.NoError(t, err)
	for b, id := range map[byte]string{7: old.ID, 8: fresh.ID} {
		who, err := w.MerchantByKey(t.Context(), hash(b))
		require.NoError(t, err, "both work meanwhile")
		require.Equal(t, id, who.Key)
		require.Equal(t, []string{"keys:read"}, who.Scopes)
	}
	require.NoError(t, w.exec("UPDATE api_keys SET expires_at = now() WHERE id = $1", old.ID))
	_, err = w.MerchantByKey(t.Context(), hash(7))
	require.Equal(t, models.Unauthenticated, models.CodeOf(err), "the overlap is over")
	_, err = w.RotateAPIKey(t.Context(), old.ID, store.APIKey{Hash: hash(9), Merchant: "mer_1", Mode: "test"},
		time.Now().Add(time.Hour))
	require.ErrorContains(t, err, "key_over")
	require.NoError(t, w.RevokeAPIKey(t.Context(), fresh.ID))
	_, err = w.MerchantByKey(t.Context(), hash(8))
	require.Equal(t, models.Unauthenticated, models.CodeOf(err))
}

func TestTheLastUseIsKnownToTheHour(t *testing.T) {
	w := open(t)
	made := w.key(7, "test")
	require.True(t, made.LastUsedAt.IsZero())
	_, err := w.MerchantByKey(t.Context(), hash(7))
	require.NoError(t, err)
	used, err := w.APIKey(t.Context(), made.ID)
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), used.LastUsedAt, time.Hour)
	require.Zero(t, used.LastUsedAt.Minute()+used.LastUsedAt.Second())
}

// A key opens apps of its own mode only, whatever it names.
func TestTestAndLiveAreApart(t *testing.T) {
	w := open(t)
	w.key(7, "test")
	w.key(8, "live")
	opened := func() (test, live []string) {
		one, err := w.MerchantByKey(t.Context(), hash(7))
		require.NoError(t, err)
		other, err := w.MerchantByKey(t.Context(), hash(8))
		require.NoError(t, err)
		return one.Apps, other.Apps
	}
	test, live := opened()
	require.Equal(t, []string{"app_1"}, test)
	require.Empty(t, live)
	require.NoError(t, w.exec("UPDATE apps SET mode = 'live' WHERE id = 'app_1'"))
	test, live = opened()
	require.Empty(t, test)
	require.Equal(t, []string{"app_1"}, live)
	apps, err := w.AppsOf(t.Context(), "mer_1", store.LiveMode)
	require.NoError(t, err)
	require.Len(t, apps, 1)
}
