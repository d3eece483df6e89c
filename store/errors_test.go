package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

func TestADatabaseThatIsDownIsUnavailable(t *testing.T) {
	t.Parallel()
	const nobody = "postgres://friendpay:canary-password@127.0.0.1:1/pay"
	_, err := store.Open(t.Context(), nobody, store.Options{Vault: secrets(t)})
	refused(t, err, models.Unavailable, "database_down")
	require.NotContains(t, err.Error(), "canary")
	_, err = store.Open(t.Context(), "postgres://a:canary@:x", store.Options{Vault: secrets(t)})
	require.Error(t, err)
	require.NotContains(t, err.Error(), "canary")
	require.Error(t, store.Migrate(t.Context(), nobody))
	_, err = store.Open(t.Context(), nobody, store.Options{})
	require.ErrorContains(t, err, "vault")
}

func TestALockHeldTooLongIsBusy(t *testing.T) {
	w := open(t)
	order := w.order()
	tx, err := w.raw.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), "SELECT FROM orders WHERE id = $1 FOR UPDATE", order.ID)
	require.NoError(t, err)
	_, err = w.ClaimOrder(t.Context(), store.Claim{Order: order.ID, Request: "fpr_1", Attempt: "A"})
	refused(t, err, models.Unavailable, "database_busy")
	require.NoError(t, tx.Rollback(t.Context()))
}

func TestErrorsQuoteNoValues(t *testing.T) {
	w := open(t)
	order := w.order()
	order.ID, order.Number, order.Payable = "canary-id", "canary-number", models.CNY(1)
	_, err := w.CreateOrder(t.Context(), order)
	refused(t, err, models.Internal, "law_broken")
	require.NotContains(t, err.Error(), "canary")
	require.ErrorContains(t, err, "orders_id", "the name of the constraint helps the reader")
	order.ID, order.App = mint.ID(mint.Order), "app_canary"
	_, err = w.CreateOrder(t.Context(), order)
	refused(t, err, models.Invalid, "unknown_reference")
	require.NotContains(t, err.Error(), "canary")
}

func TestATransactionIsAllOrNothing(t *testing.T) {
	w := open(t)
	boom := errors.New("boom")
	err := w.WithTx(t.Context(), func(tx *store.Store) error {
		_, err := tx.PayerByPhone(t.Context(), phone)
		require.NoError(t, err)
		inner := tx.WithTx(t.Context(), func(tx *store.Store) error {
			_, err := tx.PayerByPhone(t.Context(), "13900139000")
			require.NoError(t, err)
			return boom
		})
		require.ErrorIs(t, inner, boom)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, "138****8000", value[string](w, "SELECT string_agg(masked_phone, ',') FROM payers"),
		"the inner one alone is undone")

	require.ErrorIs(t, w.WithTx(t.Context(), func(*store.Store) error { return boom }), boom)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, w.WithTx(cancelled, func(*store.Store) error { return nil }), context.Canceled)
}
