package store_test

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

func (w *world) invite(l *life, b byte) store.Invite {
	w.t.Helper()
	invite, err := w.CreateInvite(w.t.Context(), store.Invite{
		ID: mint.ID(mint.Invite), Request: l.request.ID, Generation: 1, TokenHash: hash(b), CodeHash: hash(b + 100),
		Surface: "wechat", Label: "Mum", ExpiresAt: l.request.ExpiresAt,
	})
	require.NoError(w.t, err)
	return invite
}

func TestTheFriendsPageIsOneRoundTrip(t *testing.T) {
	w := open(t)
	l := w.opened()
	invite := w.invite(l, 1)
	payer, err := w.PayerByPhone(t.Context(), phone)
	require.NoError(t, err)
	order, err := w.Order(t.Context(), l.request.Order)
	require.NoError(t, err)
	fresh := w.another()
	count, err := fresh.CountStatements()
	require.NoError(t, err)

	link, err := fresh.InviteByHash(t.Context(), hash(1))
	require.NoError(t, err)
	require.EqualValues(t, 1, count.Load())
	require.Equal(t, invite, link.Invite)
	require.Equal(t, l.request, link.Request)
	require.Equal(t, order, link.Order)
	require.Equal(t, "Tea House", link.App.MerchantName)
	require.Equal(t, []string{"https://shop.example"}, link.App.ReturnOrigins)
	require.Empty(t, link.App.WebhookSecret)
	require.Nil(t, link.Payer)
	channels, err := w.Channels(t.Context(), "app_1")
	require.NoError(t, err)
	require.Equal(t, "code", channels[0].ID, "in their order")
	require.Len(t, link.Channels, 2)
	require.Equal(t, channels[1], link.Channels[1])

	count.Store(0)
	link, err = fresh.Link(t.Context(), invite.ID, payer.ID)
	require.NoError(t, err)
	require.EqualValues(t, 1, count.Load())
	payer.New = false
	require.Equal(t, &payer, link.Payer)

	_, err = fresh.InviteByHash(t.Context(), hash(9))
	refused(t, err, models.NotFound, "unknown_link")
}

func TestAnInvitesLife(t *testing.T) {
	w := open(t)
	l := w.opened()
	invite := w.invite(l, 1)
	again, err := w.CreateInvite(t.Context(), invite)
	require.NoError(t, err)
	require.Equal(t, invite, again)

	require.NoError(t, w.OpenInvite(t.Context(), invite.ID))
	opened, err := w.Invite(t.Context(), invite.ID)
	require.NoError(t, err)
	require.NoError(t, w.OpenInvite(t.Context(), invite.ID))
	twice, err := w.Invite(t.Context(), invite.ID)
	require.NoError(t, err)
	require.EqualValues(t, 2, twice.OpenedCount)
	require.Equal(t, opened.FirstOpenedAt, twice.FirstOpenedAt)

	require.NoError(t, w.DeclineInvite(t.Context(), invite.ID, "dont_know_him"))
	require.NoError(t, w.RevokeInvite(t.Context(), invite.ID), "an ended one stays as it ended")
	facts, err := w.InviteFacts(t.Context(), invite.ID)
	require.NoError(t, err)
	require.Equal(t, store.InviteDeclined, facts.State)
	require.Equal(t, l.request.ID, facts.Request)
	second := w.invite(l, 2)
	all, err := w.Invites(t.Context(), l.request.ID)
	require.NoError(t, err)
	require.Equal(t, []string{invite.ID, second.ID}, []string{all[0].ID, all[1].ID})
	_, err = w.Invite(t.Context(), "inv_nobody")
	refused(t, err, models.NotFound, "unknown_invite")
}

func TestAShareCodeEndsWithItsRequest(t *testing.T) {
	w := open(t)
	l := w.opened()
	invite := w.invite(l, 1)
	found, err := w.ShareCode(t.Context(), hash(101))
	require.NoError(t, err)
	require.Equal(t, invite.ID, found)
	l.save(models.Event{Kind: models.BuyerCancelled})
	_, err = w.ShareCode(t.Context(), hash(101))
	refused(t, err, models.NotFound, "unknown_code")
	_, err = w.ShareCode(t.Context(), hash(77))
	refused(t, err, models.NotFound, "unknown_code")
}

