package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// The canaries: what stands in the clear, and must be in no row afterwards.
var canaries = []string{
	"138****8000", "canary-name", "canary-title", "canary-item", "canary-label", "canary-why",
	"canary-words", "canary-kind",
}

var anna = store.By{Actor: "staff:anna", Reason: "ticket-1"}

// dump is every row of every table as text, by table.
func (w *world) dump() map[string]string {
	w.t.Helper()
	tables := value[[]string](w, `SELECT array_agg(tablename::text) FROM pg_tables WHERE schemaname = 'public'`)
	all := map[string]string{}
	for _, table := range tables {
		const rows = "SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM %q t"
		all[table] = value[string](w, fmt.Sprintf(rows, table))
	}
	return all
}

// finds names the tables that hold one of the texts.
func finds(dump map[string]string, texts ...string) (where []string) {
	for table, rows := range dump {
		for _, text := range texts {
			if strings.Contains(rows, text) {
				where = append(where, table+": "+text)
			}
		}
	}
	return where
}

// sealed lists everything secret that the rows hold about people, as it stands there.
func (w *world) sealed() []string {
	return value[[]string](w, `SELECT array_agg(encode(secret, 'hex')) FROM (
		SELECT phone_index AS secret FROM payers UNION ALL SELECT phone_sealed FROM payers
		UNION ALL SELECT subject_index FROM payer_identities UNION ALL SELECT subject_sealed FROM payer_identities
		UNION ALL SELECT address_sealed FROM checkouts UNION ALL SELECT sealed FROM presentations
		UNION ALL SELECT raw_sealed FROM provider_events UNION ALL SELECT headers_sealed FROM provider_events
		UNION ALL SELECT raw_sealed FROM provider_event_conflicts UNION ALL SELECT phone_index FROM login_codes
		UNION ALL SELECT buyer_phone_index FROM orders) secrets WHERE secret IS NOT NULL AND secret <> ''`)
}

// known is a settled request about which the rows know all that they can of a person.
func (w *world) known() (*life, store.Payer) {
	w.t.Helper()
	ctx := w.t.Context()
	payer, err := w.PayerByPhone(ctx, phone)
	require.NoError(w.t, err)
	require.NoError(w.t, w.BlockPayer(ctx, payer.ID, false, "canary-why"))
	require.NoError(w.t, w.exec(`INSERT INTO payer_identities
		(provider, app, subject_index, subject_sealed, payer_id)
		VALUES ('wechatpay', 'wx1', sha256('a'), sha256('b'), $1)`, payer.ID))
	require.NoError(w.t, w.IssueCode(ctx, code("123456")))
	order, err := w.CreateOrder(ctx, store.Order{
		ID: mint.ID(mint.Order), App: "app_1", Merchant: "mer_1", Buyer: "buyer-1", BuyerName: "canary-name",
		BuyerPhone: "13900139000", Number: mint.Number(), Title: "canary-title", Category: "canary-kind",
		Payable: models.CNY(12900),
		Items:   []store.Item{{Title: "canary-item", Quantity: 1, Price: models.CNY(12900)}}, PriceVersion: 1,
	})
	require.NoError(w.t, err)
	l := w.live(order)
	l.save(models.Event{Kind: models.Placed}, models.Event{Kind: models.OrderEligible})
	number := mint.Number()
	require.NoError(w.t, w.BeginCard(ctx, l.request.ID, store.Card{
		Shows: models.ShowsCategory, Message: "canary-words",
	}))
	_, err = w.CreateInvite(ctx, store.Invite{
		ID: "inv_" + number, Request: l.request.ID, Generation: 1, TokenHash: hash(9), Label: "canary-label",
		ExpiresAt: l.request.ExpiresAt,
	})
	require.NoError(w.t, err)
	asked := l.ask(number)
	asked.Pay.Payer, asked.Pay.Invite = payer.ID, "inv_"+number
	l.save(asked, models.Event{Kind: models.LoginPassed, Attempt: number})
	l.save(models.Event{Kind: models.PaymentOpened, Attempt: number})
	require.NoError(w.t, w.SaveCheckout(ctx, number, store.Checkout{Address: "203.0.113.9"}))
	require.NoError(w.t, w.SavePresentation(ctx, number, providers.Presentation{URL: "https://pay.example/1"}))
	for _, body := range []string{"openid", "another"} {
		_, err = w.KeepEvent(ctx, store.ProviderEvent{
			Provider: "mockpay", Account: "acc_1", Key: "k1", Kind: providers.PaymentNotice, Number: number,
			Raw: []byte(body), Headers: map[string][]string{"X": {"y"}},
		})
		require.NoError(w.t, err)
	}
	taken := models.Event{Kind: models.OrderAccepted, Attempt: number, Spare: mint.Number()}
	l.save(capture(number, 12900), taken)
	return l, payer
}

// over ends the guard.
func (l *life) over() { l.save(models.Event{Kind: models.GuardLapsed}) }

