package web_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

var card = web.Card{
	Asker: "王**", Merchant: "良品小店", Amount: models.CNY(12900), Left: 23*time.Hour + 41*time.Minute,
	Items: []web.Item{
		{Title: "手冲咖啡豆 250 克", Quantity: 1, Price: models.CNY(8900)},
		{Title: "滤纸 100 张", Quantity: 2, Price: models.CNY(2000)},
	},
}

var channels = []web.Channel{
	{ID: "cha_1", NameZH: "微信支付", NameEN: "WeChat Pay", Pays: models.CNY(12400),
		Saved: []web.Saving{{Sponsor: "merchant", Amount: models.CNY(500)}}},
	{ID: "cha_2", NameZH: "支付宝", NameEN: "Alipay", Pays: models.CNY(12900)},
}

var ways = []web.ShopWay{
	{Channel: channels[0]},
	{Channel: web.Channel{NameZH: "花呗", NameEN: "Huabei"}, Why: &web.ShopWhy{
		Text:   web.Spoken{ZH: "该类订单不支持信用付款", EN: "Orders of this kind cannot be paid on credit."},
		WayOut: web.Spoken{ZH: "朋友可以换一种方式付。", EN: "Your friend can pay another way."},
	}},
}

var outcomes = []web.Outcome{
	web.Opening, web.Waiting, web.Confirming, web.GivingUp, web.Switching, web.Paid, web.NotPaid, web.Returning,
	web.Returned, web.ReturnStuck, web.HeldBack,
}