func TestMerchantsAndTheirAccounts(t *testing.T) {
	w := open(t)
	require.NoError(t, w.Seed(t.Context(), seed()), "again changes nothing")
	principal, err := w.MerchantByKey(t.Context(), hash(1))
	require.NoError(t, err)
	require.Regexp(t, "^key_", principal.Key)
	require.Equal(t, store.Principal{
		Key: principal.Key, Merchant: "mer_1", Apps: []string{"app_1"}, Scopes: []string{}, Mode: "test",
	}, principal)
	_, err = w.MerchantByKey(t.Context(), hash(2))
	refused(t, err, models.Unauthenticated, "unknown_key")
	require.NoError(t, w.exec("UPDATE api_keys SET revoked_at = now()"))
	_, err = w.MerchantByKey(t.Context(), hash(1))
	refused(t, err, models.Unauthenticated, "unknown_key")

	app, err := w.App(t.Context(), "app_1")
	require.NoError(t, err)
	want := seed().Apps[0]
	want.MerchantName, want.NameCheck, want.Mode = "Tea House", store.NeverCheck, store.TestMode
	require.Equal(t, want, app)
	account, err := w.Account(t.Context(), "mockpay", "acc_1")
	require.NoError(t, err)
	require.Equal(t, store.TestMode, account.Mode, "its app's")
	account.Mode = ""
	require.Equal(t, seed().Accounts[0], account)
	_, err = w.Account(t.Context(), "alipay", "acc_1")
	refused(t, err, models.NotFound, "unknown_account")
	accounts, err := w.Accounts(t.Context(), "app_1")
	require.NoError(t, err)
	require.Equal(t, []store.Account{account}, accounts)
}

func TestPresentationsAreKeptSealed(t *testing.T) {
	w := open(t)
	_, number := w.paying()
	_, err := w.Presentation(t.Context(), number)
	refused(t, err, models.NotFound, "unknown_presentation")
	shown := providers.Presentation{
		Kind: providers.Form, URL: "https://pay.example", Fields: map[string]string{"a": "canary-form"},
	}
	require.NoError(t, w.SavePresentation(t.Context(), number, providers.Presentation{Kind: providers.QR}))
	require.NoError(t, w.SavePresentation(t.Context(), number, shown))
	stored, err := w.Presentation(t.Context(), number)
	require.NoError(t, err)
	require.Equal(t, shown, stored)
}

// Whatever is secret is looked for in every row of every table, as an intruder
// with a dump would.
func TestADumpShowsNoSecret(t *testing.T) {
	w := open(t)
	_, number := w.paying()
	_, err := w.PayerByPhone(t.Context(), phone)
	require.NoError(t, err)
	require.NoError(t, w.IssueCode(t.Context(), code("987321")))
	_, err = w.KeepEvent(t.Context(), event("key-1"))
	require.NoError(t, err)
	_, err = w.BeginKey(t.Context(), key("fpr_1"))
	require.NoError(t, err)
	answer := store.Answer{Status: 201, Body: []byte("canary-token")}
	_, err = w.FinishKey(t.Context(), "merchant:mer_1", "k", answer)
	require.NoError(t, err)
	_, _, err = w.Hit(t.Context(), "link_miss:203.0.113.9", 1, time.Minute)
	require.NoError(t, err)
	require.NoError(t, w.SavePresentation(t.Context(), number, providers.Presentation{URL: "canary-url"}))

	var dump strings.Builder
	for _, table := range value[[]string](w, `SELECT array_agg(table_name::text) FROM information_schema.tables
		WHERE table_schema = 'public'`) {
		rows := "SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM " + table + " t"
		dump.WriteString(value[string](w, rows))
	}
	shows := func(secret string) bool { // as text, or as the bytes of a column
		return strings.Contains(dump.String(), secret) ||
			strings.Contains(dump.String(), hex.EncodeToString([]byte(secret)))
	}
	require.True(t, shows("138****8000"), "the dump is of these rows")
	require.True(t, shows("\x02k1"), "the key's id is in every sealed column")
	for _, secret := range []string{"canary", phone, "987321", "203.0.113.9"} {
		require.False(t, shows(secret), secret)
	}
}
