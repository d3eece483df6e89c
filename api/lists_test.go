package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// settles lets a visitor pay a request in full.
func (v *visitor) settles(id string) models.Request {
	v.t.Helper()
	v.pay()
	v.happen(id, captured12900())
	return v.accepts(id)
}

// accepts is the order taking the money that came.
func (f *friends) accepts(id string) models.Request {
	f.t.Helper()
	r, err := f.store.Request(f.t.Context(), id)
	require.NoError(f.t, err)
	refused, err := f.store.ClaimOrder(f.t.Context(), store.Claim{
		Order: r.Order, Request: id, Attempt: r.Winner, Price: r.Payable, PriceVersion: r.PriceVersion,
	})
	require.NoError(f.t, err)
	require.Empty(f.t, refused)
	return f.happen(id, models.Event{Kind: models.OrderAccepted, Spare: mint.Number()})
}

func TestMoreTimeIsGivenOncePerKey(t *testing.T) {
	w := newWorld(t)
	id := w.place()
	path := "/v1/requests/" + id
	before := deadline(w.call(get, path, teaKey, ""))
	for range 2 {
		got := w.call(post, path+"/extend", teaKey, `{"minutes":30}`, keyHeader, "more-1")
		require.Equal(t, http.StatusOK, got.Code, got.Body)
		require.Equal(t, before.Add(30*time.Minute), deadline(got))
	}
	require.Equal(t, before.Add(30*time.Minute), deadline(w.call(get, path, teaKey, "")))
	require.Equal(t, "merchant", w.door.event.Actor)
	latest, err := time.Parse(time.RFC3339, w.call(get, path, teaKey, "").text("extendable_until"))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(72*time.Hour), latest, time.Minute)
	w.call(post, path+"/cancel", teaKey, `{}`)
	ended := w.create(path+"/extend", teaKey, `{"minutes":30}`)
	require.Equal(t, http.StatusGone, ended.Code, ended.Body)
	require.Contains(t, ended.text("fix"), "Place a new request")
	require.Nil(t, w.call(get, path, teaKey, "").field("extendable_until"))
}

func TestMoreTimeIsNotGivenInDrops(t *testing.T) {
	var later atomic.Int64
	w := newWorld(t, func(d *Deps) {
		d.Clock = func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
	})
	placed := w.create("/v1/requests", teaKey, `{"order":`+orderBody("A1")+`,"expires_in_seconds":86400}`)
	path, end := "/v1/requests/"+placed.text("id"), deadline(placed)
	until := func(at time.Time) answer {
		return w.create(path+"/extend", teaKey, `{"until":"`+at.Format(time.RFC3339Nano)+`"}`)
	}
	drop := until(end.Add(time.Second))
	require.Equal(t, http.StatusUnprocessableEntity, drop.Code, drop.Body)
	require.Equal(t, "not_later until", drop.text("reason")+" "+drop.text("field"))
	require.NotEmpty(t, drop.text("fix"))
	require.Equal(t, http.StatusOK, until(end).Code, "what holds may be said again")

	later.Store(int64(20 * time.Hour))
	over := until(end.Add(49 * time.Hour))
	require.Equal(t, "too_long until", over.text("reason")+" "+over.text("field"), "three days over all")
	latest, err := time.Parse(time.RFC3339, w.call(get, path, teaKey, "").text("extendable_until"))
	require.NoError(t, err)
	require.WithinDuration(t, end.Add(48*time.Hour), latest, 2*time.Second)

	for i := range maxExtensions {
		got := until(end.Add(time.Duration(i+1)*2*time.Minute + 123*time.Microsecond))
		require.Equal(t, http.StatusOK, got.Code, got.Body)
		require.Zero(t, deadline(got).Nanosecond())
	}
	require.Equal(t, "too_often", until(end.Add(time.Hour)).text("reason"))
}

// An event that is durable is answered, also when what adorns the answer cannot be read.
func TestADeliveredEventIsNoFailure(t *testing.T) {
	w := newWorld(t)
	r := w.pay(w.place())
	w.server.Store = voiceless{w.server.Store}
	_, err := w.server.answer(t.Context(), r, http.StatusOK)
	require.Error(t, err)
	out, err := w.server.delivered(t.Context(), r, http.StatusOK)
	require.NoError(t, err)
	require.Equal(t, r.ID, out.Body.ID)
	require.Contains(t, w.log.String(), "answered without")
}

