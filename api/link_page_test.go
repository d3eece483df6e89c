package api

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

func TestALinkSaysWhatIsAskedAndByWhom(t *testing.T) {
	f := newFriends(t)
	v := &visitor{friends: f}
	path := "/f/" + f.secret(f.place())
	page := v.get(path)
	require.Equal(t, http.StatusOK, page.Code)
	text := page.Body.String()
	for _, want := range []string{
		"王**", "¥129.00", "Tea House", "剩余", "只退回给你", "确认认识对方", `value="mock"`, "这次不付",
	} {
		require.Contains(t, text, want)
	}
	text = strings.Replace(text, "https://pay.example.com/static/icon.svg", "", 1) // chats want it whole
	for _, never := range []string{"小明", "buyer-1", `value="small"`, "http://", "https://"} {
		require.NotContains(t, text, never)
	}
	english := v.get(path, "Accept-Language", "en-GB").Body.String()
	require.Contains(t, english, "Only pay if you know this person.")
	require.Contains(t, v.get("/c/"+f.code(f.place())).Body.String(), "¥129.00", "a typed code shows the same")

	heavy := page.Body.Len()
	for _, asset := range []string{"app.css", "app.js", "icon.svg"} {
		content, err := os.ReadFile("../web/static/" + asset)
		require.NoError(t, err)
		heavy += len(content)
		require.Contains(t, text, "/static/"+asset+"?v=")
		got := v.get("/static/" + asset)
		require.Equal(t, string(content), got.Body.String())
	}
	require.LessOrEqual(t, heavy, 50_000, "all of it, uncompressed")
}

func TestPreviewsAndScannersChangeNothing(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	payer := f.visit(id).logIn("13800138000")
	require.Equal(t, http.StatusSeeOther, payer.pay().Code)
	other := f.visit(f.place()).logIn("13900139000")
	paths := []string{"/f/" + f.secret(id), "/c/" + f.code(id), "/pay", "/pay/result", "/pay/decline",
		"/v1/link", "/static/app.css"}
	agents := []string{"Slackbot-LinkExpanding 1.0", "WhatsApp/2.23", "facebookexternalhit/1.1",
		"Mozilla/5.0 (iPhone) MicroMessenger/8.0", ""}
	before := f.rows()
	for _, v := range []*visitor{payer, other} {
		for _, path := range paths {
			for i := range 50 {
				method := []string{get, get, get, http.MethodHead}[i%4]
				headers := v.headers([]string{"User-Agent", agents[i%len(agents)]})
				got := v.call(method, path, "", "", headers...)
				require.Less(t, got.Code, http.StatusInternalServerError, path)
				require.Empty(t, got.Header().Get("Set-Cookie"), path)
			}
		}
	}
	require.Equal(t, before, f.rows())
	require.Equal(t, 1, f.door.knocked, "nobody asked the engine")
}

// onlyLink is a store that can do one thing: anything else is a panic.
type onlyLink struct {
	Store
	rows  *store.Store
	asked int
}

func (o *onlyLink) InviteByHash(ctx context.Context, hash []byte) (store.Link, error) {
	o.asked++
	return o.rows.InviteByHash(ctx, hash)
}

func TestALinkIsReadInOneRoundTrip(t *testing.T) {
	f := newFriends(t)
	path := "/f/" + f.secret(f.place())
	only := &onlyLink{rows: f.store}
	f.server.Store = only
	require.Equal(t, http.StatusOK, f.call(get, path, "", "").Code)
	require.Equal(t, 1, only.asked)
	require.Zero(t, f.door.knocked)
}

func TestUnknownAndMalformedLinksAnswerAlike(t *testing.T) {
	f := newFriends(t)
	known := f.secret(f.place())
	unknown := strings.Repeat("A", 42) + "E"
	wrong := []string{unknown, known[:42], known + "A", "x", "..%2f..%2f", "%00", strings.Repeat("é", 43),
		strings.ToLower(known), "' OR 1=1 --"}
	v := &visitor{friends: f}
	want := v.get("/f/" + unknown)
	require.Equal(t, http.StatusNotFound, want.Code)
	require.Contains(t, want.Body.String(), "没有找到这个链接")
	for _, secret := range wrong {
		got := v.get("/f/" + strings.NewReplacer(" ", "%20", "'", "%27").Replace(secret))
		require.Equal(t, want.Code, got.Code, secret)
		require.Equal(t, want.Body.String(), got.Body.String(), secret)
		for name := range want.Header() {
			if name != "X-Request-Id" {
				require.Equal(t, want.Header()[name], got.Header()[name], "%s of %s", name, secret)
			}
		}
	}
	require.Equal(t, http.StatusNotFound, v.post("/f/"+unknown).Code)
	require.Empty(t, v.cookie)
}

