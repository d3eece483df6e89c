package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
)

func TestAMerchantPlacesARequest(t *testing.T) {
	w := newWorld(t)
	placed := w.create("/v1/requests", teaKey, `{"order":`+orderBody("A1")+`,"message":"帮帮我"}`)
	require.Equal(t, http.StatusCreated, placed.Code, placed.Body)
	require.Equal(t, "open", placed.text("state"))
	require.Equal(t, "A1", placed.text("order", "number"))
	address := placed.text("link", "url")
	require.Equal(t, "帮帮我\n"+address, placed.text("link", "share_text"))
	secret := strings.TrimPrefix(address, "https://pay.example.com/f/")
	link, err := w.store.InviteByHash(t.Context(), w.server.Links.Hash(secret))
	require.NoError(t, err)
	require.Equal(t, placed.text("id"), link.Request.ID)
	require.Equal(t, "王**", link.Order.BuyerName)
	code := w.server.Links.CodeHash(placed.text("link", "code"))
	invite, err := w.store.ShareCode(t.Context(), code)
	require.NoError(t, err)
	require.Equal(t, link.Invite.ID, invite)
	require.WithinDuration(t, time.Now().Add(24*time.Hour), link.Request.ExpiresAt, time.Minute)
	require.NotContains(t, w.log.String(), secret)
}

func TestAskingAgainGivesTheOpenRequest(t *testing.T) {
	w := newWorld(t)
	body := `{"order":` + orderBody("A1") + `}`
	first := w.create("/v1/requests", teaKey, body)
	again := w.create("/v1/requests", teaKey, body)
	require.Equal(t, http.StatusOK, again.Code, again.Body)
	require.Equal(t, first.text("id"), again.text("id"))
	require.Equal(t, first.text("link", "url"), again.text("link", "url"))

	other := strings.Replace(body, "12900", "9900", 1)
	differs := w.create("/v1/requests", teaKey, other)
	require.Equal(t, http.StatusConflict, differs.Code, differs.Body)
	require.Equal(t, "order_differs", differs.text("reason"))
}

func TestABuyerAsksForARegisteredOrder(t *testing.T) {
	w := newWorld(t)
	order := w.create("/v1/orders", teaKey, orderBody("A1"))
	require.Equal(t, http.StatusCreated, order.Code, order.Body)
	body := `{"order_id":"` + order.text("id") + `","expires_in_seconds":3600}`

	stranger := w.create("/v1/requests", w.buyerToken("mer_tea", "app_tea", "buyer-2"), body)
	require.Equal(t, http.StatusNotFound, stranger.Code, stranger.Body)
	foreign := w.create("/v1/requests", coffeeKey, body)
	require.Equal(t, http.StatusNotFound, foreign.Code, foreign.Body)

	mine := w.buyerToken("mer_tea", "app_tea", "buyer-1")
	placed := w.create("/v1/requests", mine, body)
	require.Equal(t, http.StatusCreated, placed.Code, placed.Body)
	told := w.create("/v1/requests", mine, `{"order":`+orderBody("A2")+`}`)
	require.Equal(t, http.StatusForbidden, told.Code, told.Body)

	shown := w.call(get, "/v1/requests/"+placed.text("id"), mine, "")
	require.Equal(t, http.StatusOK, shown.Code, shown.Body)
	expires, err := time.Parse(time.RFC3339, shown.text("expires_at"))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(time.Hour), expires, time.Minute)
}

func TestARefusedOrderLeavesNothing(t *testing.T) {
	w := newWorld(t)
	dear := strings.Replace(orderBody("A1"), "12900", "2000000", 1)
	refused := w.create("/v1/requests", teaKey, `{"order":`+dear+`}`)
	require.Equal(t, http.StatusUnprocessableEntity, refused.Code, refused.Body)
	require.Equal(t, "not_eligible", refused.text("reason"))
	require.Contains(t, refused.Body.String(), `"rule":"no_channel"`)
	list := w.call(get, "/v1/requests", teaKey, "")
	require.JSONEq(t, `{"requests":[]}`, list.Body.String())

	asked := w.call(post, "/v1/eligibility", teaKey, `{"order":`+dear+`}`)
	require.Equal(t, "disabled", asked.text("state"))
	require.Contains(t, asked.Body.String(), `"rule":"channel_amount"`)
	fits := w.call(post, "/v1/eligibility", teaKey, `{"order":`+orderBody("A1")+`}`)
	require.Contains(t, fits.Body.String(), `"channels":[{"id":"mock"`)
}

func TestAnOrderThatIsPaidIsNotAskedForAgain(t *testing.T) {
	w := newWorld(t)
	body := `{"order":` + orderBody("A1") + `}`
	id := w.create("/v1/requests", teaKey, body).text("id")
	require.Equal(t, models.Settled, w.pay(id).State)
	again := w.create("/v1/requests", teaKey, body)
	require.Equal(t, http.StatusConflict, again.Code, again.Body)
	require.Equal(t, "order_paid", again.text("reason"))
}

func TestASlowEngineIsAnsweredWithLater(t *testing.T) {
	w := newWorld(t)
	w.door.fail = models.Refuse(models.Unavailable, "still_working", "Later.")
	body, key := `{"order":`+orderBody("A1")+`}`, mint.Number()
	later := w.call(post, "/v1/requests", teaKey, body, keyHeader, key)
	require.Equal(t, http.StatusAccepted, later.Code, later.Body)
	require.Equal(t, "checking", later.text("state"))
	require.NotContains(t, later.Body.String(), "link")
	w.door.fail = nil
	done := w.call(post, "/v1/requests", teaKey, body, keyHeader, key)
	require.Equal(t, http.StatusCreated, done.Code, done.Body)
	require.Equal(t, later.text("id"), done.text("id"))
	require.NotEmpty(t, done.text("link", "url"))
}

func TestSpeedDividesDurations(t *testing.T) {
	w := newWorld(t, func(d *Deps) { d.Config.Speed = 60 })
	r, err := w.store.Request(t.Context(), w.place())
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(24*time.Minute), r.ExpiresAt, time.Minute)
	require.EqualValues(t, 60, r.Speed)
}
