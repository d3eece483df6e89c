package activities_test

import (
	"errors"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
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
	w.known(store.PayerFacts{})
	w.limited()
	return w
}

func (w *world) known(facts store.PayerFacts) {
	w.rows.facts = func() (store.PayerFacts, error) { return facts, nil }
}

// limited are the limits of the app, of which enough is left.
func (w *world) limited(limits ...policy.Limit) {
	tables := policy.NewTables()
	for i, l := range limits {
		tables.Limits[strconv.Itoa(i)] = l
	}
	tables.Channels["mock"] = policy.Channel{ID: "mock", Enabled: true}
	w.rows.offers = func() (*policy.Catalogue, error) { return policy.NewCatalogue(1, tables), nil }
	w.rows.take = func(store.LimitShare) (*policy.Limit, error) { return nil, nil }
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
		"he is blocked":   {func(w *world) { w.known(store.PayerFacts{Blocked: true}) }, "payer_blocked"},
		"he is the buyer": {func(w *world) { w.disguised() }, "payer_is_buyer"},
		"he is, and may":  {func(w *world) { w.disguised(); w.ownAllowed() }, ""},
		"he is, may, and is blocked": {func(w *world) {
			w.disguised()
			w.ownAllowed()
			w.known(store.PayerFacts{Blocked: true})
		}, "payer_blocked"},
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
	w.limited(limit("payer", "transaction", 1), limit("buyer", "transaction", 1)) // for friends
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
			w.rows.offers = func() (*policy.Catalogue, error) { return nil, down }
		},
		func(w *world) {
			w.limited(limit("merchant", "day", 20000))
			w.rows.take = func(store.LimitShare) (*policy.Limit, error) { return nil, down }
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