func TestGuessingIsLimitedByAddress(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v := &visitor{friends: f}
	for i := range missesPerMinute {
		got := v.get("/c/23456-2345"+string("23456789ABCDEFGHJKMNPQRSTUVWXYZ"[i]), "X-Forwarded-For", mint.Number())
		require.Equal(t, http.StatusNotFound, got.Code)
	}
	unknown := "/f/" + strings.Repeat("A", 43)
	for _, path := range []string{"/c/23456-23456", unknown, "/f/x", "/c/" + f.code(id)} {
		got := v.get(path, "X-Forwarded-For", "198.51.100."+mint.Number()[:1])
		require.Equal(t, http.StatusTooManyRequests, got.Code, path)
		require.NotEmpty(t, got.Header().Get("Retry-After"), path)
		require.Contains(t, got.Body.String(), "操作太频繁")
		require.NotContains(t, got.Body.String(), "¥129.00", "a hit is not told from a miss any more")
	}
	problem := f.call(get, "/f/x", "", "", "Accept", "application/json")
	require.Equal(t, "application/problem+json", problem.Header().Get("Content-Type"))
	require.Equal(t, "too_often", problem.text("reason"))
	require.Equal(t, http.StatusOK, v.get("/f/"+f.secret(id)).Code, "who holds a link is not kept from it")
}

func TestALinkThatCannotBePaidSaysWhy(t *testing.T) {
	f := newFriends(t)
	ask := models.Event{Kind: models.PayAsked, Pay: &models.Pay{
		Number: mint.Number(), Payer: "pay_1", Channel: "mock", Provider: "mockpay", Account: "acc_tea",
		Product: "wap", Quoted: models.CNY(12900), PriceVersion: 1,
	}}
	higher := models.Price{Payable: models.CNY(13900), Version: 2}
	dearer := models.Event{Kind: models.PriceChanged, Price: &higher}
	decline := func(reason string) func(_, invite string) error {
		return func(_, invite string) error { return f.store.DeclineInvite(t.Context(), invite, reason) }
	}
	for name, c := range map[string]struct {
		how    func(id, invite string) error
		events []models.Event
		status int
		says   string
	}{
		"revoked": {how: func(_, invite string) error { return f.store.RevokeInvite(t.Context(), invite) },
			status: http.StatusGone, says: "链接已被收回"},
		"declined": {how: decline("declined"), status: http.StatusGone, says: "已记下：这次不付"},
		"reported": {how: decline(reported), status: http.StatusGone, says: "已收到举报"},
		"paid": {how: func(id, _ string) error { f.pay(id); return nil },
			status: http.StatusGone, says: "已经付清了"},
		"expired": {events: []models.Event{{Kind: models.RequestLapsed}}, status: http.StatusGone,
			says: "付款时间已过"},
		"cancelled": {events: []models.Event{{Kind: models.BuyerCancelled}}, status: http.StatusGone,
			says: "请求已取消"},
		"taken":   {events: []models.Event{ask}, status: http.StatusOK, says: "有人正在付款"},
		"paused":  {events: []models.Event{dearer}, status: http.StatusOK, says: "暂时不能付款"},
		"stopped": {events: []models.Event{{Kind: models.RiskBlocked}}, status: http.StatusGone, says: "这个请求不能付款"},
	} {
		id := f.place()
		if c.how != nil {
			require.NoError(t, c.how(id, strings.Replace(id, mint.Request, mint.Invite, 1)), name)
		}
		for _, e := range c.events {
			f.happen(id, e)
		}
		v := &visitor{friends: f}
		got := v.get("/f/" + f.secret(id))
		require.Equal(t, c.status, got.Code, name)
		require.Contains(t, got.Body.String(), c.says, name)
		require.NotContains(t, got.Body.String(), `name="channel"`, name)
		again := strings.Contains(got.Body.String(), `http-equiv="refresh"`)
		require.Equal(t, c.status == http.StatusOK, again, "%s: only what may change is asked again", name)
		page := f.visit(id).get("/pay")
		require.Equal(t, c.status, page.Code, name)
		require.Contains(t, page.Body.String(), c.says, "%s, with a session", name)
	}
}
