package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// offers makes the tea shop give 3.00 off with any channel, and the channel 5.00 as often
// as its budget lasts.
func (w *world) offers(budget string) {
	w.exec(`INSERT INTO promotions (id, app_id, channel, name_zh, name_en, sponsor, fixed_minor, budget_minor,
		currency, stack_group, position, since, until) VALUES
		('shop', 'app_tea', '', '本店立减', 'Shop', 'merchant', 300, 100000, 'CNY', 'shop', 1,
			now() - interval '1 day', now() + interval '1 day'),
		('rail', 'app_tea', 'mock', '渠道立减', 'Rail', 'channel', 500, ` + budget + `, 'CNY', 'rail', 2,
			now() - interval '1 day', now() + interval '1 day')`)
}

const wantsCheapTea = `{"channel":"mock","quote":{"minor":12100,"currency":"CNY","price_version":1}}`

func TestAQuoteIsToldBeforeAnythingIsAsked(t *testing.T) {
	f := newFriends(t)
	f.offers("100000")
	id := f.place()
	v := f.visit(id)
	page := strings.Join(strings.Fields(v.get("/f/"+f.secret(id)).Body.String()), " ")
	require.Contains(t, page, `¥121.00<small class="saved">立减 ¥3.00 由商家承担</small>`)
	require.Contains(t, page, "立减 ¥5.00 由支付渠道承担")
	require.Contains(t, v.get("/pay?channel=mock").Body.String(), "立减 ¥5.00 由支付渠道承担", "before the login")

	link := v.json(get, "/v1/link", "").Body.String()
	require.Contains(t, link, `"quote":{"order_amount":{"minor":12900,"currency":"CNY"},"discounts":[`+
		`{"promotion":"shop","sponsor":"merchant","name_zh":"本店立减","name_en":"Shop",`+
		`"amount":{"minor":300,"currency":"CNY"}},{"promotion":"rail","sponsor":"channel"`)
	require.Contains(t, link, `"payer_pays":{"minor":12100,"currency":"CNY"},"price_version":1}`)

	order := `{"order_id":"` + f.order(id) + `"}`
	asked := f.call(post, "/v1/eligibility", teaKey, order).Body.String()
	require.Contains(t, asked, `"payer_pays":{"minor":12100,"currency":"CNY"}`)

	v.logIn("13800138000")
	confirm := v.get("/pay?channel=mock").Body.String()
	require.Contains(t, confirm, `name="minor.mock" value="12100"`)
	require.Contains(t, confirm, "¥121.00")
}

// order is the id of a request's order.
func (w *world) order(id string) string {
	w.t.Helper()
	r, err := w.store.Request(w.t.Context(), id)
	require.NoError(w.t, err)
	return r.Order
}

func TestAQuoteIsPinnedToTheAttempt(t *testing.T) {
	f := newFriends(t)
	f.offers("100000")
	id := f.place()
	v := f.visit(id).logIn("13800138000")
	dear := v.json(post, "/v1/link/attempts", wantsTea)
	require.Equal(t, "price_changed", dear.text("reason"), "he would have paid more than he has to")
	require.InDelta(t, 12100, dear.field("quote", "payer_pays", "minor"), 0)

	form := []string{"channel", "mock", "minor", "12900", "minor.mock", "12100", "currency", "CNY",
		"price_version", "1"}
	require.Equal(t, bankPage, v.post("/pay/attempts", form...).Header().Get("Location"))
	require.Equal(t, models.CNY(12100), f.door.event.Pay.Quoted)
	require.Equal(t, []models.Discount{{Promotion: "shop", Sponsor: "merchant", Minor: 300},
		{Promotion: "rail", Sponsor: "channel", Minor: 500}}, f.door.event.Pay.Discounts)
	waiting := v.get("/pay/result").Body.String()
	require.Contains(t, waiting, "<dt>你要付</dt><dd>¥121.00</dd>", "as the cashier says")
	require.Contains(t, waiting, "立减 ¥3.00")
	require.NotContains(t, waiting, "¥129.00")
	f.exec("UPDATE channels SET name_zh = '', name_en = ''")
	require.NotContains(t, v.get("/pay/result").Body.String(), "去  付款", "a name is never empty")
	f.exec("UPDATE promotions SET enabled = false")
	require.Equal(t, http.StatusCreated, v.json(post, "/v1/link/attempts", wantsCheapTea).Code,
		"he is at it already; what was pinned stays")
	f.settle(id)
	require.Contains(t, v.get("/pay/result").Body.String(), "立减 ¥5.00 由支付渠道承担")
	seen := f.call(get, "/v1/requests/"+id, teaKey, "").Body.String()
	require.Contains(t, seen, `"order_amount":{"minor":12900,"currency":"CNY"},"discounts":[{"promotion":"shop"`)
}

