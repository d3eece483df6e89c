package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/providers"
)

const wantsTea = `{"channel":"mock","quote":{"minor":12900,"currency":"CNY","price_version":1}}`

func TestAFriendPaysByForm(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v := f.visit(id).logIn("13800138000")
	got := v.pay()
	require.Equal(t, http.StatusSeeOther, got.Code, got.Body)
	require.Equal(t, bankPage, got.Header().Get("Location"))
	require.Equal(t, "no-referrer", got.Header().Get("Referrer-Policy"), "the provider hears of no page of ours")
	require.Equal(t, "payer:"+f.door.event.Pay.Payer, f.door.event.Actor)
	require.Regexp(t, `^[0-9A-Z]{26}$`, f.door.event.Pay.Number)

	twice := v.pay()
	require.Equal(t, got.Header().Get("Location"), twice.Header().Get("Location"), "pressed twice is once")
	require.Equal(t, "/pay/result", v.get("/pay").Header().Get("Location"))
	page := v.get("/pay/result").Body.String()
	require.Contains(t, page, "等你付款")
	require.Contains(t, page, "data-stream=\"/v1/link/stream?after=")
	again := v.get("/f/" + f.secret(id))
	require.Equal(t, "/pay/result", again.Header().Get("Location"), "the link leads its payer to his own page")
}

func TestAFriendPaysByJSON(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v, other := f.visit(id).logIn("13800138000"), f.visit(id).logIn("13900139000")
	made := v.json(post, "/v1/link/attempts", wantsTea)
	require.Equal(t, http.StatusCreated, made.Code, made.Body)
	require.Equal(t, bankPage, made.text("presentation", "url"))
	number := made.text("attempt")
	shown := v.json(get, "/v1/link/attempts/"+number, "")
	require.Equal(t, "live", shown.text("state"))
	require.Equal(t, http.StatusNotFound, other.json(get, "/v1/link/attempts/"+number, "").Code)
	require.NotContains(t, other.json(get, "/v1/link", "").Body.String(), number)
}

func TestASlowProviderIsSaidSo(t *testing.T) {
	f := newFriends(t)
	f.door.slow = true
	v := f.visit(f.place()).logIn("13800138000")
	made := v.json(post, "/v1/link/attempts", wantsTea)
	require.Equal(t, http.StatusAccepted, made.Code, made.Body)
	require.Equal(t, "new", made.text("state"))
	require.Equal(t, "/pay/result", v.pay().Header().Get("Location"))
	page := v.get("/pay/result").Body.String()
	require.Contains(t, page, "正在准备付款")
	require.Contains(t, page, `http-equiv="refresh"`)

	v = f.visit(f.place()).logIn("13900139000")
	f.door.fail = models.Refuse(models.Unavailable, "still_working", "Later.")
	late := v.json(post, "/v1/link/attempts", wantsTea)
	require.Equal(t, http.StatusAccepted, late.Code, "taken, and not answered yet")
}

func TestASecondFriendIsToldUntilWhen(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	second := f.visit(id).logIn("13900139000")
	require.Equal(t, http.StatusSeeOther, f.visit(id).logIn("13800138000").pay().Code)
	knocked := f.door.knocked
	got := second.json(post, "/v1/link/attempts", wantsTea)
	require.Equal(t, http.StatusConflict, got.Code)
	require.Equal(t, "slot_taken", got.text("reason"))
	until, err := time.Parse(time.RFC3339, got.text("until"))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(6*time.Minute), until, 10*time.Second)
	require.NotEmpty(t, got.Header().Get("Retry-After"))
	require.Equal(t, knocked, f.door.knocked, "the row was answer enough")

	require.Equal(t, "/pay", second.pay().Header().Get("Location"))
	page := second.get("/pay").Body.String()
	require.Contains(t, page, "有人正在付款")
	require.Regexp(t, `<time data-left="3[56][0-9]">[56]:[0-9]{2}</time>`, page)
	require.NotContains(t, page, "138****8000", "who it is stays private")
	require.Equal(t, knocked, f.door.knocked)
}

func TestAnOutdatedQuoteNamesTheNewPrice(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v := f.visit(id).logIn("13800138000")
	cheaper := models.Price{Payable: models.CNY(9900), Version: 2}
	f.happen(id, models.Event{Kind: models.PriceChanged, Price: &cheaper})
	got := v.json(post, "/v1/link/attempts", wantsTea)
	require.Equal(t, http.StatusConflict, got.Code)
	require.Equal(t, "price_changed", got.text("reason"))
	require.InDelta(t, 9900, got.field("price", "payable", "minor"), 0)
	require.InDelta(t, 2, got.field("price", "price_version"), 0)
	page := v.pay()
	require.Equal(t, http.StatusConflict, page.Code)
	require.Contains(t, page.Body.String(), "价格变了")
	require.Contains(t, page.Body.String(), `name="minor" value="9900"`)
}