func TestAPersonIsForgottenAndTheBooksStay(t *testing.T) {
	w := open(t)
	l, payer := w.known()
	refund, back := mint.Number(), models.CNY(900)
	l.save(models.Event{Kind: models.RefundAsked, Refund: refund, Money: &back})
	l.save(models.Event{Kind: models.RefundDone, Refund: refund})
	l.over()
	before, secrets := w.dump(), w.sealed()
	require.GreaterOrEqual(t, len(secrets), 10, "else the test proves nothing")
	for _, canary := range canaries {
		require.NotEmpty(t, finds(before, canary), canary)
	}
	totals, err := w.Totals(t.Context(), l.request.ID)
	require.NoError(t, err)

	rows, err := w.ForgetPayer(t.Context(), payer.ID, anna)
	require.NoError(t, err)
	require.GreaterOrEqual(t, rows, int64(8))
	rows, err = w.ForgetBuyer(t.Context(), "app_1", "buyer-1", anna)
	require.NoError(t, err)
	require.Positive(t, rows)

	after := w.dump()
	require.Empty(t, finds(after, append(secrets, canaries...)...))
	for _, books := range []string{
		"ledger_entries", "attempts", "refunds", "transitions", "requests", "messages", "cases", "provider_calls",
	} {
		require.Equal(t, before[books], after[books], books)
	}
	same, err := w.Totals(t.Context(), l.request.ID)
	require.NoError(t, err)
	require.Equal(t, totals, same)
	for _, subject := range []string{payer.ID, "app_1/buyer-1"} {
		deeds, err := w.Deeds(t.Context(), subject)
		require.NoError(t, err)
		require.Len(t, deeds, 1)
		require.Equal(t, anna, store.By{Actor: deeds[0].Actor, Reason: deeds[0].Reason})
	}
}

func TestForgettingTwiceIsForgettingOnce(t *testing.T) {
	w := open(t)
	l, payer := w.known()
	l.over()
	_, err := w.ForgetPayer(t.Context(), payer.ID, anna)
	require.NoError(t, err)
	_, err = w.ForgetBuyer(t.Context(), "app_1", "buyer-1", anna)
	require.NoError(t, err)
	before := w.dump()
	rows, err := w.ForgetPayer(t.Context(), payer.ID, anna)
	require.NoError(t, err)
	require.Zero(t, rows)
	rows, err = w.ForgetBuyer(t.Context(), "app_1", "buyer-1", anna)
	require.NoError(t, err)
	require.Zero(t, rows)
	require.Equal(t, before, w.dump())
	_, err = w.ForgetPayer(t.Context(), "pay_nobody", anna)
	refused(t, err, models.NotFound, "unknown_payer")
	_, err = w.KnownPayer(t.Context(), phone)
	refused(t, err, models.NotFound, "unknown_payer")

	again, err := w.PayerByPhone(t.Context(), phone)
	require.NoError(t, err)
	require.NotEqual(t, payer.ID, again.ID, "who comes again is somebody new")
}

// While something of his is open he may still be needed: nothing is forgotten at all.
func TestWhoIsStillNeededIsNotForgotten(t *testing.T) {
	w := open(t)
	l, payer := w.known()
	before := w.dump()
	notYet := func() {
		t.Helper()
		_, err := w.ForgetPayer(t.Context(), payer.ID, anna)
		require.Contains(t, refused(t, err, models.Conflict, "requests_open").Message, l.request.ID)
		_, err = w.ForgetBuyer(t.Context(), "app_1", "buyer-1", anna)
		refused(t, err, models.Conflict, "requests_open")
	}
	notYet() // the guard
	require.Equal(t, before, w.dump())
	l.over()
	refund, back := mint.Number(), models.CNY(900)
	l.save(models.Event{Kind: models.RefundAsked, Refund: refund, Money: &back})
	notYet() // money on its way
	l.save(models.Event{Kind: models.RefundBroke, Refund: refund, Reason: "rejected"})
	notYet() // a human's case
	l.save(models.Event{Kind: models.RefundRetried, Refund: refund, Spare: mint.Number()})
	l.save(models.Event{Kind: models.RefundDone, Refund: refund})
	_, err := w.ForgetPayer(t.Context(), payer.ID, store.By{})
	refused(t, err, models.Invalid, "nobody")
	found, err := w.PayerPhone(t.Context(), payer.ID)
	require.NoError(t, err)
	require.Equal(t, phone, found, "what nobody answers for is not done")
	_, err = w.ForgetPayer(t.Context(), payer.ID, anna)
	require.NoError(t, err)
}

func TestTheAuditIsOnlyAddedTo(t *testing.T) {
	w := open(t)
	deed := store.Deed{Actor: "staff:anna", Act: "test", Subject: "x", Detail: map[string]string{"a": "b"}}
	require.NoError(t, w.Audit(t.Context(), deed))
	for _, statement := range []string{
		"DELETE FROM audit", "UPDATE audit SET actor = 'nobody'", "TRUNCATE audit",
	} {
		require.ErrorContains(t, w.exec(statement), "only ever added to")
	}
	deeds, err := w.Deeds(t.Context(), "x")
	require.NoError(t, err)
	require.Equal(t, "b", deeds[0].Detail["a"])
}
