package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/shop/view"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// What an order may say of a person or a thing; each is found again wherever it leaks.
const (
	toldTitle  = "CanaryTitle"
	toldItem   = "CanaryItem"
	toldKind   = "CanaryKind"
	toldNumber = "CanaryNumber"
	toldName   = "金丝雀甲"
	toldPhone  = "13912345678"
	toldBuyer  = "CanaryBuyer"
	toldWords  = "<i>CanaryWords</i>"
)

// toldOrder is an order of which every field that could name something is a canary.
func toldOrder() string {
	return `{"app":"app_tea","number":"` + toldNumber + mint.Number() + `","title":"` + toldTitle + `",
		"category":"` + toldKind + `","items":[{"title":"` + toldItem + `","quantity":2,
		"price":{"minor":6450,"currency":"CNY"}}],"payable":{"minor":12900,"currency":"CNY"},"price_version":1,
		"kind":"physical","buyer":{"id":"` + toldBuyer + `","name":"` + toldName + `",
		"surname":"金丝","phone":"` + toldPhone + `"}}`
}

// asks places the order of canaries with a setting.
func (f *friends) asks(shows models.Shows) string {
	f.t.Helper()
	body, err := json.Marshal(map[string]any{
		"order": json.RawMessage(toldOrder()), "shows": shows, "message": toldWords,
	})
	require.NoError(f.t, err)
	placed := f.create("/v1/requests", teaKey, string(body))
	require.Equal(f.t, http.StatusCreated, placed.Code, placed.Body)
	require.Contains(f.t, placed.text("link", "share_text"), toldWords, "the message leads the share text, too")
	return placed.text("id")
}

// everywhere walks a friend through all that he can see of a request, and returns it by place.
func (f *friends) everywhere(id string) map[string]string {
	f.t.Helper()
	seen := map[string]string{}
	look := func(name string, got answer) {
		f.t.Helper()
		require.Less(f.t, got.Code, 500, name)
		seen[name] = got.Body.String()
	}
	v := &visitor{friends: f}
	look("link", v.get("/f/"+f.secret(id)))
	look("code", v.get("/c/"+f.code(id)))
	v = f.visit(id)
	look("pay", v.get("/pay"))
	look("json", v.call(get, "/v1/link", "", "", "Cookie", v.cookie))
	look("decline", v.get("/pay/decline"))
	look("handoff", v.post("/pay/handoff", "channel", "mock"))
	v.logIn("13800138000")
	look("confirm", v.get("/pay?channel=mock"))
	look("attempt", v.pay())
	look("waiting", v.get("/pay/result"))
	look("taken", f.visit(id).get("/pay"))
	look("json paying", v.call(get, "/v1/link", "", "", "Cookie", v.cookie))
	f.happen(id, models.Event{Kind: models.PaymentSucceeded, Spare: mint.Number(), Actor: "provider:mockpay",
		Capture: &models.Capture{Money: models.CNY(12900), Transaction: "T1", PaidAt: time.Now().UTC()}})
	look("result", v.get("/pay/result"))
	look("over", f.visit(id).get("/pay"))
	look("json over", v.call(get, "/v1/link", "", "", "Cookie", v.cookie))
	seen["texts"] = strings.Join(f.sms.texts, "\n")
	return seen
}

// The allow-list, tried on every field of an order in every setting: what the setting does not
// name is in no page, answer, text or preview of the friend.
func TestAFriendSeesWhatTheBuyerLetsHimSee(t *testing.T) {
	shown := map[models.Shows][]string{
		models.ShowsFull: {toldTitle, toldItem}, models.ShowsCategory: {toldKind}, models.ShowsSurprise: {},
	}
	whole := []string{toldTitle, toldItem, toldKind}
	for _, shows := range models.AllShows {
		t.Run(string(shows), func(t *testing.T) {
			f := newFriends(t)
			seen := f.everywhere(f.asks(shows))
			for place, text := range seen {
				for _, never := range []string{toldNumber, toldName, toldPhone, toldPhone[3:], toldBuyer} {
					require.NotContains(t, text, never, place)
				}
				if !strings.HasPrefix(place, "json") {
					require.NotContains(t, text, toldWords, "no markup of his gets onto "+place)
				}
				for _, thing := range whole {
					if !contains(shown[shows], thing) {
						require.NotContains(t, text, thing, place)
					}
				}
				for _, tag := range strings.Split(text, "<meta ")[1:] {
					require.NotContains(t, strings.SplitN(tag, ">", 2)[0], "Canary", "a chat draws it of the page")
				}
			}
			for _, thing := range shown[shows] {
				require.Contains(t, seen["json"], thing)
			}
			require.Contains(t, seen["link"], "&lt;i&gt;CanaryWords", "his words, and no markup")
		})
	}
}

