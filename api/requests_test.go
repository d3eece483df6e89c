package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
)

const one = "/v1/requests/{id}"

// scenarios act on one fresh open request each; {id} stands for it.
var scenarios = map[string]struct {
	method, path, as, body string // as: merchant, buyer, other (another merchant) or stranger (another buyer)
	paid                   bool   // a friend has paid it
	status                 int
	contains, lacks        string
}{
	"the merchant shows it": {method: get, path: one, as: "merchant", status: 200,
		contains: `"state":"open"`},
	"its buyer shows it": {method: get, path: one, as: "buyer",
		status: 200, contains: `"buyer":"buyer-1"`},
	"another merchant does not": {method: get, path: one, as: "other", status: 404, lacks: "Tea"},
	"another buyer does not":    {method: get, path: one, as: "stranger", status: 404, lacks: "Tea"},
	"unknown is the same": {method: get, path: "/v1/requests/fpr_none", as: "merchant",
		status: 404, contains: "unknown_request"},
	"a paid one names no payer": {method: get, path: one, as: "buyer", paid: true,
		status: 200, contains: `"disposition":"applied"`, lacks: "pay_1"},
	"the buyer cancels": {method: post, path: one + "/cancel", as: "buyer", body: `{}`,
		status: 200, contains: `"cancelled_buyer"`},
	"without a body, too": {method: post, path: one + "/cancel", as: "buyer",
		status: 200, contains: `"cancelled_buyer"`},
	"the merchant cancels": {method: post, path: one + "/cancel", as: "merchant",
		body: `{"reason":"sold_out"}`, status: 200, contains: `"cancelled_merchant"`},
	"the buyer cannot force": {method: post, path: one + "/cancel", as: "buyer", body: `{"force":true}`,
		status: 403, contains: "merchant_only"},
	"another cannot cancel": {method: post, path: one + "/cancel", as: "other", body: `{}`, status: 404},
	"a reason is a word": {method: post, path: one + "/cancel", as: "merchant",
		body: `{"reason":"Call 13800138000"}`, status: 422, lacks: "13800138000"},
	"paid is not cancelled": {method: post, path: one + "/cancel", as: "buyer", body: `{}`, paid: true,
		status: 409, contains: "already_paid"},
	"a lower price holds": {method: post, path: one + "/price", as: "merchant", body: price("9900", "2"),
		status: 200, contains: `"minor":9900`},
	"a higher price pauses": {method: post, path: one + "/price", as: "merchant", body: price("13900", "2"),
		status: 200, contains: `"state":"paused"`},
	"an old price does not": {method: post, path: one + "/price", as: "merchant", body: price("9900", "1"),
		status: 409, contains: "old_price"},
	"another coin does not": {method: post, path: one + "/price", as: "merchant",
		body:   `{"payable":{"minor":9900,"currency":"USD"},"price_version":2}`,
		status: 422, contains: "other_currency"},
	"the buyer has no price": {method: post, path: one + "/price", as: "buyer", body: price("1", "2"),
		status: 401},
	"nothing to accept": {method: post, path: one + "/price/accept", as: "buyer",
		status: 409, contains: "nothing_to_agree"},
	"a refund of an unpaid": {method: post, path: one + "/refunds", as: "merchant", body: `{}`,
		status: 409, contains: "not_paid"},
	"all of it goes back": {method: post, path: one + "/refunds", as: "merchant", body: `{}`, paid: true,
		status: 201, contains: `"amount":{"minor":12900`},
	"for a word of his own": {method: post, path: one + "/refunds", as: "merchant",
		body: `{"reason":"wrong_size"}`, paid: true, status: 201, contains: `"reason":"wrong_size"`},
	"which is not the ledger's": {method: post, path: one + "/refunds", as: "merchant",
		body: `{"reason":"price_fell"}`, paid: true, status: 201, contains: `"reason":"after_sale"`},
	"a part goes back": {method: post, path: one + "/refunds", as: "merchant",
		body: `{"amount":{"minor":900,"currency":"CNY"}}`, paid: true,
		status: 201, contains: `"amount":{"minor":900`},
	"not more than was paid": {method: post, path: one + "/refunds", as: "merchant",
		body: `{"amount":{"minor":12901,"currency":"CNY"}}`, paid: true, status: 409, contains: "refund_exceeds"},
	"no refund below a fen": {method: post, path: one + "/refunds", as: "merchant",
		body: `{"amount":{"minor":0,"currency":"CNY"}}`, paid: true, status: 422, contains: "amount.minor"},
	"the buyer refunds nothing": {method: post, path: one + "/refunds", as: "buyer", body: `{}`, paid: true,
		status: 401},
	"an invite more": {method: post, path: one + "/invites", as: "buyer",
		body: `{"label":"妈妈","surface":"wechat_chat"}`, status: 201, contains: `"label":"妈妈"`},
	"no invite for another's": {method: post, path: one + "/invites", as: "stranger", body: `{}`,
		status: 404},
	"invites are listed": {method: get, path: one + "/invites", as: "buyer",
		status: 200, contains: `"url":"https://pay.example.com/f/`},
	"not to another":    {method: get, path: one + "/invites", as: "stranger", status: 404},
	"an unknown invite": {method: post, path: one + "/invites/inv_x/revoke", as: "buyer", status: 404},
	"events are listed": {method: get, path: one + "/events", as: "merchant",
		status: 200, contains: `"on":"order_eligible"`},
	"events after the last": {method: get, path: one + "/events?after=99", as: "merchant",
		status: 200, contains: `"events":[],"next":99`},
	"events name no payer": {method: get, path: one + "/events", as: "buyer", paid: true,
		status: 200, contains: `"actor":"provider"`, lacks: "mockpay"},
	"no events for another": {method: get, path: one + "/events", as: "other", status: 404},
	"no stream for another": {method: get, path: one + "/stream", as: "stranger", status: 404},
	"a stream from nowhere": {method: get, path: one + "/stream?after=x", as: "buyer", status: 422},
	"an unknown query parameter": {method: get, path: "/v1/requests?stat=open", as: "merchant",
		status: 422, contains: "query.stat"},
	"an unknown state": {method: get, path: "/v1/requests?state=opened", as: "merchant",
		status: 422, contains: "unknown_state"},
	"the buyer gives more time": {method: post, path: one + "/extend", as: "buyer", body: `{"minutes":30}`,
		status: 200, contains: `"state":"open"`},
	"the merchant, too": {method: post, path: one + "/extend", as: "merchant", body: `{"minutes":30}`,
		status: 200, contains: `"state":"open"`},
	"another buyer gives none": {method: post, path: one + "/extend", as: "stranger", body: `{"minutes":30}`,
		status: 404, lacks: "expires_at"},
	"another merchant gives none": {method: post, path: one + "/extend", as: "other", body: `{"minutes":30}`,
		status: 404, lacks: "expires_at"},
	"not too much time": {method: post, path: one + "/extend", as: "buyer", body: `{"minutes":4320}`,
		status: 422, contains: `"field":"minutes"`},
	"no earlier deadline": {method: post, path: one + "/extend", as: "buyer",
		body: `{"until":"2020-01-01T00:00:00Z"}`, status: 422, contains: `not_later`},
	"a deadline is one": {method: post, path: one + "/extend", as: "buyer", body: `{}`,
		status: 422, contains: `one_deadline`},
	"paid waits no longer": {method: post, path: one + "/extend", as: "buyer",
		body: `{"minutes":30}`, paid: true, status: 409, contains: "already_paid"},
	"the buyer thanks": {method: post, path: one + "/thanks", as: "buyer", body: `{"message":"谢谢你"}`, paid: true,
		status: 201, contains: `"thanked_at"`, lacks: "谢谢你"},
	"another buyer does not thank": {method: post, path: one + "/thanks", as: "stranger",
		body: `{"message":"谢谢你"}`, paid: true, status: 404, lacks: "谢谢你"},
	"nobody is thanked for nothing": {method: post, path: one + "/thanks", as: "buyer",
		body: `{"message":"谢谢你"}`, status: 409, contains: "not_by_friend", lacks: "谢谢你"},
	"not with a number": {method: post, path: one + "/thanks", as: "buyer", paid: true,
		body: `{"message":"打 138-0013 8000"}`, status: 422, contains: `"field":"message"`, lacks: "8000"},
	"a list of the open ones": {method: get, path: "/v1/requests?phase=open", as: "buyer",
		status: 200, contains: "{id}"},
	"a list of the others": {method: get, path: "/v1/requests?phase=ended", as: "buyer",
		status: 200, lacks: "{id}"},
	"a list of neither": {method: get, path: "/v1/requests?phase=ended&state=open", as: "buyer",
		status: 200, contains: `"requests":[]`},
	"no third phase": {method: get, path: "/v1/requests?phase=over", as: "buyer", status: 422},
	"a list by state": {method: get, path: "/v1/requests?state=open,paying", as: "merchant",
		status: 200, contains: "{id}"},
	"a list without it": {method: get, path: "/v1/requests?state=settled", as: "merchant",
		status: 200, lacks: "{id}"},
	"a buyer lists his own": {method: get, path: "/v1/requests", as: "buyer",
		status: 200, contains: "{id}"},
	"whatever he asks": {method: get, path: "/v1/requests?buyer=buyer-1", as: "stranger",
		status: 200, lacks: "{id}"},
	"another merchant's list": {method: get, path: "/v1/requests", as: "other",
		status: 200, lacks: "{id}"},
	"another's app": {method: get, path: "/v1/requests?app=app_tea", as: "other", status: 404},
}