func TestRefusalsAreSaidToTheFriend(t *testing.T) {
	f := newFriends(t)
	for reason, c := range map[string]struct {
		how  models.EventKind
		says string
	}{
		"payer_is_buyer":       {models.LoginRefused, "这是你自己的订单"},
		"daily_limit":          {models.LoginRefused, "你今天剩余的付款限额"},
		"merchant_daily_limit": {models.LoginRefused, "这家店今天可代付的额度用完了"},
		"channel_limit":        {models.LoginRefused, "这个付款方式的单笔限额"},
		"payer_blocked":        {models.LoginRefused, "不能付款，请联系客服"},
		"refused_by_provider":  {models.PaymentRefused, "支付渠道没有接受"},
	} {
		f.door.refuse, f.door.reason = c.how, reason
		v := f.visit(f.place()).logIn("138001380" + mint2())
		got := v.pay()
		require.Equal(t, http.StatusForbidden, got.Code, reason)
		require.Contains(t, got.Body.String(), c.says, reason)
		problem := v.json(post, "/v1/link/attempts", wantsTea)
		require.Equal(t, reason, problem.text("reason"))
		until := ""
		if strings.Contains(reason, "daily") {
			until = policy.Tomorrow(time.Now()).Format(time.RFC3339)
		}
		require.Equal(t, until, problem.text("until"), reason)
	}
}

var nextPhone = 10

// mint2 is the end of a phone that nobody had before.
func mint2() string {
	nextPhone++
	return string([]byte{byte('0' + nextPhone/10), byte('0' + nextPhone%10)})
}

func TestPayingIsLimitedByPayer(t *testing.T) {
	f := newFriends(t)
	v := f.visit(f.place()).logIn("13800138000")
	for range attemptsPerMinute {
		require.Equal(t, http.StatusConflict, v.json(post, "/v1/link/attempts",
			`{"channel":"small","quote":{"minor":12900,"currency":"CNY","price_version":1}}`).Code)
	}
	got := v.call(post, "/v1/link/attempts", "", wantsTea, "Cookie", v.cookie, keyHeader, mint.Number(),
		"X-Forwarded-For", "203.0.113.9")
	require.Equal(t, http.StatusTooManyRequests, got.Code)
	require.NotEmpty(t, got.Header().Get("Retry-After"))
	require.Contains(t, v.pay().Body.String(), "操作太频繁")
}

func TestADeadLinkPaysNothing(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v := f.visit(id).logIn("13800138000")
	require.NoError(t, f.store.RevokeInvite(t.Context(), "inv_"+id[len("fpr_"):]))
	got := v.json(post, "/v1/link/attempts", wantsTea)
	require.Equal(t, http.StatusGone, got.Code)
	require.Equal(t, "link_revoked", got.text("reason"))
	require.Zero(t, f.door.knocked)
	for name, form := range map[string][]string{
		"no quote":       {"channel", "mock"},
		"a negative one": {"channel", "mock", "minor", "-1", "currency", "CNY", "price_version", "1"},
		"no number":      {"channel", "mock", "minor", "x", "currency", "CNY", "price_version", "1"},
	} {
		page := f.visit(f.place()).logIn("1380013"+mint2()+"00").post("/pay/attempts", form...)
		require.Equal(t, http.StatusUnprocessableEntity, page.Code, name)
	}
}

func TestAQRCodeIsShownAndAFormIsHandedOn(t *testing.T) {
	f := newFriends(t)
	f.door.shown = providers.Presentation{Kind: providers.QR, URL: "weixin://wxpay/canary"}
	v := f.visit(f.place()).logIn("13800138000")
	require.Equal(t, "/pay/result", v.pay().Header().Get("Location"))
	page := v.get("/pay/result").Body.String()
	require.Contains(t, page, `<svg class="qr"`)
	require.NotContains(t, page, "canary", "it is drawn, not written")

	f.door.shown = providers.Presentation{Kind: providers.Form, URL: "https://bank.example/front",
		Fields: map[string]string{"sign": `"><script>`}}
	v = f.visit(f.place()).logIn("13900139000")
	require.Equal(t, "/pay/hop", v.pay().Header().Get("Location"))
	hop := v.get("/pay/hop")
	require.Equal(t, http.StatusOK, hop.Code)
	require.Contains(t, hop.Body.String(), `action="https://bank.example/front"`)
	require.NotContains(t, hop.Body.String(), `"><script>`)
}

// Two tabs, two links, one session: the page of the first link pays nothing of the second.
func TestAPageOfAnotherTabPaysNothing(t *testing.T) {
	f := newFriends(t)
	shown, other := f.place(), f.place()
	v := f.visit(other).logIn("13800138000")
	page := v.get("/pay").Body.String()
	require.Contains(t, page, `name="invite"`)
	refused := v.post("/pay/attempts", "channel", "mock", "minor", "12900", "currency", "CNY",
		"price_version", "1", "invite", strings.Replace(shown, "fpr_", "inv_", 1))
	require.Equal(t, http.StatusConflict, refused.Code)
	for _, id := range []string{shown, other} {
		row, err := f.store.Request(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, models.Open, row.State)
	}
}