// views holds every page in each of its situations.
func views(t *testing.T) map[string]web.Page {
	t.Helper()
	qr, err := web.DrawQR("https://pay.example/f/abc")
	require.NoError(t, err)
	at, number := time.Unix(1735700000, 0), "01HZX3K7W2QN8R5T6V9Y0A1B2C"
	page := func(template web.Template, view any) web.Page { return web.Page{Template: template, View: view} }
	pages := map[string]web.Page{
		"link":  {Template: web.LinkPage, View: web.Link{Card: card, Channels: channels}, Touched: true},
		"type":  page(web.CodePage, web.Code{Typed: "K7", Problem: &web.Problem{Reason: "bad_code"}}),
		"login": page(web.PayPage, web.Pay{Card: card, Channels: channels, Chosen: channels[0]}),
		"bound": page(web.PayPage, web.Pay{Card: card, Channels: []web.Channel{
			{ID: "cha_1", NameZH: "微信支付", NameEN: "WeChat Pay", Login: true},
		}}),
		"bridge": page(web.BridgePage, web.Bridge{Card: card, Params: map[string]string{"appId": `wx"1`}}),
		"look":   page(web.PayPage, web.Pay{Card: card, Look: true}),
		"code": page(web.PayPage, web.Pay{
			Card: card, Phone: "13800138000", CodeSent: true,
			Problem: &web.Problem{Reason: "code_too_soon", Wait: 42 * time.Second},
		}),
		"confirm": page(web.PayPage, web.Pay{
			Card: card, Channels: channels, Chosen: channels[1], LoggedIn: true, Payer: "138****8000",
			PriceVersion: 3, Pledged: at,
		}),
		"handoff": page(web.HandoffPage, web.Handoff{
			Card: card, Code: "7K2M9-QX4AB", At: "https://pay.example/c", QR: qr, Wait: 2 * time.Minute,
			Blocked: web.Blocked{App: "alipay"},
		}),
		"coded": page(web.LinkPage, web.Link{
			Card: card, Channels: channels, Blocked: web.Blocked{App: "wechat", Heard: true},
		}),
		"decline": page(web.DeclinePage, web.Decline{Card: card}),
		"leave":   page(web.HopPage, web.Hop{URL: "https://wallet.example/h5?id=1"}),
		"hop":     page(web.HopPage, web.Hop{URL: "https://bank.example/pay", Fields: map[string]string{"a": "b"}}),
		"order": page(web.OrderPage, web.ShopOrder{
			Items: card.Items, Total: card.Amount, MayAsk: true, Ways: ways,
			Requests: []web.ShopLine{{ID: "fpr_1", Amount: card.Amount, State: models.Settled, At: at}},
		}),
		"receipt": page(web.ReceiptPage, web.Receipt{
			ID: "fpr_1", Number: "T20250101", Title: "咖啡", State: models.PartlyRefunded, Applied: models.CNY(10900),
			Lines: []web.ReceiptLine{
				{Name: "paid", Reference: number, Amount: models.CNY(12900), At: at},
				{Name: "refund_done", Reference: number, Amount: models.CNY(2000), At: at.Add(24 * time.Hour)},
			},
		}),
	}
	maps.Copy(pages, friendViews(at))
	pages["own"] = page(web.RequestPage, web.ShopRequest{
		ID: "fpr_1", Title: "咖啡", Amount: card.Amount, State: models.Paying, Own: true,
		PayAt: "https://bank.example/pay", PayQR: qr, SlotLeft: 5 * time.Minute,
	})
	pages["result_over"] = page(web.ResultPage, web.Result{
		Card: card, Outcome: web.Waiting, Attempt: number, Channel: channels[0], Over: true, MayGiveUp: true,
	})
	for _, outcome := range outcomes {
		view := web.Result{Card: card, Outcome: outcome, Attempt: number, Channel: channels[0]}
		switch outcome {
		case web.Waiting:
			view.QR, view.SlotLeft, view.MayGiveUp = qr, 5*time.Minute, true
		case web.Paid, web.Returning, web.Returned:
			view.Captured, view.PaidAt = card.Amount, at
		case web.NotPaid:
			view.MayRetry = true
		default: // the card and the words are all there is
		}
		if outcome == web.Returning {
			for _, why := range models.RefundReasons {
				view.Refunds = append(view.Refunds, web.Refund{Amount: card.Amount, Why: why})
			}
		}
		pages["result_"+string(outcome)] = page(web.ResultPage, view)
	}
	for _, name := range web.Notices {
		view := web.Notice{Name: name, Card: &card, Wait: time.Minute, Mine: web.MineExchange}
		pages["notice_"+name] = web.Page{Template: web.NoticePage, View: view, Refresh: 3 * time.Second}
	}
	for _, state := range models.States {
		view := web.ShopRequest{ID: "fpr_1", Title: "咖啡", Amount: card.Amount, State: state, Left: time.Hour}
		if state == models.Open {
			view.Shown, view.MayPay, view.MayEnd, view.MayAdd = &web.ShopFriend{
				ID: "inv_1", No: 1, State: web.FriendUnopened, Link: "https://pay.example/f/abc", QR: qr,
				Text: "帮我付一下", Code: "7K2M9-QX4AB", Alone: true, Shown: true,
			}, true, true, true
		}
		pages["state_"+string(state)] = web.Page{Template: web.RequestPage, View: view, Stream: "/shop/stream"}
	}
	return pages
}

// friendViews are the buyer's pages about whom he asks.
func friendViews(at time.Time) map[string]web.Page {
	pages := map[string]web.Page{}
	var friends []web.ShopFriend
	for i, state := range web.FriendStates {
		friend := web.ShopFriend{ID: "inv_1", No: i + 1, State: state, Goes: "/shop/requests/fpr_1?friend=inv_1"}
		if state == web.FriendOpened || state == web.FriendPledged {
			friend.Name, friend.At, friend.Times = "老张", at, 3
		}
		friends = append(friends, friend)
	}
	pages["friends"] = web.Page{Template: web.RequestPage, View: web.ShopRequest{
		ID: "fpr_1", Title: "咖啡", Amount: card.Amount, State: models.Paying, Shown: &friends[2], MayAdd: true,
		Friends: friends[:5], Rest: friends[5:],
	}}
	pages["nobody"] = web.Page{Template: web.OrderPage, View: web.ShopOrder{
		Total: card.Amount, Ways: ways[1:], Why: []web.ShopWhy{*ways[1].Why},
	}}
	pages["invite"] = web.Page{Template: web.InvitePage, Buyer: true, View: web.ShopInvite{
		Request: "fpr_1", Name: "老张", Where: "qq", Places: web.FriendPlaces,
		Problem: &web.Problem{Reason: "too_many_invites"},
	}}
	pages["revoke"] = web.Page{Template: web.RevokePage, View: web.ShopRevoke{
		Request: "fpr_1", Friend: friends[1], Others: true,
	}}
	return pages
}

