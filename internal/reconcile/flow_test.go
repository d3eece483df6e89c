package reconcile_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/reconcile"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// teller is an account that tells these movements, and then perhaps an error.
type teller struct {
	providers.Adapter
	moved []providers.Movement
	err   error
	asked time.Time
}

func (k *teller) Open(context.Context, string, string) (providers.Adapter, error) { return k, nil }

func (k *teller) FundFlow(_ context.Context, day time.Time) iter.Seq2[providers.Movement, error] {
	k.asked = day
	return func(yield func(providers.Movement, error) bool) {
		for _, m := range k.moved {
			if !yield(m, nil) {
				return
			}
		}
		if k.err != nil {
			yield(providers.Movement{}, k.err)
		}
	}
}

// mute is an account whose provider does not tell.
type mute struct{ providers.Adapter }

func (m mute) Open(context.Context, string, string) (providers.Adapter, error) { return m, nil }

func moved(kind providers.MovementKind, fen, balance int64) providers.Movement {
	return providers.Movement{Kind: kind, Amount: models.CNY(fen), Balance: models.CNY(balance)}
}

var day = models.StatementDay{Provider: "wechatpay", Account: "acc_1", Day: "2026-03-03"}

func TestTheFlowOfADayIsSummedByKind(t *testing.T) {
	t.Parallel()
	account := &teller{moved: []providers.Movement{
		moved(providers.MovedCapture, 12900, 12900), moved(providers.MovedFee, -77, 12823),
		moved(providers.MovedRefund, -4300, 8523), moved(providers.MovedFee, 26, 8549),
		moved(providers.MovedOther, -8000, 549),
	}}
	flow, err := (&reconcile.Books{Accounts: account}).Flow(t.Context(), day)
	require.NoError(t, err)
	require.Equal(t, reconcile.Flow{
		Movements: 5, Captures: 12900, Refunds: -4300, Fees: -51, Other: -8000, Balance: 549, Currency: "CNY",
	}, flow)
	require.Equal(t, flow.Balance, flow.Captures+flow.Refunds+flow.Fees+flow.Other)
	require.Equal(t, "2026-03-03", account.asked.In(models.Shanghai).Format(time.DateOnly))
}

func TestNothingOfATornFlowIsTold(t *testing.T) {
	t.Parallel()
	torn := &teller{moved: []providers.Movement{moved(providers.MovedCapture, 1, 1)}, err: errors.New("torn")}
	mixed := &teller{moved: []providers.Movement{
		moved(providers.MovedCapture, 1, 1),
		{Kind: providers.MovedCapture, Amount: models.Money{Minor: 1, Currency: "USD"}},
	}}
	for _, account := range []*teller{torn, mixed} {
		flow, err := (&reconcile.Books{Accounts: account}).Flow(t.Context(), day)
		require.Error(t, err)
		require.Zero(t, flow)
	}
	_, err := (&reconcile.Books{Accounts: mute{}}).Flow(t.Context(), day)
	require.ErrorIs(t, err, reconcile.ErrNoFlow)
}
