package store_test

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// who shows that an identity, or a phone, is of that payer.
func (w *world) linked(payer string, identity store.Identity) string {
	w.t.Helper()
	p, err := w.LinkIdentity(w.t.Context(), payer, identity)
	require.NoError(w.t, err)
	return p.ID
}

func (w *world) phoned(payer, phone string) string {
	w.t.Helper()
	p, err := w.LinkPhone(w.t.Context(), payer, phone)
	require.NoError(w.t, err)
	return p.ID
}

var (
	atIssuer = store.Identity{Provider: store.ByIssuer, App: "https://login.example#us", Subject: "staff-1"}
	inAlipay = store.Identity{Provider: "alipay", App: "2021", Subject: "2088"}
)

func TestOneProfileHasSeveralIdentities(t *testing.T) {
	w := open(t)
	ming := w.phoned("", phone)
	for _, identity := range []store.Identity{openid, inAlipay, atIssuer} {
		require.Equal(t, ming, w.linked(ming, identity))
		require.Equal(t, ming, w.linked("", identity), "found by it from now on")
		subject, err := w.PayerSubject(t.Context(), ming, identity.Provider, identity.App)
		require.NoError(t, err)
		require.Equal(t, identity.Subject, subject, "sealed for him")
	}
	hua := w.linked("", store.Identity{Provider: "wechatpay", App: "wx1", Subject: "oHua"})
	require.Equal(t, hua, w.phoned(hua, "13900139000"), "the other way round")
	told, err := w.PayerPhone(t.Context(), hua)
	require.NoError(t, err)
	require.Equal(t, "13900139000", told)
	require.EqualValues(t, 2, value[int](w, "SELECT count(*) FROM payers"))
}

// Who shows what another has already becomes that one: nothing moves between profiles.
func TestAnIdentityOfAnotherLeadsToHim(t *testing.T) {
	w := open(t)
	ming, hua := w.phoned("", phone), w.linked("", openid)
	require.NotEqual(t, ming, hua)
	require.Equal(t, hua, w.linked(ming, openid))
	require.Equal(t, ming, w.phoned(hua, phone))
	subject, err := w.PayerSubject(t.Context(), ming, openid.Provider, openid.App)
	require.NoError(t, err)
	require.Empty(t, subject)

	second := store.Identity{Provider: "wechatpay", App: "wx1", Subject: "oSecond"}
	require.NotEqual(t, hua, w.linked(hua, second), "a profile has one identity in each app")
	require.NotEqual(t, ming, w.phoned(ming, "13900139000"), "and one phone")
	blocked := w.phoned("", "13700137000")
	require.NoError(t, w.BlockPayer(t.Context(), blocked, true, "fraud"))
	require.Equal(t, blocked, w.linked(blocked, inAlipay), "a new identity is no way out of a block")
}

func TestNobodyForgottenGetsAnIdentity(t *testing.T) {
	w := open(t)
	gone := w.linked("", openid)
	_, err := w.ForgetPayer(t.Context(), gone, store.By{Actor: "staff:ada", Reason: "asked"})
	require.NoError(t, err)
	require.NotEqual(t, gone, w.linked(gone, inAlipay))
	require.NotEqual(t, gone, w.phoned(gone, phone))
	require.NotEqual(t, gone, w.linked("pay_nobody", atIssuer))
}

func TestAPhoneThatManyShowAtOnceIsOfOne(t *testing.T) {
	w := open(t)
	first, second := w.linked("", openid), w.linked("", inAlipay)
	ids := make([]string, 20)
	w.race(20, func(i int) {
		p, err := w.LinkPhone(t.Context(), []string{first, second}[i%2], phone)
		require.NoError(t, err)
		ids[i] = p.ID
	})
	for _, id := range ids {
		require.Equal(t, ids[0], id)
	}
	require.Contains(t, []string{first, second}, ids[0])
}