func TestEveryPageIsDrawnInEveryLanguage(t *testing.T) {
	t.Parallel()
	pages, err := web.New()
	require.NoError(t, err)
	assets := size(t, "static/app.css") + size(t, "static/app.js") + size(t, "static/icon.svg")
	drawn := views(t)
	maps.Copy(drawn, listViews())
	for name, page := range drawn {
		for _, locale := range web.Locales {
			html, err := pages.HTML(locale, page)
			require.NoError(t, err, "%s in %s", name, locale)
			text := string(html)
			require.Contains(t, text, `lang="`+string(locale)+`"`)
			require.Contains(t, text, "noindex")
			require.NotRegexp(t, `(src|href)="?(https?:)?//[^"]*\.(js|css|png|svg|woff2?)`, text,
				"an asset from elsewhere")
			require.NotRegexp(t, `<script[^>]*>[^<]|style="|\son\w+="`, text, "inline code, which the policy forbids")
			require.LessOrEqual(t, len(html)+assets, 50_000, "%s is heavier than its budget", name)
			og := regexp.MustCompile(`<meta property="og:[^>]*>`).FindAllString(text, -1)
			require.NotContains(t, strings.Join(og, ""), "王", "a preview shows no name")
			keep(t, name+"."+string(locale), html)
		}
	}
}

// keep leaves the pages where PAGES_DIR says, to be looked at; the test itself needs none of it.
func keep(t *testing.T, name string, html []byte) {
	t.Helper()
	dir := os.Getenv("PAGES_DIR")
	if dir == "" {
		return
	}
	require.NoError(t, os.WriteFile(dir+"/"+name+".html", html, 0o600))
}

func size(t *testing.T, file string) int {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	return len(content)
}

func keys(t *testing.T, locale web.Locale) map[string]string {
	t.Helper()
	content, err := os.ReadFile("translations/" + string(locale) + ".json")
	require.NoError(t, err)
	texts, found := map[string]any{}, map[string]string{}
	require.NoError(t, json.Unmarshal(content, &texts))
	for key, text := range texts {
		switch text := text.(type) {
		case string:
			found[key] = text
		case map[string]any: // the forms of a number of things
			require.ElementsMatch(t, []string{"one", "other"}, slices.Collect(maps.Keys(text)), key)
			found[key], _ = text["other"].(string)
		}
	}
	return found
}

// The shop is called on its own pages as it is on the friend's, in any language.
func TestTheShopHasOneName(t *testing.T) {
	t.Parallel()
	for _, locale := range web.Locales {
		require.Contains(t, keys(t, locale)["shop.name"], card.Merchant)
	}
}

func TestTranslationsHaveTheSameKeysAndSlots(t *testing.T) {
	t.Parallel()
	slot := regexp.MustCompile(`{{\.\w+}}`)
	chinese, english := keys(t, web.Chinese), keys(t, web.English)
	require.Len(t, english, len(chinese))
	for key, text := range chinese {
		require.Contains(t, english, key)
		require.NotEmpty(t, text)
		require.ElementsMatch(t, slot.FindAllString(text, -1), slot.FindAllString(english[key], -1), key)
	}
}

