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

// couponed is a capture of 129.00 of which a coupon paid 9.00, from a bank card.
func couponed() models.Event {
	event := captured12900()
	event.Capture.Coupon, event.Capture.Funding, event.Capture.RefundDays = models.CNY(900), "CMB_DEBIT", 4
	return event
}

// giveBack is a friend's payment that is on its way back to him: the refund's number.
func (f *friends) giveBack(v *visitor, id string) string {
	f.t.Helper()
	v.pay()
	r := f.happen(id, couponed())
	_, err := f.store.ClaimOrder(f.t.Context(), store.Claim{
		Order: r.Order, Request: id, Attempt: r.Winner, Price: r.Payable, PriceVersion: r.PriceVersion,
	})
	require.NoError(f.t, err)
	f.happen(id, models.Event{Kind: models.OrderAccepted, Spare: mint.Number()})
	refund, part := mint.Number(), models.CNY(4300)
	f.happen(id, models.Event{Kind: models.RefundAsked, Refund: refund, Money: &part})
	return refund
}

// He paid 120.00 himself; of 43.00 that go back, 40.00 are his.
func TestTheFriendReadsWhatHeGetsBackAndWhen(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v := f.visit(id).logIn("13800138000")
	f.giveBack(v, id)
	r, err := f.store.Request(t.Context(), id)
	require.NoError(t, err)
	due := r.Refunds[0].ExpectedBy
	require.False(t, due.IsZero())
	china := time.FixedZone("UTC+8", 8*60*60)
	page := v.get("/pay/result").Body.String()
	for _, said := range []string{
		"¥120.00", "¥9.00", "¥40.00", "¥3.00", "退回中", "发起退款",
		"预计最晚 " + due.In(china).Format(time.DateOnly) + " 到账", `http-equiv="refresh"`,
	} {
		require.Contains(t, page, said)
	}
	require.NotContains(t, page, "¥43.00", "never more than his part")
	english := v.get("/pay/result", "Accept-Language", "en").Body.String()
	require.Contains(t, english, "on its way")
	require.Contains(t, english, "expected by "+due.In(china).Format("2 Jan 2006"))
	told := v.json(get, "/v1/link", "").Body.String()
	require.Contains(t, told, `"amount":{"minor":4000,"currency":"CNY"}`)
	require.Contains(t, told, `"expected_by":"`+due.Format(time.RFC3339)+`"`)

	buyers := f.call(get, "/v1/requests/"+id, teaKey, "").Body.String()
	require.Contains(t, buyers, `"coupon":{"minor":300,"currency":"CNY"}`)
	require.Contains(t, buyers, `"expected_by":"`+due.Format(time.RFC3339)+`"`)
	require.NotContains(t, buyers, "CMB_DEBIT", "which bank he uses is nobody else's business")
	events := f.call(get, "/v1/requests/"+id+"/events", teaKey, "").Body.String()
	require.Contains(t, events, `"expected_by":"`+due.Format(time.RFC3339)+`"`)
}

func TestTheFriendsStreamTellsTheRefundsDates(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	other := f.visit(id).logIn("13900139000")
	v := f.visit(id).logIn("13800138000")
	f.giveBack(v, id)
	for _, c := range []struct {
		who  *visitor
		told bool
	}{{v, true}, {other, false}} {
		stream := c.who.listen("/v1/link/stream", "", "Cookie", c.who.cookie)
		for {
			data := stream.until("data:")
			if !strings.Contains(data, `"state":"refunding"`) {
				continue
			}
			require.Equal(t, c.told, strings.Contains(data, `"expected_by"`), data)
			require.Equal(t, c.told, strings.Contains(data, `"minor":4000`), data)
			break
		}
	}
}

