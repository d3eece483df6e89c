package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

const kind = "canary-thanks"

func TestThanksAreSaidOnceAndSealed(t *testing.T) {
	w := open(t)
	l, number := w.settled()
	none, err := w.Thanks(t.Context(), l.request.ID)
	require.NoError(t, err)
	require.Zero(t, none)
	heads, err := w.Heads(t.Context(), []string{l.request.ID})
	require.NoError(t, err)
	said, err := w.SayThanks(t.Context(), store.Thanks{Request: l.request.ID, Attempt: number, Message: kind})
	require.NoError(t, err)
	require.Equal(t, kind, said.Message)
	again, err := w.SayThanks(t.Context(), said)
	require.NoError(t, err)
	require.Equal(t, said, again)
	_, err = w.SayThanks(t.Context(), store.Thanks{Request: l.request.ID, Attempt: number, Message: "other"})
	refused(t, err, models.Conflict, "thanked_already")
	require.Empty(t, finds(w.dump(), kind), "it is sealed")
	after, err := w.Heads(t.Context(), []string{l.request.ID})
	require.NoError(t, err)
	require.Equal(t, heads[l.request.ID]+1, after[l.request.ID], "who watches is woken")
}

// The friend is told that there are thanks, once, and not what they say. No step takes the message back.
func TestThePayerIsToldOfThanks(t *testing.T) {
	w := open(t)
	l, payer := w.known()
	l.over()
	thanks := store.Thanks{Request: l.request.ID, Attempt: l.request.Winner, Message: kind}
	w.race(4, func(int) {
		_, err := w.SayThanks(t.Context(), thanks)
		require.NoError(t, err)
	})
	const told = "FROM messages WHERE type = 'request.thanked'"
	require.NoError(t, w.SaveStep(t.Context(), models.Step{Request: l.request}))
	require.Equal(t, 1, value[int](w, "SELECT count(*) "+told))
	letter, err := w.Message(t.Context(), value[string](w, "SELECT id "+told))
	require.NoError(t, err)
	require.Equal(t, payer.ID, letter.Payer)
	require.Equal(t, store.SMS, letter.Kind)
	require.Equal(t, l.request.Version, letter.Version, "it leaves when the payment is durable")
	require.False(t, letter.Reminds())
	require.NotContains(t, string(letter.Payload), kind)
	var notice store.Notice
	require.NoError(t, json.Unmarshal(letter.Payload, &notice))
	require.Equal(t, models.CNY(12900), notice.Data.Amount)
	require.Equal(t, l.request.ID, notice.Data.Request)
}

// Thanks go with either of the two that they are between.
func TestThanksAreForgotten(t *testing.T) {
	t.Parallel()
	for who, forget := range map[string]func(*world, store.Payer) error{
		"payer": func(w *world, p store.Payer) error {
			_, err := w.ForgetPayer(t.Context(), p.ID, anna)
			return err
		},
		"buyer": func(w *world, _ store.Payer) error {
			_, err := w.ForgetBuyer(t.Context(), "app_1", "buyer-1", anna)
			return err
		},
	} {
		t.Run(who, func(t *testing.T) {
			w := open(t)
			l, payer := w.known()
			l.over()
			_, err := w.SayThanks(t.Context(), store.Thanks{
				Request: l.request.ID, Attempt: l.request.Winner, Message: kind,
			})
			require.NoError(t, err)
			require.NoError(t, forget(w, payer))
			kept, err := w.Thanks(t.Context(), l.request.ID)
			require.NoError(t, err)
			require.Zero(t, kept)
		})
	}
}

func TestAPayersOwnMoneyIsListed(t *testing.T) {
	w := open(t)
	l, payer := w.known()
	_, foreign := w.settled()
	require.NotEqual(t, foreign, l.request.Winner)
	page, err := w.PaidBy(t.Context(), payer.ID, "", 0)
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	require.Empty(t, page.Next)
	require.Equal(t, l.request.Winner, page.Items[0].Number)
	require.Equal(t, "Tea House", page.Items[0].Merchant)
	require.Equal(t, "canary-name", page.Items[0].Asker)
	for _, nobody := range []string{"", "pay_nobody"} {
		none, err := w.PaidBy(t.Context(), nobody, "", 0)
		require.NoError(t, err)
		require.Empty(t, none.Items)
	}
	for _, cursor := range []string{"x", "-", "1-", "-1-01HZX3K7W2QN8R5T6V9Y0A1B2C", "99999999999999999999-A"} {
		_, err = w.PaidBy(t.Context(), payer.ID, cursor, 0)
		require.Equal(t, "cursor", refused(t, err, models.Invalid, "bad_cursor").Field)
	}
	require.NoError(t, w.exec("UPDATE attempts SET by_buyer = true WHERE payer_id = $1", payer.ID))
	own, err := w.PaidBy(t.Context(), payer.ID, "", 0)
	require.NoError(t, err)
	require.Empty(t, own.Items, "what he paid for himself is his own order")
	require.NoError(t, w.exec("UPDATE attempts SET by_buyer = false WHERE payer_id = $1", payer.ID))
	require.NoError(t, w.exec("UPDATE payers SET forgotten_at = now() WHERE id = $1", payer.ID))
	gone, err := w.PaidBy(t.Context(), payer.ID, "", 0)
	require.NoError(t, err)
	require.Empty(t, gone.Items, "whoever was forgotten has paid nothing")
}

func TestARefundIsTakenWhenItsProviderSaysSo(t *testing.T) {
	w := open(t)
	l, number := w.settled()
	refund, at := mint.Number(), time.Now().UTC().Truncate(time.Microsecond)
	call := store.Call{
		Request: l.request.ID, Attempt: number, Refund: refund, Provider: "mockpay", Op: "refund", At: at,
	}
	for _, c := range []struct {
		op    string
		class string
	}{{"refund", "ambiguous"}, {"query_refund", ""}} {
		early := call
		early.Op, early.Class = c.op, providers.Class(c.class)
		require.NoError(t, w.RecordCall(t.Context(), early))
	}
	taken, err := w.RefundsTaken(t.Context(), l.request.ID)
	require.NoError(t, err)
	require.Empty(t, taken)
	require.NoError(t, w.RecordCall(t.Context(), call))
	taken, err = w.RefundsTaken(t.Context(), l.request.ID)
	require.NoError(t, err)
	require.True(t, at.Equal(taken[refund]))
}