func price(minor, version string) string {
	return `{"payable":{"minor":` + minor + `,"currency":"CNY"},"price_version":` + version + `}`
}

func TestRequests(t *testing.T) {
	w := newWorld(t)
	who := map[string]string{
		"merchant": teaKey, "other": coffeeKey, "buyer": w.buyerToken("mer_tea", "app_tea", "buyer-1"),
		"stranger": w.buyerToken("mer_tea", "app_tea", "buyer-2"),
	}
	for name, c := range scenarios {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &world{t: t, store: w.store, door: w.door, server: w.server, log: w.log}
			id := w.place()
			if c.paid {
				w.pay(id)
			}
			path := strings.ReplaceAll(c.path, "{id}", id)
			got := w.call(c.method, path, who[c.as], c.body, keyHeader, mint.Number())
			require.Equal(t, c.status, got.Code, got.Body)
			require.Contains(t, got.Body.String(), strings.ReplaceAll(c.contains, "{id}", id))
			if c.lacks != "" {
				require.NotContains(t, got.Body.String(), strings.ReplaceAll(c.lacks, "{id}", id))
			}
			if c.status >= http.StatusBadRequest {
				require.Equal(t, "application/problem+json", got.Header().Get("Content-Type"))
			}
		})
	}
}

func TestARevokedInviteLosesItsLink(t *testing.T) {
	w := newWorld(t)
	id := w.place()
	made := w.create("/v1/requests/"+id+"/invites", teaKey, `{"label":"mum"}`)
	require.NotEmpty(t, made.text("link", "url"))
	revoke := "/v1/requests/" + id + "/invites/" + made.text("id") + "/revoke"
	for range 2 {
		revoked := w.call(post, revoke, teaKey, "")
		require.Equal(t, http.StatusOK, revoked.Code, revoked.Body)
		require.Equal(t, "revoked", revoked.text("state"))
		require.Nil(t, revoked.field("link"))
	}
	elsewhere := w.call(post, "/v1/requests/"+w.place()+"/invites/"+made.text("id")+"/revoke", teaKey, "")
	require.Equal(t, http.StatusNotFound, elsewhere.Code)
	list := w.call(get, "/v1/requests/"+id+"/invites", teaKey, "")
	require.Equal(t, 1, strings.Count(list.Body.String(), `"url"`), "the first link lives on")
}