type voiceless struct{ Store }

func (voiceless) Thanks(context.Context, string) (store.Thanks, error) {
	return store.Thanks{}, errors.New("away")
}

func deadline(a answer) time.Time {
	at, err := time.Parse(time.RFC3339, a.text("expires_at"))
	require.NoError(a.t, err)
	return at
}

// An order that has to be paid by then does not wait longer for its friend.
func TestNoTimeIsGivenPastWhatTheOrderAllows(t *testing.T) {
	w := newWorld(t)
	end := time.Now().Add(2 * time.Hour).UTC().Format(time.RFC3339)
	body := strings.Replace(orderBody("A1"), `"kind":`, `"pay_deadline":"`+end+`","kind":`, 1)
	placed := w.create("/v1/requests", teaKey, `{"order":`+body+`}`)
	require.Equal(t, http.StatusCreated, placed.Code, placed.Body)
	path := "/v1/requests/" + placed.text("id")
	require.Nil(t, w.call(get, path, teaKey, "").field("extendable_until"))
	got := w.create(path+"/extend", teaKey, `{"minutes":60}`)
	require.Equal(t, http.StatusUnprocessableEntity, got.Code, got.Body)
	require.Equal(t, "beyond_order", got.text("reason"))
	require.Equal(t, "minutes", got.text("field"))
	require.Regexp(t, `up to 20\d\d-.*Z\.`, got.text("fix"))
}

const kindWords = "canary 谢谢你呀"

func TestThanksAreReadByWhoPaid(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	stranger, v := f.visit(id).logIn("13900139000"), f.visit(id).logIn("13800138000")
	stranger.pay() // and leaves it: his page is of an attempt of the same request
	f.happen(id, models.Event{Kind: models.SlotLapsed})
	f.happen(id, models.Event{Kind: models.PaymentClosed})
	v.settles(id)
	page := v.get("/pay/result").Body.String()
	require.Contains(t, page, "thanks=wait")
	require.NotContains(t, page, `http-equiv="refresh"`, "a page that is done asks nothing by itself")
	require.NotContains(t, page, "对你说")

	said := f.create("/v1/requests/"+id+"/thanks", teaKey, `{"message":" `+kindWords+`  "}`)
	require.Equal(t, http.StatusCreated, said.Code, said.Body)
	again := f.create("/v1/requests/"+id+"/thanks", teaKey, `{"message":"`+kindWords+`"}`)
	require.Equal(t, said.text("thanked_at"), again.text("thanked_at"), "the same words are the same thanks")
	other := f.create("/v1/requests/"+id+"/thanks", teaKey, `{"message":"other"}`)
	require.Equal(t, http.StatusConflict, other.Code)
	require.Equal(t, "thanked_already", other.text("reason"))
	require.NotEmpty(t, f.call(get, "/v1/requests/"+id, teaKey, "").text("thanked_at"))

	page = v.get("/pay/result").Body.String()
	require.Contains(t, page, "<blockquote dir=\"auto\">"+kindWords+"</blockquote>")
	require.NotContains(t, page, "thanks=wait")
	for _, path := range []string{"", "/events", "/invites"} {
		told := f.call(get, "/v1/requests/"+id+path, teaKey, "").Body.String()
		require.NotContains(t, told, "canary", "the words are the friend's")
	}
	require.NotContains(t, f.log.String(), "canary")
	require.NotContains(t, stranger.get("/pay/result").Body.String(), "canary")
	require.NotContains(t, stranger.get("/pay").Body.String(), "canary")
}