func contains(list []string, word string) bool {
	for _, known := range list {
		if known == word {
			return true
		}
	}
	return false
}

// The preview is the friend's answer, and the card that a shop makes of it the friend's card.
func TestThePreviewIsWhatTheFriendSees(t *testing.T) {
	f := newFriends(t)
	id := f.asks(models.ShowsFull)
	for _, shows := range models.AllShows {
		tried := f.call(get, "/v1/requests/"+id+"/preview?shows="+string(shows), teaKey, "")
		require.Equal(t, http.StatusOK, tried.Code, tried.Body)
		require.Equal(t, "full", tried.text("set", "shows"), "trying changes nothing")
		changed := f.call(post, "/v1/requests/"+id+"/card", teaKey, `{"shows":"`+string(shows)+`"}`)
		require.Equal(t, http.StatusOK, changed.Code, changed.Body)
		require.Equal(t, toldWords, changed.text("message"), "what is left out stays")

		set := f.call(get, "/v1/requests/"+id+"/preview", teaKey, "")
		require.Equal(t, string(shows), set.text("set", "shows"))
		var preview, before struct{ Friend json.RawMessage }
		var link json.RawMessage
		v := f.visit(id)
		require.NoError(t, json.Unmarshal(set.Body.Bytes(), &preview))
		require.NoError(t, json.Unmarshal(tried.Body.Bytes(), &before))
		require.NoError(t, json.Unmarshal(v.call(get, "/v1/link", "", "", "Cookie", v.cookie).Body.Bytes(), &link))
		require.JSONEq(t, string(link), string(preview.Friend))
		require.JSONEq(t, string(link), string(before.Friend))

		var told client.PayerView
		require.NoError(t, json.Unmarshal(preview.Friend, &told))
		now := time.Now()
		live, err := f.store.Link(t.Context(), strings.Replace(id, mint.Request, mint.Invite, 1), "")
		require.NoError(t, err)
		card := cardAt(live, now)
		card.Invite, card.Framed = "", true
		require.Equal(t, card, view.Card(told, now))
		require.Equal(t, http.StatusOK, f.call(post, "/v1/requests/"+id+"/card", teaKey, `{"shows":"full"}`).Code)
	}
}

func TestTheDialIsRefusedWithAFix(t *testing.T) {
	w := newWorld(t)
	order := `{"order":` + orderBody(mint.Number())
	for body, want := range map[string][2]string{
		order + `,"message":"加我 13800138000"}`: {"bad_words", "message"},
		order + `,"message":"a\u202eb"}`:       {"bad_words", "message"},
		order + `,"shows":"category"}`:         {"no_category", "shows"},
		strings.Replace(order, `"kind"`, `"category":"见 a.example","kind"`, 1) + `}`: {
			"bad_words", "category"},
	} {
		refused := w.create("/v1/requests", teaKey, body)
		require.Equal(t, http.StatusUnprocessableEntity, refused.Code, refused.Body)
		require.Equal(t, want[0], refused.text("reason"))
		require.Equal(t, want[1], refused.text("field"))
		require.NotEmpty(t, refused.text("fix"))
		require.NotContains(t, refused.Body.String(), "1380013", "it does not repeat them")
	}
	long := `{"message":"` + strings.Repeat("谢", 61) + `"}`
	id := w.place()
	card := "/v1/requests/" + id + "/card"
	require.Equal(t, http.StatusUnprocessableEntity, w.call(post, card, teaKey, long).Code)
	tried := w.call(get, "/v1/requests/"+id+"/preview?shows=category", teaKey, "")
	require.Equal(t, "no_category", tried.text("reason"))
	require.Equal(t, http.StatusOK, w.call(post, card, teaKey, `{"shows":"surprise","message":" 谢谢 "}`).Code)
	require.Equal(t, http.StatusOK, w.create("/v1/requests/"+id+"/cancel", teaKey, `{}`).Code)
	late := w.call(post, card, teaKey, `{"shows":"full"}`)
	require.Equal(t, http.StatusConflict, late.Code, late.Body)
	require.NotEmpty(t, late.text("fix"))
	require.Equal(t, http.StatusOK, w.call(post, card, teaKey, `{"shows":"surprise","message":"谢谢"}`).Code,
		"what holds already may be said again")
}