func TestTheBuyerAgreesToAHigherPrice(t *testing.T) {
	w := newWorld(t)
	mine := w.buyerToken("mer_tea", "app_tea", "buyer-1")
	for answer, want := range map[string]models.State{"accept": models.Open, "decline": models.Superseded} {
		path := "/v1/requests/" + w.place() + "/price"
		raised := w.call(post, path, teaKey, price("13900", "2"))
		require.Equal(t, "paused", raised.text("state"), raised.Body)
		answered := w.call(post, path+"/"+answer, mine, "")
		require.Equal(t, string(want), answered.text("state"), answered.Body)
	}
}

func TestARepeatedCancelIsDropped(t *testing.T) {
	w := newWorld(t)
	path := "/v1/requests/" + w.place() + "/cancel"
	for range 2 {
		got := w.call(post, path, teaKey, "", keyHeader, "cancel-1")
		require.Equal(t, http.StatusOK, got.Code, got.Body)
	}
	require.Equal(t, "merchant", w.door.event.Actor)
	other := w.call(post, path, teaKey, "", keyHeader, "cancel-2")
	require.Equal(t, http.StatusGone, other.Code, other.Body)
}

func TestAListGoesOnByItsCursor(t *testing.T) {
	w := newWorld(t)
	want := map[string]bool{w.place(): true, w.place(): true, w.place(): true}
	path := "/v1/requests?limit=2"
	first := w.call(get, path, teaKey, "")
	rest := w.call(get, path+"&cursor="+first.text("next"), teaKey, "")
	require.Nil(t, rest.field("next"))
	for _, page := range []answer{first, rest} {
		for _, line := range page.field("requests").([]any) {
			delete(want, line.(map[string]any)["id"].(string))
		}
	}
	require.Empty(t, want)
}