func TestEveryTranslationIsUsed(t *testing.T) {
	t.Parallel()
	var source strings.Builder
	entries, err := os.ReadDir("templates")
	require.NoError(t, err)
	for _, entry := range entries {
		content, err := os.ReadFile("templates/" + entry.Name())
		require.NoError(t, err)
		source.Write(content)
	}
	built := map[string]bool{"refusal.other": true}
	for _, sponsor := range []string{"merchant", "channel", "platform"} {
		built["offer.by."+sponsor] = true
	}
	for _, shows := range models.AllShows {
		built["privacy."+string(shows)+".name"], built["privacy."+string(shows)+".what"] = true, true
	}
	for _, reason := range web.Reasons {
		built["refusal."+reason] = true
	}
	for _, name := range web.Notices {
		built["notice."+name+".title"], built["notice."+name+".text"] = true, true
	}
	for _, state := range web.FriendStates {
		built["friend."+string(state)] = true
	}
	for _, place := range web.FriendPlaces {
		built["friend.where."+place] = true
	}
	for _, state := range models.States {
		built["state."+string(state)+".short"], built["state."+string(state)+".text"] = true, true
		built["asked.next."+string(state)] = true
	}
	for _, outcome := range captured {
		built["mine."+string(outcome)] = true
	}
	for _, name := range web.ShopRequest.Thanks(web.ShopRequest{}) {
		built["thanks."+name] = true
	}
	for _, f := range refunds {
		for _, stage := range f.Stages() {
			built["stage."+stage.Name] = true
		}
	}
	for _, stage := range []string{"asked", "provider", "arrived"} {
		built["stage."+stage+"_at"] = true
	}
	for key := range keys(t, web.Chinese) {
		result := strings.HasPrefix(key, "result.") && strings.Count(key, ".") == 2
		receipt := strings.HasPrefix(key, "receipt.")
		if !built[key] && !result && !receipt {
			require.Contains(t, source.String(), `"`+key+`"`, "nobody says this")
		}
		delete(built, key)
	}
	require.Empty(t, built, "nothing is said for these")
}

func TestMissingTranslationIsAnError(t *testing.T) {
	t.Parallel()
	pages, err := web.New()
	require.NoError(t, err)
	_, err = pages.HTML(web.English, web.Page{Template: web.NoticePage, View: web.Notice{Name: "nonsense"}})
	require.ErrorContains(t, err, "notice.nonsense.title")
	_, err = pages.HTML(web.English, web.Page{Template: "nonsense"})
	require.ErrorContains(t, err, "no such page")
}

func TestLanguageIsTheReadersOrChinese(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]web.Locale{
		"": web.Chinese, "zh-CN,zh;q=0.9,en;q=0.8": web.Chinese, "zh-TW": web.Chinese,
		"en-GB,en;q=0.9": web.English,
		"en-US":          web.English, "\x00;;;": web.Chinese, "de;q=0.9,en;q=0.5": web.English,
	} {
		require.Equal(t, want, web.MatchLocale(header), header)
	}
}

func TestMoneyIsWrittenForPeople(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		locale web.Locale
		amount models.Money
		want   string
	}{
		{web.Chinese, models.CNY(12900), "¥129.00"},
		{web.English, models.CNY(12900), "¥129.00"},
		{web.Chinese, models.CNY(1), "¥0.01"},
		{web.English, models.CNY(123456789), "¥1,234,567.89"},
		{web.English, models.Money{Minor: 500, Currency: "JPY"}, "¥500"},
	} {
		text, err := web.FormatMoney(c.locale, c.amount)
		require.NoError(t, err)
		require.Equal(t, c.want, text)
	}
	_, err := web.FormatMoney(web.English, models.Money{Minor: 1, Currency: "XXZ"})
	require.Error(t, err)
}

func TestStaticFilesAreCachedByTheirContent(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]int{
		"/static/app.css": http.StatusOK, "/static/": http.StatusNotFound, "/static/../web.go": http.StatusNotFound,
	} {
		answer := httptest.NewRecorder()
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/x", nil)
		request.URL.Path = path
		web.Static().ServeHTTP(answer, request)
		require.Equal(t, want, answer.Code, path)
		require.NotContains(t, answer.Header().Get("Cache-Control"), "immutable", "no version asked for")
	}
}

func TestQRCodeHoldsNothingButModules(t *testing.T) {
	t.Parallel()
	svg, err := web.DrawQR(`https://pay.example/f/"><script>`)
	require.NoError(t, err)
	require.NotContains(t, string(svg), "script")
	_, err = web.DrawQR(strings.Repeat("x", 8000))
	require.Error(t, err)
}