// Asking again for the same order with another setting sets it; without one it stays.
func TestAskingAgainKeepsTheDial(t *testing.T) {
	f := newFriends(t)
	order := toldOrder()
	card := func(body string) store.Card {
		placed := f.create("/v1/requests", teaKey, `{"order":`+order+body+`}`)
		require.Less(t, placed.Code, 300, placed.Body)
		card, err := f.store.Card(t.Context(), placed.text("id"))
		require.NoError(t, err)
		return card
	}
	surprise := store.Card{Shows: models.ShowsSurprise, Message: "谢谢"}
	require.Equal(t, surprise, card(`,"shows":"surprise","message":"谢谢"`))
	require.Equal(t, surprise, card(``))
	require.Equal(t, store.Card{Shows: models.ShowsCategory, Message: "谢谢"}, card(`,"shows":"category"`))
}

// Where somebody has paid, asking again changes nothing that he was shown, and is answered as before.
func TestAskingAgainAfterThePaymentChangesNothing(t *testing.T) {
	f := newFriends(t)
	order := toldOrder()
	placed := f.create("/v1/requests", teaKey, `{"order":`+order+`,"shows":"surprise","message":"谢谢"}`)
	require.Equal(t, http.StatusCreated, placed.Code, placed.Body)
	id := placed.text("id")
	f.visit(id).logIn("13800138000").pay()
	require.Equal(t, models.Applying, f.happen(id, captured12900()).State)
	again := f.create("/v1/requests", teaKey, `{"order":`+order+`,"shows":"full","message":"改了"}`)
	require.Equal(t, http.StatusOK, again.Code, again.Body)
	require.Equal(t, id, again.text("id"))
	card, err := f.store.Card(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, store.Card{Shows: models.ShowsSurprise, Message: "谢谢"}, card)
}

// A new request for an order whose last one has ended begins with what that showed and said.
func TestAskingAnewKeepsTheDial(t *testing.T) {
	w := newWorld(t)
	order := strings.Replace(orderBody(mint.Number()), `"kind"`, `"category":"饮品","kind"`, 1)
	first := w.create("/v1/requests", teaKey, `{"order":`+order+`,"shows":"surprise","message":"谢谢"}`)
	require.Equal(t, http.StatusCreated, first.Code, first.Body)
	last, buyer := first.text("id"), w.buyerToken("mer_tea", "app_tea", "buyer-1")
	for said, want := range map[string]store.Card{
		``:                                   {Shows: models.ShowsSurprise, Message: "谢谢"},
		`,"shows":"category"`:                {Shows: models.ShowsCategory, Message: "谢谢"},
		`,"shows":"surprise","message":"改了"`: {Shows: models.ShowsSurprise, Message: "改了"},
	} {
		_, err := w.store.ChangeCard(t.Context(), last, store.CardChange{
			Shows: models.ShowsSurprise, Message: ptr("谢谢"),
		})
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, w.create("/v1/requests/"+last+"/cancel", buyer, `{}`).Code)
		anew := w.create("/v1/requests", teaKey, `{"order_id":"`+first.text("order", "id")+`"`+said+`}`)
		require.Equal(t, http.StatusCreated, anew.Code, anew.Body)
		card, err := w.store.Card(t.Context(), anew.text("id"))
		require.NoError(t, err)
		require.Equal(t, want, card)
		last = anew.text("id")
	}
}

// Where a friend says first who asks, the asker's words would give it away.
func TestTheMessageWaitsForTheNameCheck(t *testing.T) {
	link := store.Link{
		App:  store.App{NameCheck: store.AlwaysCheck},
		Card: store.Card{Shows: models.ShowsFull, Message: "我是小明"}, Order: store.Order{BuyerName: "王**"},
	}
	require.Empty(t, cardAt(link, time.Now()).Message)
	link.Told = true
	require.Equal(t, "我是小明", cardAt(link, time.Now()).Message)
}

func TestAnUnknownSettingShowsNothing(t *testing.T) {
	order := store.Order{Title: toldTitle, Category: toldKind, Items: []store.Item{{Title: toldItem}}}
	link := store.Link{Order: order}
	for _, shows := range []models.Shows{"", "everything"} {
		link.Card.Shows = shows
		card := cardAt(link, time.Now())
		require.Empty(t, card.Title+card.Category)
		require.Empty(t, card.Items)
		require.Equal(t, models.ShowsSurprise, card.Shows)
	}
}