// A merchant is told what he can do, not what his friend could; a fix is a sentence.
func TestAFixIsASentenceForWhoAsked(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	for range 2 {
		f.call(post, "/v1/requests/"+id+"/cancel", teaKey, "")
	}
	again := f.call(post, "/v1/requests/"+id+"/cancel", teaKey, "", keyHeader, mint.Number())
	require.Equal(t, "ended", again.text("reason"))
	require.Contains(t, again.text("fix"), "Place a new request")
	taken := f.place()
	second := f.visit(taken).logIn("13900139000")
	f.visit(taken).logIn("13800138000").pay()
	friend := second.json(post, "/v1/link/attempts", wantsTea)
	require.Equal(t, "Wait until the slot is free.", friend.text("fix"))
	seller := f.create("/v1/requests/"+taken+"/pay", teaKey, `{"channel":"mock"}`)
	require.Equal(t, "Try again when the slot is free: see until.", seller.text("fix"), seller.Body)

	late := strings.Replace(orderBody("A1"), `"kind":`, `"pay_deadline":"2020-01-01T00:00:00Z","kind":`, 1)
	refused := f.create("/v1/requests", teaKey, `{"order":`+late+`}`)
	require.Equal(t, "not_eligible", refused.text("reason"), refused.Body)
	require.Regexp(t, `^[A-Z].* .*\.$`, refused.text("fix"))
	require.Contains(t, refused.Body.String(), `"fix_code":"`)

	old := f.call(post, "/v1/requests/"+f.place()+"/price", teaKey,
		`{"payable":{"minor":9900,"currency":"CNY"},"price_version":1}`)
	require.Equal(t, "old_price", old.text("reason"), old.Body)
	require.Equal(t, "price_version", old.text("field"))
}

// What the database cannot hold is the caller's mistake, and no reason to send again.
func TestTextThatCannotBeKeptIsRefused(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/v1/requests?order_id=%00", "/v1/requests?buyer=%00a", "/v1/requests/%00"} {
		require.Equal(t, http.StatusUnprocessableEntity, w.call(http.MethodGet, path, teaKey, "").Code, path)
	}
	body := strings.Replace(orderBody("A1"), `"Tea"`, `"T\u0000"`, 1)
	refused := w.create("/v1/orders", teaKey, body)
	require.Equal(t, http.StatusUnprocessableEntity, refused.Code, refused.Body)
	require.Equal(t, "bad_text", refused.text("reason"))
}

// A broken byte is not replaced in silence, on any route that takes JSON.
func TestABodyThatIsNotUTF8IsRefused(t *testing.T) {
	f := newFriends(t)
	broken := strings.Replace(orderBody("A1"), "王小明", "\xcd\xf5", 1)
	for path, body := range map[string]string{
		"/v1/orders": broken, "/v1/requests": `{"order":` + broken + `}`,
		"/v1/eligibility": "{\"order_id\":\"\xff\"}",
	} {
		refused := f.create(path, teaKey, body)
		require.Equal(t, http.StatusBadRequest, refused.Code, "%s: %s", path, refused.Body)
		require.Equal(t, "bad_encoding", refused.text("reason"))
	}
	friend := f.visit(f.place()).json(post, "/v1/link/login/code", "{\"phone\":\"\xff\"}")
	require.Equal(t, "bad_encoding", friend.text("reason"))
	kept := f.create("/v1/orders", teaKey, orderBody("A2"))
	require.Equal(t, http.StatusCreated, kept.Code, kept.Body)
}