// The page of who paid is told that thanks have come; nobody else's is.
func TestThanksComeLive(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	stranger, v := f.visit(id).logIn("13900139000"), f.visit(id).logIn("13800138000")
	r := v.settles(id)
	own := v.listen("/v1/link/stream?thanks=wait&after="+strconv.FormatInt(r.Seq, 10), "", "Cookie", v.cookie)
	own.until("retry:")
	f.create("/v1/requests/"+id+"/thanks", teaKey, `{"message":"`+kindWords+`"}`)
	require.Equal(t, "event: thanks", own.until("event:"))
	require.NotContains(t, own.until("data:"), "canary")
	other := stranger.listen(
		"/v1/link/stream?thanks=wait&after="+strconv.FormatInt(r.Seq, 10), "", "Cookie", stranger.cookie)
	other.until("retry:")
	line := other.until("")
	for line == "" {
		line = other.until("")
	}
	require.Equal(t, ": still here", line, "he hears nothing of it")
}

// Thanks are judged as every word for strangers: package policy tries what passes.
func TestWordsOfThanks(t *testing.T) {
	t.Parallel()
	for words, good := range map[string]bool{
		"  谢谢\n你 ": true, "爱你 5201314": true, strings.Repeat("谢", 60): true,
		"": false, " ": false, strings.Repeat("谢", 61): false, "支付宝.中国": false, "example .com": false,
		"1381234/5678": false, "壹叁捌壹贰叁肆伍陆柒捌": false, "谢\u200b谢": false,
	} {
		_, err := thanksWords(words)
		require.Equal(t, good, err == nil, "%q: %v", words, err)
		if !good {
			require.Equal(t, "bad_thanks", reasonOf(err))
		}
	}
}

// What a friend paid is listed to him, over all requests, and to nobody else.
func TestAFriendSeesWhatHePaid(t *testing.T) {
	f := newFriends(t)
	first, second, foreign, open := f.place(), f.place(), f.place(), f.place()
	f.visit(first).logIn("13800138000").settles(first)
	other := f.visit(foreign).logIn("13900139000")
	theirs := other.settles(foreign).Winner
	f.forgetCodes(t)
	v := f.visit(second).logIn("13800138000")
	mine := v.settles(second).Winner
	back := models.CNY(900)
	f.happen(second, models.Event{Kind: models.RefundAsked, Refund: mint.Number(), Money: &back})
	f.forgetCodes(t)
	now := f.visit(open).logIn("13800138000")
	now.pay()

	list := now.json(get, "/v1/link/payments", "")
	require.Equal(t, http.StatusOK, list.Code, list.Body)
	paid := list.field("payments").([]any)
	require.Len(t, paid, 2, "an attempt without money is none")
	newest := paid[0].(map[string]any)
	require.Equal(t, mine, newest["number"])
	require.Equal(t, "paid", newest["outcome"], "a part goes back; the rest paid the order")
	require.Len(t, newest["refunds"], 1)
	require.Equal(t, "Tea House", newest["merchant"])
	require.Equal(t, "王**", newest["asked_by"])
	require.Equal(t, false, newest["here"], "its request is not this session's")
	for _, hidden := range []string{theirs, "Tea\"", first, second, "buyer-1", "pay_", "小明"} {
		require.NotContains(t, list.Body.String(), hidden)
	}
	page := now.get("/pay/mine").Body.String()
	require.Contains(t, page, "我帮人付过的")
	require.Equal(t, 2, strings.Count(page, "Tea House"))
	require.Equal(t, 1, strings.Count(page, `aria-current="step"`))
	require.NotContains(t, page, theirs)
	require.NotContains(t, page, "看这笔付款", "neither belongs to the link that he is at")
	require.Contains(t, v.get("/pay/mine").Body.String(), "看这笔付款")
	require.NotContains(t, other.get("/pay/mine").Body.String(), mine)

	half := now.json(get, "/v1/link/payments?limit=1", "")
	rest := now.json(get, "/v1/link/payments?limit=1&cursor="+half.text("next"), "")
	require.Len(t, rest.field("payments"), 1)
	require.NotContains(t, rest.Body.String(), mine)
	require.Nil(t, rest.field("next"))
	require.Equal(t, "bad_cursor", now.json(get, "/v1/link/payments?cursor=x", "").text("reason"))

	unknown := f.visit(open)
	require.Equal(t, "login_first", unknown.json(get, "/v1/link/payments", "").text("reason"))
	require.Contains(t, unknown.get("/pay/mine").Body.String(), "看你的付款结果")
	require.NotContains(t, unknown.get("/pay/mine").Body.String(), "Tea House</span> <b>")
}