// His account could not take it: he is asked, and says what to do on his own page.
func TestTheFriendIsAskedWhenHisAccountCannotTakeIt(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v := f.visit(id).logIn("13800138000")
	refund := f.giveBack(v, id)
	f.happen(id, models.Event{Kind: models.RefundBroke, Refund: refund, Reason: models.Abnormal})
	page := v.get("/pay/result").Body.String()
	require.Contains(t, page, "你的付款账户收不了退款")
	require.Contains(t, page, `action="/pay/refund"`)
	require.Contains(t, page, refund)
	require.NotContains(t, page, "预计", "nobody knows when")
	require.NotContains(t, strings.ToLower(page), `name="card`, "no page asks for a card")

	require.Equal(t, http.StatusSeeOther, v.post("/pay/refund", "refund", refund, "wish", "contact").Code)
	r, err := f.store.Request(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, models.WishContact, r.Refunds[0].Wish)
	page = v.get("/pay/result").Body.String()
	require.Contains(t, page, "已记下，客服会联系你")
	require.NotContains(t, page, `value="contact"`)

	got := v.json(post, "/v1/link/refunds/"+refund+"/wish", `{"wish":"again"}`)
	require.Equal(t, http.StatusOK, got.Code, got.Body)
	require.Contains(t, got.Body.String(), `"state":"due"`)
	require.Contains(t, v.get("/pay/result").Body.String(), "退回中")
	late := v.json(post, "/v1/link/refunds/"+refund+"/wish", `{"wish":"again"}`)
	require.Equal(t, http.StatusConflict, late.Code)
	require.Contains(t, late.Body.String(), "not_stranded")
	pressed := v.post("/pay/refund", "refund", refund, "wish", "again")
	require.Equal(t, "/pay/result", pressed.Header().Get("Location"))
}

// Another friend with the same link, and whoever is not logged in, have no say in it.
func TestNobodyElseSaysWhatBecomesOfHisRefund(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	others := map[string]*visitor{
		"another friend": f.visit(id).logIn("13900139000"), "not logged in": f.visit(id),
	}
	v := f.visit(id).logIn("13800138000")
	refund := f.giveBack(v, id)
	f.happen(id, models.Event{Kind: models.RefundBroke, Refund: refund, Reason: models.Abnormal})
	for name, other := range others {
		for _, wish := range []string{"again", "contact"} {
			got := other.json(post, "/v1/link/refunds/"+refund+"/wish", `{"wish":"`+wish+`"}`)
			require.Equal(t, http.StatusNotFound, got.Code, name)
			require.Contains(t, got.Body.String(), "unknown_refund", name)
			require.Equal(t, http.StatusNotFound, other.post("/pay/refund", "refund", refund, "wish", wish).Code, name)
		}
	}
	require.Equal(t, http.StatusUnprocessableEntity,
		v.json(post, "/v1/link/refunds/"+refund+"/wish", `{"wish":"to_my_card"}`).Code)
	elsewhere := v.post("/pay/refund", "refund", refund, "wish", "elsewhere")
	require.Equal(t, http.StatusUnprocessableEntity, elsewhere.Code)
	r, err := f.store.Request(t.Context(), id)
	require.NoError(t, err)
	require.Empty(t, r.Refunds[0].Wish)
}

// No road leads money to the buyer or into a shop's credit: nothing that asks for a refund
// can name who gets it.
func TestNothingThatAsksForARefundNamesAReceiver(t *testing.T) {
	w := newWorld(t)
	takes := map[string][]string{"create-refund": {"amount", "order_amount", "reason"}, "wish-refund": {"wish"}}
	for _, r := range w.server.allRoutes() {
		if !strings.Contains(r.path, "refund") || r.id == "" {
			continue
		}
		want, known := takes[r.id]
		require.True(t, known, "%s moves refunds: is it said here what it takes?", r.id)
		body := operationAt(w.server.huma.OpenAPI(), r).RequestBody.Content["application/json"].Schema
		if body.Ref != "" {
			body = w.server.huma.OpenAPI().Components.Schemas.SchemaFromRef(body.Ref)
		}
		var has []string
		for name := range body.Properties {
			if name != "$schema" {
				has = append(has, name)
			}
		}
		require.ElementsMatch(t, want, has, r.id)
	}
}
