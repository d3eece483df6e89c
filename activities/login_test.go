package activities_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// welcome is a payer whom nothing speaks against.
func welcome(t *testing.T) *world {
	w := newWorld(t)
	w.rows.app = func() (store.App, error) { return store.App{}, nil }
	w.rows.invite = func() (store.InviteFacts, error) {
		return store.InviteFacts{State: store.InviteLive, Request: "fpr_1"}, nil
	}
	w.rows.disguise = func() (bool, error) { return false, nil }
	w.limits(store.PayerFacts{})
	w.rows.day = func(share store.DayShare) (bool, error) {
		want := store.DayShare{Payer: "pay_1", Request: "fpr_1", Attempt: number, Amount: models.CNY(12900)}
		want.Limit = share.Limit
		require.Equal(t, want, share)
		return true, nil
	}
	return w
}

func (w *world) limits(facts store.PayerFacts) {
	w.rows.facts = func() (store.PayerFacts, error) { return facts, nil }
}

func (w *world) invited(facts store.InviteFacts) {
	w.rows.invite = func() (store.InviteFacts, error) { return facts, nil }
}

func (w *world) ownAllowed() {
	w.rows.app = func() (store.App, error) { return store.App{BuyerMayPayOwn: true}, nil }
}

func (w *world) disguised() { w.rows.disguise = func() (bool, error) { return true, nil } }

var nobody = models.Refuse(models.NotFound, "unknown", canary)

func TestWhoMayPay(t *testing.T) {
	yuan := func(fen int64) models.Money { return models.CNY(fen) }
	for name, c := range map[string]struct {
		arrange func(*world)
		reason  string
	}{
		"nothing speaks against him": {func(*world) {}, ""},
		"the link was revoked": {func(w *world) {
			w.invited(store.InviteFacts{State: store.InviteRevoked, Request: "fpr_1"})
		}, "link_revoked"},
		"the link is of another request": {func(w *world) {
			w.invited(store.InviteFacts{State: store.InviteLive, Request: "fpr_2"})
		}, "link_revoked"},
		"there is no such link": {func(w *world) {
			w.rows.invite = func() (store.InviteFacts, error) { return store.InviteFacts{}, nobody }
		}, "link_revoked"},
		"he declined first": {func(w *world) {
			w.invited(store.InviteFacts{State: store.InviteDeclined, Request: "fpr_1"})
		}, ""},
		"there is no such payer": {func(w *world) {
			w.rows.facts = func() (store.PayerFacts, error) { return store.PayerFacts{}, nobody }
		}, "login_needed"},
		"he is blocked":   {func(w *world) { w.limits(store.PayerFacts{Blocked: true}) }, "payer_blocked"},
		"he is the buyer": {func(w *world) { w.disguised() }, "payer_is_buyer"},
		"he is, and may":  {func(w *world) { w.disguised(); w.ownAllowed() }, ""},
		"he is, may, and is blocked": {func(w *world) {
			w.disguised()
			w.ownAllowed()
			w.limits(store.PayerFacts{Blocked: true})
		}, "payer_blocked"},
		"just within his payments": {func(w *world) {
			w.limits(store.PayerFacts{PerPaymentLimit: yuan(12900)})
		}, ""},
		"above his payments": {func(w *world) {
			w.limits(store.PayerFacts{PerPaymentLimit: yuan(12899)})
		}, "payment_limit"},
		"just within his day": {func(w *world) { w.limits(store.PayerFacts{DailyLimit: yuan(12900)}) }, ""},
		"above any day of his": {func(w *world) {
			w.limits(store.PayerFacts{DailyLimit: yuan(12899)})
		}, "daily_limit"},
		"above what is left of his day": {func(w *world) {
			w.limits(store.PayerFacts{DailyLimit: yuan(20000)})
			w.rows.day = func(store.DayShare) (bool, error) { return false, nil }
		}, "daily_limit"},
		"a limit in another currency": {func(w *world) {
			w.limits(store.PayerFacts{PerPaymentLimit: models.Money{Minor: 99999, Currency: "HKD"}})
		}, "payment_limit"},
	} {
		t.Run(name, func(t *testing.T) {
			w := welcome(t)
			c.arrange(w)
			first, err := w.effect(models.CheckLogin, models.NewAttempt)
			require.NoError(t, err)
			second, err := w.effect(models.CheckLogin, models.NewAttempt)
			require.NoError(t, err)
			require.Equal(t, first, second)
			want := models.Event{Kind: models.LoginPassed, Attempt: number, Actor: "rules"}
			if c.reason != "" {
				want.Kind, want.Reason = models.LoginRefused, c.reason
			}
			require.Equal(t, want, first)
		})
	}
}

func TestTheBuyerHimselfNeedsNoLink(t *testing.T) {
	w := newWorld(t)
	call := models.Call{Request: request(models.NewAttempt), Ref: number}
	call.Request.Attempts[0].ByBuyer, call.Request.Attempts[0].Invite = true, ""
	w.ownAllowed()
	event, err := w.run("CheckLogin", call)
	require.NoError(t, err)
	require.Equal(t, models.LoginPassed, event.Kind)

	w.rows.app = func() (store.App, error) { return store.App{}, nil }
	event, err = w.run("CheckLogin", call)
	require.NoError(t, err)
	require.Equal(t, "buyer_may_not_pay", event.Reason)
}

// While the rows cannot be read nobody is let in and nobody turned away.
func TestALoginIsNotJudgedBlindly(t *testing.T) {
	down := errors.New(canary)
	for _, arrange := range []func(*world){
		func(w *world) { w.rows.invite = func() (store.InviteFacts, error) { return store.InviteFacts{}, down } },
		func(w *world) { w.rows.disguise = func() (bool, error) { return false, down } },
		func(w *world) { w.rows.facts = func() (store.PayerFacts, error) { return store.PayerFacts{}, down } },
		func(w *world) {
			w.limits(store.PayerFacts{DailyLimit: models.CNY(20000)})
			w.rows.day = func(store.DayShare) (bool, error) { return false, down }
		},
		func(w *world) {
			w.disguised()
			w.rows.app = func() (store.App, error) { return store.App{}, down }
		},
	} {
		w := welcome(t)
		arrange(w)
		_, err := w.effect(models.CheckLogin, models.NewAttempt)
		require.Equal(t, "internal", again(t, err).Type())
	}
}
