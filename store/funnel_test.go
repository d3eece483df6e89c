package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// funnel counts what an app's invites of today came to.
func (w *world) funnel(surface, channel string) store.Funnel {
	w.t.Helper()
	counted, err := w.Funnel(w.t.Context(), store.FunnelFilter{
		App: "app_1", Surface: surface, Channel: channel,
		Since: time.Now().Add(-time.Hour), Until: time.Now().Add(time.Hour),
	})
	require.NoError(w.t, err)
	return counted
}

// shared makes an invite for one more friend of a fresh request.
func (w *world) shared(surface string) (*life, store.Invite) {
	w.t.Helper()
	l, number := w.opened(), mint.Number()
	invite, err := w.CreateInvite(w.t.Context(), store.Invite{
		ID: mint.ID(mint.Invite), Request: l.request.ID, Generation: 1, TokenHash: []byte(number + "000000")[:32],
		Surface: surface, ExpiresAt: time.Now().Add(time.Hour),
	})
	require.NoError(w.t, err)
	return l, invite
}

// paysBy lets a payer pay by an invite.
func (l *life) paysBy(invite, payer string) {
	l.w.t.Helper()
	number := mint.Number()
	asked := l.ask(number)
	asked.Pay.Invite, asked.Pay.Payer = invite, payer
	l.save(asked, models.Event{Kind: models.LoginPassed, Attempt: number})
	l.save(models.Event{Kind: models.PaymentOpened, Attempt: number})
	accepted := models.Event{Kind: models.OrderAccepted, Attempt: number, Spare: mint.Number()}
	l.save(capture(number, 12900), accepted)
}

func TestTheStepsOfAFriendAreCounted(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	var invites []store.Invite
	for range 5 {
		_, invite := w.shared("wechat")
		invites = append(invites, invite)
	}
	payer, err := w.PayerByPhone(ctx, "13800138000")
	require.NoError(t, err)
	require.True(t, payer.New)
	known, err := w.LinkPhone(ctx, "", "13800138000")
	require.NoError(t, err)
	require.False(t, known.New)

	for i, invite := range invites[1:] { // one is never opened, the next ones turn back ever later
		require.NoError(t, w.OpenInvite(ctx, invite.ID))
		if i > 0 {
			require.NoError(t, w.CameIn(ctx, invite.ID, "mock"))
		}
		if i > 1 {
			require.NoError(t, w.BeginLogin(ctx, store.LoginState{
				State: invite.ID, Invite: invite.ID, Provider: "mockpay", Account: "acc_1", Channel: "mock",
			}))
		}
		if i > 2 {
			require.NoError(t, w.LoggedIn(ctx, store.Login{Invite: invite.ID, Newcomer: true}))
		}
	}
	l, paid := w.shared("qq")
	l.paysBy(paid.ID, payer.ID)

	all := w.funnel("", "")
	require.Equal(t, store.Funnel{
		Made: 6, Opened: 5, CameIn: 4, LoginBegun: 3, LoggedIn: 2, Asked: 1, Paid: 1, Newcomers: 1,
		FriendsWon: 1,
	}, all)
	require.Equal(t, store.FunnelStep{Step: "login_begun", Count: 3, Left: 1}, all.Steps()[3], "at login")
	require.Equal(t, store.Funnel{Made: 5, Opened: 4, CameIn: 3, LoginBegun: 2, LoggedIn: 1, Newcomers: 1},
		w.funnel("wechat", ""))
	require.EqualValues(t, 4, w.funnel("", "mock").Made, "whose friend picked it")
	require.Zero(t, w.funnel("", "code").Made)
}

