package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/store"
)

func TestTheDoctorNamesWhatIsBlockedAndBroken(t *testing.T) {
	withShop(t)
	inRows(t, func(s *store.Store) {
		require.Equal(t, finding{"surfaces", true, "none is blocked"}, surfacesOf(t.Context(), s))
		require.Equal(t, finding{"breakers", true, "none is open"}, breakersOf(t.Context(), s))
	})
	staff(t, byHand("catalogue", "set", "surfaces", "surface=qq", "works=false")...)
	at := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	inRows(t, func(s *store.Store) {
		require.Equal(t, finding{"surfaces", true, "staff have shut qq"}, surfacesOf(t.Context(), s))
		opened, err := s.OpenSurfaceCase(t.Context(), "wechat", "People say so.", at)
		require.NoError(t, err)
		require.True(t, opened)
		ill := surfacesOf(t.Context(), s)
		require.False(t, ill.OK)
		require.Contains(t, ill.Say, "wechat seems to block our links since 2026-05-01: case cas_")

		for range 5 {
			_, err := s.NoteMade(t.Context(), store.Made{
				App: "app_1", Channel: "mock", Failed: true, Reason: "SYSTEMERROR", Speed: 1, At: at,
			})
			require.NoError(t, err)
		}
		broken := breakersOf(t.Context(), s)
		require.False(t, broken.OK)
		const said = "mock of app_1 is taken away everywhere since 2026-05-01T08:00:00Z: SYSTEMERROR"
		require.Equal(t, said, broken.Say)
	})
}

func TestTheDoctorNamesModesThatAreMixed(t *testing.T) {
	withShop(t)
	inRows(t, func(s *store.Store) {
		require.Equal(t, finding{"modes", true, "test and live are apart"}, modesOf(t.Context(), s))
	})
	inRows(t, func(s *store.Store) {
		require.NoError(t, s.Seed(t.Context(), store.SeedData{
			Apps: []store.App{{ID: "app_2", Merchant: "mer_1", Name: "Tea", Mode: store.LiveMode,
				DefaultExpirySeconds: 600}},
			Keys: []store.APIKey{{Hash: make([]byte, 32), ID: "key_1", Merchant: "mer_1", Mode: "test",
				Apps: []string{"app_2"}}},
		}))
		ill := modesOf(t.Context(), s)
		require.False(t, ill.OK)
		require.Equal(t, "app_2 is live, and key_1 is not: the key does not open it", ill.Say)
	})
}
