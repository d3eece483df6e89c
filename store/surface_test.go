package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

func TestOpenedLinksAreCountedBySurface(t *testing.T) {
	w := open(t)
	l := w.opened()
	for i, surface := range []string{"wechat_group", "wechat", "alipay", ""} {
		made, err := w.CreateInvite(t.Context(), store.Invite{
			ID: "inv_s" + surface, Request: l.request.ID, Generation: 1, TokenHash: hash(byte(50 + i)),
			Surface: surface, ExpiresAt: time.Now().Add(time.Hour),
		})
		require.NoError(t, err)
		if surface == "alipay" {
			require.NoError(t, w.OpenInvite(t.Context(), made.ID))
		}
	}
	now := time.Now()
	seen, err := w.SurfaceOpens(t.Context(), now.Add(-time.Hour), now.Add(time.Hour))
	require.NoError(t, err)
	want := []policy.Opens{{Surface: "alipay", Shared: 1, Opened: 1}, {Surface: "wechat", Shared: 2}}
	require.Equal(t, want, seen)
	seen, err = w.SurfaceOpens(t.Context(), now.Add(-2*time.Hour), now.Add(-time.Hour))
	require.NoError(t, err)
	require.Empty(t, seen)
}

// One alarm a day is enough, also when somebody has looked at it already.
func TestASurfaceIsOneCaseADay(t *testing.T) {
	w := open(t)
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	raised := func(surface string, at time.Time) bool {
		opened, err := w.OpenSurfaceCase(t.Context(), surface, "Nobody opens links.", at)
		require.NoError(t, err)
		return opened
	}
	require.True(t, raised("wechat", now))
	require.False(t, raised("wechat", now.Add(time.Hour)))
	page, err := w.Cases(t.Context(), store.CaseFilter{Kind: models.CaseSurface})
	require.NoError(t, err)
	require.NoError(t, w.CloseCase(t.Context(), page.Items[0].ID, "staff:anna", "a share code instead"))
	require.False(t, raised("wechat", now.Add(2*time.Hour)))
	require.True(t, raised("wechat", now.Add(5*time.Hour)), "it is tomorrow in Shanghai")
	require.True(t, raised("alipay", now))
	require.Contains(t, w.reasons(time.Now()), "case_open surface_blocked")
}

// One visitor counts once, however many links he reports, and one link however many report it.
func TestReportsOfSurfacesAreCountedByLinkAndVisitor(t *testing.T) {
	w := open(t)
	l := w.opened()
	report := func(invite, surface string, visitor byte) {
		require.NoError(t, w.ReportSurface(t.Context(), invite, surface, hash(visitor)))
	}
	for i, id := range []string{"inv_r1", "inv_r2"} {
		_, err := w.CreateInvite(t.Context(), store.Invite{
			ID: id, Request: l.request.ID, Generation: 1, TokenHash: hash(byte(50 + i)),
			ExpiresAt: time.Now().Add(time.Hour),
		})
		require.NoError(t, err)
	}
	for _, visitor := range []byte{1, 1, 2, 3} {
		report("inv_r1", "wechat", visitor)
	}
	report("inv_r2", "wechat", 1)
	report("inv_r2", "qq", 4)
	now := time.Now()
	seen, err := w.SurfaceReports(t.Context(), now.Add(-time.Hour))
	require.NoError(t, err)
	want := []policy.Reports{{Surface: "qq", Links: 1, Visitors: 1}, {Surface: "wechat", Links: 2, Visitors: 3}}
	require.Equal(t, want, seen)
	seen, err = w.SurfaceReports(t.Context(), now.Add(time.Hour))
	require.NoError(t, err)
	require.Empty(t, seen)

	require.NoError(t, w.exec("UPDATE surface_reports SET expires_at = now() - interval '1 second'"))
	gone, err := w.PruneCheckouts(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 5, gone)
}
