package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

func TestACohortTravelsWithTheLink(t *testing.T) {
	w := open(t)
	l := w.opened()
	w.invite(l, 1)
	order, err := w.Order(t.Context(), l.request.Order)
	require.NoError(t, err)
	old := store.Cohort{Request: l.request.ID}
	w.requireCohort(old, order)

	first := store.Cohort{Request: l.request.ID, Released: []string{"friend_pay", "-channel/code"}, Catalogue: 7}
	require.NoError(t, w.SaveCohort(t.Context(), first))
	later := first
	later.Released, later.Catalogue = []string{}, 8
	require.NoError(t, w.SaveCohort(t.Context(), later), "again changes nothing")
	w.requireCohort(first, order)
}

// requireCohort reads it in all ways: of the request, of the order's open one, with the link.
func (w *world) requireCohort(want store.Cohort, order store.Order) {
	w.t.Helper()
	got, err := w.Cohort(w.t.Context(), want.Request)
	require.NoError(w.t, err)
	require.Equal(w.t, want, got)
	got, isOpen, err := w.OpenCohort(w.t.Context(), order.App, order.Number)
	require.NoError(w.t, err)
	require.True(w.t, isOpen)
	require.Equal(w.t, want, got)
	link, err := w.InviteByHash(w.t.Context(), hash(1))
	require.NoError(w.t, err)
	require.Equal(w.t, want.Released, link.Released)
}

func TestAnOrderWithoutAnOpenRequestHasNoCohort(t *testing.T) {
	w := open(t)
	_, isOpen, err := w.OpenCohort(t.Context(), "app_1", "no-such-number")
	require.NoError(t, err)
	require.False(t, isOpen)
}

func TestAPlaceIsRememberedWithItsVersion(t *testing.T) {
	w := open(t)
	attempt := models.Attempt{Pay: models.Pay{Number: "AAAAAAAAAAAAAAAAAAAAAAAAAA"}}
	surface, version, err := w.Place(t.Context(), attempt)
	require.NoError(t, err)
	require.Empty(t, surface+version)
	asked := store.Checkout{Address: "203.0.113.9", Surface: "wechat_group", Version: "8.0.49"}
	require.NoError(t, w.SaveCheckout(t.Context(), attempt.Number, asked))
	surface, version, err = w.Place(t.Context(), attempt)
	require.NoError(t, err)
	require.Equal(t, "wechat_group 8.0.49", surface+" "+version)
}
