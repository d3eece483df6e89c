package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// A link through which money is under way is not declined, by whomever: it would be
// dead for him who is paying, and the page of a paid order would say that nobody paid.
func TestALinkInUseIsNotDeclined(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v := f.visit(id).logIn("13800138000")
	v.pay()
	stranger := f.visit(id)
	for _, who := range []*visitor{v, stranger} {
		refused := who.json(http.MethodPost, "/v1/link/decline", "")
		require.Equal(t, http.StatusConflict, refused.Code, refused.Body)
		require.Equal(t, "link_in_use", refused.text("reason"))
	}
	led := v.post("/pay/decline").Header().Get("Location")
	require.Equal(t, "/pay/result", led, "his page is that of his payment")

	f.happen(id, captured12900())
	require.Equal(t, http.StatusConflict, v.json(http.MethodPost, "/v1/link/decline", "").Code)
	invites, err := f.store.Invites(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, store.InviteLive, invites[0].State)
}

// What the provider never took is over: the link may be declined again.
func TestALinkIsDeclinedOnceItsAttemptIsOver(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v := f.visit(id).logIn("13800138000")
	v.pay()
	f.happen(id, models.Event{Kind: models.SlotLapsed})
	f.happen(id, models.Event{Kind: models.PaymentClosed})
	require.Less(t, v.json(http.MethodPost, "/v1/link/decline", "").Code, http.StatusBadRequest)
}

func TestTheBuyerPaysHimself(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	paying := f.create("/v1/requests/"+id+"/pay", teaKey, `{"channel":"mock"}`)
	require.Equal(t, http.StatusCreated, paying.Code, paying.Body)
	require.Equal(t, bankPage, paying.text("presentation", "url"))
	require.True(t, f.door.event.Pay.ByBuyer)
	again := f.create("/v1/requests/"+id+"/pay", teaKey, `{"channel":"nonsense"}`)
	require.Equal(t, "channel_unavailable", again.text("reason"))

	other := f.place()
	f.door.fail = models.Refuse(models.Unavailable, "still_working", "Later.")
	slow := f.create("/v1/requests/"+other+"/pay", teaKey, `{"channel":"mock"}`)
	require.Equal(t, http.StatusAccepted, slow.Code, slow.Body)
	require.Regexp(t, `^[0-9A-Z]{26}$`, slow.text("attempt"), "the number to ask about later")
}

func TestARefundSaysWhatIsWrongWithIt(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	path := "/v1/requests/" + id + "/refunds"
	require.Equal(t, "not_paid", f.create(path, teaKey, `{}`).text("reason"))
	f.pay(id)
	dollars := f.create(path, teaKey, `{"amount":{"minor":1,"currency":"USD"}}`)
	require.Equal(t, "other_currency", dollars.text("reason"))
	require.Equal(t, "amount.currency", dollars.text("field"))
	require.Equal(t, http.StatusCreated, f.create(path, teaKey, `{}`).Code)
	require.Equal(t, "refund_exceeds", f.create(path, teaKey, `{}`).text("reason"), "nothing is left")
}