func TestTheShopListsThanksAndGivesTime(t *testing.T) {
	v := newShop(t)
	require.Contains(t, v.get("/shop/asked").Body.String(), "还没有请朋友帮忙付过")
	address := v.ask()
	id := address[strings.LastIndex(address, "/")+1:]
	page := v.get(address).Body.String()
	require.Contains(t, page, "多给 30 分钟")
	before, err := v.store.Request(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, address, v.post(address+"/extend", "minutes", "30").Header().Get("Location"))
	after, err := v.store.Request(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, before.ExpiresAt.Add(30*time.Minute), after.ExpiresAt)
	refused := v.post(address+"/extend", "minutes", "4320")
	require.Equal(t, http.StatusUnprocessableEntity, refused.Code)
	require.Contains(t, refused.Body.String(), "最多只能等三天")
	require.Contains(t, v.post(address+"/thanks", "say", "谢谢").Body.String(), "朋友付款之后才能感谢")

	ended := v.ask()
	require.NotContains(t, v.get(ended).Body.String(), "再问一次")
	v.post(ended + "/cancel")
	require.Contains(t, v.get(ended).Body.String(), "再问一次")
	require.NotContains(t, v.get(ended).Body.String(), "多给")
	fresh := v.post(ended + "/again").Header().Get("Location")
	require.Regexp(t, `^/shop/requests/fpr_`, fresh)
	require.NotEqual(t, ended, fresh)
	require.Equal(t, fresh, v.post(ended+"/again").Header().Get("Location"), "pressed twice")

	v.world.pay(id)
	require.Contains(t, v.get(address).Body.String(), "谢谢帮你付款的朋友")
	wrong := v.post(address+"/thanks", "own", "加 13800138000", "say", "谢谢")
	require.Equal(t, http.StatusUnprocessableEntity, wrong.Code)
	require.Contains(t, wrong.Body.String(), `>加 13800138000</textarea>`, "to be corrected")
	require.Equal(t, address, v.post(address+"/thanks", "say", "谢谢").Header().Get("Location"))
	require.Contains(t, v.get(address).Body.String(), "道过谢了")
	require.NotContains(t, v.get(address).Body.String(), "发送感谢")

	asked := v.get("/shop/asked").Body.String()
	require.Equal(t, 3, strings.Count(asked, `<li><a href="/shop/requests/`))
	require.Contains(t, asked, "朋友付好了")
	require.Less(t, strings.Index(asked, fresh), strings.Index(asked, address), "the newest first")
	require.NotContains(t, v.get("/shop/asked?phase=open").Body.String(), address)
	require.NotContains(t, v.get("/shop/asked?phase=ended").Body.String(), fresh)
}

// Both sides read at which step a refund is, and to whom it goes.
func TestARefundIsFollowedByBoth(t *testing.T) {
	v := newShop(t)
	address := v.ask()
	id := address[strings.LastIndex(address, "/")+1:]
	friend := v.visit(id).logIn("13800138000")
	friend.settles(id)
	refund, back := mint.Number(), models.CNY(900)
	v.happen(id, models.Event{Kind: models.RefundAsked, Refund: refund, Money: &back})
	now := `<li class="now" aria-current="step">`
	for _, c := range []struct {
		step string
		next func()
	}{
		{"已发起退款", func() {
			require.NoError(t, v.store.RecordCall(t.Context(), store.Call{
				Request: id, Refund: refund, Provider: "mockpay", Op: "refund", At: time.Now(),
			}))
		}},
		{"支付渠道处理", func() { v.happen(id, models.Event{Kind: models.RefundDone, Refund: refund}) }},
		{"到账", func() {}},
	} {
		for _, page := range []answer{
			v.get(address), v.get(address + "/receipt"), friend.get("/pay/result"), friend.get("/pay/mine"),
		} {
			require.Contains(t, page.Body.String(), now+c.step)
			require.Equal(t, 1, strings.Count(page.Body.String(), now))
		}
		require.Contains(t, v.get(address).Body.String(), "钱退回给付款的朋友，不会退给你")
		c.next()
	}
	require.NotContains(t, friend.get("/pay/result").Body.String(), "不会退给你")
}
