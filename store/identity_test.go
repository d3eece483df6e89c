package store_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

var openid = store.Identity{Provider: "wechatpay", App: "wx1", Subject: "oFriend-0001"}

func TestAnIdentityIsOnePayer(t *testing.T) {
	w := open(t)
	var mu sync.Mutex
	ids := map[string]bool{}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			payer, err := w.PayerByIdentity(t.Context(), openid)
			require.NoError(t, err)
			require.Empty(t, payer.MaskedPhone)
			mu.Lock()
			defer mu.Unlock()
			ids[payer.ID] = true
		})
	}
	all.Wait()
	require.Len(t, ids, 1)
	payers := value[int64](w, "SELECT count(*) FROM payers")
	require.EqualValues(t, 1, payers, "who was slower left nobody behind")

	elsewhere := openid
	elsewhere.App = "wx2"
	other, err := w.PayerByIdentity(t.Context(), elsewhere)
	require.NoError(t, err)
	require.NotContains(t, ids, other.ID, "the same word in another app is somebody else")
	for id := range ids {
		subject, err := w.PayerSubject(t.Context(), id, openid.Provider, openid.App)
		require.NoError(t, err)
		require.Equal(t, openid.Subject, subject)
		subject, err = w.PayerSubject(t.Context(), id, openid.Provider, "wx2")
		require.NoError(t, err)
		require.Empty(t, subject)
	}
	require.Zero(t, value[int64](w, `SELECT count(*) FROM payer_identities
		WHERE position('oFriend' in encode(subject_sealed, 'escape')) > 0`), "the subject lies sealed")
}

func TestALoginIsGoodOnceAndForItsLink(t *testing.T) {
	w := open(t)
	login := store.LoginState{
		State: "s1", Invite: "inv_1", Provider: "wechatpay", Account: "acc_1", Channel: "wx",
	}
	require.NoError(t, w.BeginLogin(t.Context(), login))
	_, err := w.TakeLogin(t.Context(), "s1", "inv_2")
	refused(t, err, models.Gone, "login_over")
	taken, err := w.TakeLogin(t.Context(), "s1", "inv_1")
	require.NoError(t, err)
	login.State = ""
	require.Equal(t, login, taken)
	_, err = w.TakeLogin(t.Context(), "s1", "inv_1")
	refused(t, err, models.Gone, "login_over")

	login.State = "s2"
	require.NoError(t, w.BeginLogin(t.Context(), login))
	require.NoError(t, w.exec("UPDATE login_states SET expires_at = now() - interval '1 second'"))
	_, err = w.TakeLogin(t.Context(), "s2", "inv_1")
	refused(t, err, models.Gone, "login_over")
}

func TestWhatAProviderMayBeToldOfAPayer(t *testing.T) {
	w := open(t)
	payer, err := w.PayerByIdentity(t.Context(), openid)
	require.NoError(t, err)
	attempt := models.Attempt{
		Pay: models.Pay{Number: mint.Number(), Payer: payer.ID, Provider: "wechatpay"},
	}
	told, err := w.Paying(t.Context(), attempt, "wx1")
	require.NoError(t, err)
	require.Equal(t, store.Paying{Subject: openid.Subject}, told)

	require.NoError(t, w.SaveCheckout(t.Context(), attempt.Number, store.Checkout{Address: "203.0.113.9"}))
	require.NoError(t, w.SaveCheckout(t.Context(), attempt.Number, store.Checkout{Address: "203.0.113.10"}))
	told, err = w.Paying(t.Context(), attempt, "wx2")
	require.NoError(t, err)
	// The first word about him stays; in another app he is nobody.
	require.Equal(t, store.Paying{Address: "203.0.113.9"}, told)

	pruned, err := w.PruneCheckouts(t.Context())
	require.NoError(t, err)
	require.Zero(t, pruned)
	require.NoError(t, w.exec("UPDATE checkouts SET created_at = now() - interval '8 days'"))
	pruned, err = w.PruneCheckouts(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, pruned)
}

// Who has no phone is written to where his provider carries messages, and nowhere else.
func TestWhoHasNoPhoneIsSentNoText(t *testing.T) {
	t.Parallel()
	for provider, messages := range map[string]int64{"alipay": 0, "wechatpay": 1} {
		t.Run(provider, func(t *testing.T) {
			w := open(t)
			someone := store.Identity{Provider: provider, App: "app", Subject: "oFriend"}
			payer, err := w.PayerByIdentity(t.Context(), someone)
			require.NoError(t, err)
			w.settledBy(payer.ID)
			require.Equal(t, messages, value[int64](w, "SELECT count(*) FROM messages WHERE kind = 'sms'"))
			hooks := value[int64](w, "SELECT count(*) FROM messages WHERE kind = 'webhook'")
			require.NotZero(t, hooks, "the merchant is told")
		})
	}
}

// settledBy is a request that a payer has paid.
func (w *world) settledBy(payer string) {
	w.t.Helper()
	l, number := w.opened(), mint.Number()
	asked := l.ask(number)
	asked.Pay.Payer = payer
	l.save(asked, models.Event{Kind: models.LoginPassed, Attempt: number})
	l.save(models.Event{Kind: models.PaymentOpened, Attempt: number})
	l.save(capture(number, 12900))
	l.save(models.Event{Kind: models.OrderAccepted, Attempt: number})
	require.Equal(w.t, models.Settled, l.request.State)
}