// The buyer is told by every identity that he has.
func TestTheBuyerIsKnownByEachOfHisIdentities(t *testing.T) {
	w := open(t)
	order := w.order()
	order.ID, order.Number, order.BuyerPhone = mint.ID(mint.Order), mint.Number(), phone
	_, err := w.CreateOrder(t.Context(), order)
	require.NoError(t, err)
	self := func(payer string) bool {
		same, err := w.PayerIsBuyer(t.Context(), payer, order.ID)
		require.NoError(t, err)
		return same
	}
	friend := w.linked("", openid)
	require.False(t, self(friend))
	require.Equal(t, friend, w.phoned(friend, phone))
	require.True(t, self(friend), "his openid's profile has the buyer's phone now")

	vouched := func(app, id string) string {
		return w.linked("", store.Identity{Provider: store.ByMerchant, App: app, Subject: id})
	}
	require.True(t, self(vouched(order.App, order.Buyer)), "the merchant's own word")
	require.False(t, self(vouched(order.App, order.Buyer+"x")))
	require.False(t, self(vouched("app_other", order.Buyer)), "another app's buyers are others")
}

func TestAVoucherIsGoodOnceAndForItsApp(t *testing.T) {
	w := open(t)
	_, err := w.IssueVoucher(t.Context(), store.Voucher{Token: "word", App: "app_1", Subject: "canary-person"})
	require.NoError(t, err)
	_, err = w.TakeVoucher(t.Context(), "word", "app_2")
	refused(t, err, models.Gone, "voucher_over")
	require.Zero(t, value[int](w, `SELECT count(*) FROM vouchers
		WHERE position('canary' in encode(subject_sealed, 'escape')) > 0`))
	var taken atomic.Int64
	w.race(10, func(int) {
		who, err := w.TakeVoucher(t.Context(), "word", "app_1")
		if err == nil {
			taken.Add(1)
			require.Equal(t, store.Identity{Provider: "merchant", App: "app_1", Subject: "canary-person"}, who)
		}
	})
	require.EqualValues(t, 1, taken.Load())

	_, err = w.IssueVoucher(t.Context(), store.Voucher{Token: "late", App: "app_1", Subject: "p"})
	require.NoError(t, err)
	require.NoError(t, w.exec("UPDATE vouchers SET expires_at = now() - interval '1 second'"))
	_, err = w.TakeVoucher(t.Context(), "late", "app_1")
	refused(t, err, models.Gone, "voucher_over")
	pruned, err := w.PruneCheckouts(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, pruned)
}

func TestTheAskerIsKeptAsHashesOfHisOrder(t *testing.T) {
	w := open(t)
	told := w.order()
	told.ID, told.Number = mint.ID(mint.Order), mint.Number()
	told.BuyerSurname, told.BuyerPhone = "王", "13800138042"
	stored, err := w.CreateOrder(t.Context(), told)
	require.NoError(t, err)
	other := told
	other.ID, other.Number = mint.ID(mint.Order), mint.Number()
	second, err := w.CreateOrder(t.Context(), other)
	require.NoError(t, err)
	require.NotEqual(t, stored.BuyerSurnameIndex, second.BuyerSurnameIndex, "another hash for each order")
	require.True(t, w.Asker(stored, "王", ""))
	require.True(t, w.Asker(stored, "", "42"))
	for _, wrong := range [][2]string{{"李", ""}, {"", "24"}, {"", ""}, {"42", "王"}} {
		require.False(t, w.Asker(stored, wrong[0], wrong[1]), wrong)
	}
	require.False(t, w.Asker(w.order(), "", ""), "nothing told is nothing known")

	// An order of before the hashes is the same order when the merchant tells it again.
	require.NoError(t, w.exec("UPDATE orders SET buyer_surname_index = NULL, buyer_tail_index = NULL"))
	told.ID = mint.ID(mint.Order)
	_, err = w.CreateOrder(t.Context(), told)
	require.NoError(t, err)
}