// settle lets the newest attempt be paid with the offers.
func (f *friends) settle(id string) {
	f.happen(id, models.Event{Kind: models.PaymentSucceeded, Spare: mint.Number(),
		Capture: &models.Capture{Money: models.CNY(12100), Transaction: "t", PaidAt: time.Now()}})
	f.happen(id, models.Event{Kind: models.OrderAccepted, Spare: mint.Number()})
}

func TestAnOfferThatEndedIsToldWithTheNewQuote(t *testing.T) {
	f := newFriends(t)
	f.offers("500")
	taken, err := f.store.TakeFromBudgets(t.Context(), "app_tea", mint.ID(mint.Request), mint.Number(),
		[]store.BudgetShare{{Promotion: "rail", Minor: 500, Budget: 500}})
	require.NoError(t, err)
	require.True(t, taken)
	v := f.visit(f.place()).logIn("13800138000")
	got := v.json(post, "/v1/link/attempts", wantsCheapTea)
	require.Equal(t, http.StatusConflict, got.Code)
	require.Equal(t, "price_changed", got.text("reason"))
	require.InDelta(t, 12600, got.field("quote", "payer_pays", "minor"), 0)
	require.InDelta(t, 12900, got.field("price", "payable", "minor"), 0)

	f.door.refuse, f.door.reason = models.LoginRefused, "price_changed" // used up since the page was read
	late := v.json(post, "/v1/link/attempts", strings.Replace(wantsCheapTea, "12100", "12600", 1))
	require.Equal(t, http.StatusConflict, late.Code)
	require.InDelta(t, 12600, late.field("quote", "payer_pays", "minor"), 0)
}

func TestARefundIsAskedForByThePartOfTheOrder(t *testing.T) {
	f := newFriends(t)
	f.offers("100000")
	id := f.place()
	v := f.visit(id).logIn("13800138000")
	require.Equal(t, http.StatusCreated, v.json(post, "/v1/link/attempts", wantsCheapTea).Code)
	f.settle(id)
	refund := func(body string) answer { return f.create("/v1/requests/"+id+"/refunds", teaKey, body) }
	part := refund(`{"order_amount":{"minor":4300,"currency":"CNY"}}`)
	require.Equal(t, http.StatusCreated, part.Code, part.Body)
	require.InDelta(t, 4033, part.field("amount", "minor"), 0)
	require.InDelta(t, 4300, part.field("order_amount", "minor"), 0)
	both := refund(`{"order_amount":{"minor":1,"currency":"CNY"},"amount":{"minor":1,"currency":"CNY"}}`)
	require.Equal(t, "one_amount", both.text("reason"))
	more := refund(`{"order_amount":{"minor":8601,"currency":"CNY"}}`)
	require.Equal(t, "refund_exceeds", more.text("reason"))
	require.Equal(t, "order_amount.minor", more.text("field"))
	require.Contains(t, more.text("detail"), "8600 is left")
	require.Contains(t, more.text("fix"), "8600 at most")
	payers := refund(`{"amount":{"minor":8068,"currency":"CNY"}}`)
	require.Equal(t, "amount.minor", payers.text("field"))
	require.Contains(t, payers.text("detail"), "8067 is left")
	rest := refund(`{}`)
	require.InDelta(t, 8067, rest.field("amount", "minor"), 0)
	require.InDelta(t, 8600, rest.field("order_amount", "minor"), 0)
}