func TestOnlyTheFirstMomentOfAStepIsKept(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	_, invite := w.shared("wechat")
	const row = `SELECT exchanged_at || ' ' || login_begun_at || ' ' || logged_in_at || ' ' || asked_at || ' ' ||
		newcomer || ' ' || channel FROM invites WHERE id = $1`
	steps := func(channel string, newcomer bool) string {
		require.NoError(t, w.CameIn(ctx, invite.ID, channel))
		require.NoError(t, w.LoginBegun(ctx, invite.ID))
		require.NoError(t, w.LoggedIn(ctx, store.Login{Invite: invite.ID, Newcomer: newcomer}))
		require.NoError(t, w.SaveCheckout(ctx, mint.Number(), store.Checkout{Invite: invite.ID}))
		return value[string](w, row, invite.ID)
	}
	first := steps("mock", true)
	require.Contains(t, first, "true mock")
	require.Equal(t, first, steps("code", false))
	again, err := w.Invite(ctx, invite.ID)
	require.NoError(t, err)
	require.False(t, again.ExchangedAt.IsZero())
	require.EqualValues(t, 1, w.funnel("wechat", "").Asked, "also if nothing came of it")
}

func TestALookAtAPaymentBeginsNoLogin(t *testing.T) {
	w := open(t)
	_, invite := w.shared("wechat")
	look := store.LoginState{State: "s1", Invite: invite.ID, Provider: "mockpay", Account: "acc_1"}
	require.NoError(t, w.BeginLogin(t.Context(), look))
	require.Zero(t, w.funnel("", "").LoginBegun)
	require.NoError(t, w.BeginLogin(t.Context(), store.LoginState{
		State: "s2", Invite: invite.ID, Provider: store.ByIssuer,
	}))
	require.EqualValues(t, 1, w.funnel("", "").LoginBegun)
}

func TestAFriendIsWonOnce(t *testing.T) {
	w := open(t)
	payer, err := w.PayerByPhone(t.Context(), "13800138000")
	require.NoError(t, err)
	for range 2 {
		l, invite := w.shared("wechat")
		l.paysBy(invite.ID, payer.ID)
	}
	l, invite := w.shared("qq")
	l.paysBy(invite.ID, payer.ID)
	require.EqualValues(t, 3, w.funnel("", "").Paid)
	require.EqualValues(t, 1, w.funnel("", "").FriendsWon)
	require.Zero(t, w.funnel("qq", "").FriendsWon, "he had paid before")
}

func TestAFunnelIsBounded(t *testing.T) {
	w := open(t)
	now := time.Now()
	for _, since := range []time.Time{now, now.Add(-94 * 24 * time.Hour)} {
		_, err := w.Funnel(t.Context(), store.FunnelFilter{Since: since, Until: now})
		refused(t, err, models.Invalid, "bad_range")
	}
	since, until, err := store.FunnelDays("2026-05-01", "", time.Date(2026, 5, 1, 16, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	require.Equal(t, 48*time.Hour, until.Sub(since), "it is the second of May in Shanghai already")
	require.Equal(t, "2026-04-30T16:00:00Z", since.UTC().Format(time.RFC3339))
	_, _, err = store.FunnelDays("2026-05-01", "x", now)
	refused(t, err, models.Invalid, "bad_day")
}

func TestAForgottenContactsInviteIsNobodys(t *testing.T) {
	w := open(t)
	_, invite := w.shared("")
	ctx, index := t.Context(), w.ContactIndex("app_1", "friend-7")
	require.NoError(t, w.exec("UPDATE invites SET contact_index = $1 WHERE id = $2", index, invite.ID))
	payer, err := w.LinkIdentity(ctx, "", store.Identity{
		Provider: store.ByMerchant, App: "app_1", Subject: "friend-7",
	})
	require.NoError(t, err)
	require.True(t, payer.New)
	_, err = w.ForgetPayer(ctx, payer.ID, anna)
	require.NoError(t, err)
	invite, err = w.Invite(ctx, invite.ID)
	require.NoError(t, err)
	require.True(t, invite.ForContact(), "it is not everybody's now")
	require.NotEqual(t, index, invite.ContactIndex)
}
