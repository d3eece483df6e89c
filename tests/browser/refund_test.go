package browser

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/internal/mint"
)

// The merchant gives the money back: the friend's page says that it is on its way to
// him and by which day at the latest, and turns by itself when he has it.
func TestAFriendReadsWhenHisRefundComes(t *testing.T) {
	house := openHouse(t)
	buyer, friend := newVisit(t, house), newVisit(t, house)
	link := buyer.ask()
	friend.pays(link, "wechatpay_h5")
	simulate(t, house, "faults", `{"op":"refund","mode":"stuck_processing"}`)
	refund := giveBack(t, house, link)
	friend.open(house.APIURL + "/pay/result")
	friend.sees("article.notice.returning")
	require.Regexp(t, `预计最晚 \d{4}-\d\d-\d\d 到账`, friend.text("article dl"))
	require.Contains(t, friend.text("article"), "退回中")
	friend.fits()
	friend.shot("refund-due")
	buyer.open(buyer.address())
	buyer.sees("article.notice.refunding")
	buyer.fits()
	simulate(t, house, "wechatpay/refunds", `{"number":"`+refund+`","state":"done"}`)
	friend.sees("article.notice.returned")
	friend.fits()
	buyer.sees("article.notice.refunded")
}

// The payer's account cannot take the refund: his page asks him what to do, and shows
// what he said.
func TestAFriendIsAskedWhereHisRefundCannotGo(t *testing.T) {
	house := openHouse(t)
	buyer, friend := newVisit(t, house), newVisit(t, house)
	link := buyer.ask()
	friend.pays(link, "wechatpay_h5")
	simulate(t, house, "faults", `{"op":"refund","mode":"abnormal"}`)
	refund := giveBack(t, house, link)
	friend.open(house.APIURL + "/pay/result")
	friend.sees("form[action='/pay/refund'] button[value=contact]")
	friend.fits()
	friend.press("form[action='/pay/refund'] button[value=contact]")
	friend.sees("form[action='/pay/refund'] p[role=status]")
	require.Zero(t, friend.count("button[value=contact]"), "he said so")
	friend.fits()
	simulate(t, house, "wechatpay/refunds", `{"number":"`+refund+`","state":"done"}`)
	require.Eventually(t, func() bool {
		friend.open(house.APIURL + "/pay/result")
		return friend.count("article.notice.returned") == 1
	}, 20*time.Second, 200*time.Millisecond)
}

// pays goes the whole way of a friend on a phone.
func (v *visit) pays(link, channel string) {
	v.t.Helper()
	v.paysAs(ownPhone(), link, channel)
}

func (v *visit) paysAs(phone, link, channel string) {
	v.t.Helper()
	v.open(link)
	v.press("form.choices button[value=" + channel + "]")
	v.login(ownPhone())
	v.press("form[action='/pay/attempts'] button.main")
	v.sees("button.pay")
	v.press("button.pay")
	v.sees("article.notice.paid")
}

// simulate works the simulator's switches.
func simulate(t *testing.T, house *local.House, what, body string) {
	t.Helper()
	send(t, house.SimURL+"/sim/"+what, body, http.Header{})
}

// giveBack has the merchant return all that was paid by a link; it returns the refund's
// number once the provider has heard of it.
func giveBack(t *testing.T, house *local.House, link string) (refund string) {
	t.Helper()
	id := requestOf(t, house, link).ID
	send(t, house.APIURL+"/v1/requests/"+id+"/refunds", `{"reason":"returned"}`, http.Header{
		"Authorization": {"Bearer " + house.Demo.APIKey}, "Idempotency-Key": {mint.Number()},
	})
	r := requestOf(t, house, link)
	require.Len(t, r.Refunds, 1)
	return r.Refunds[0].Number
}

func send(t *testing.T, address, body string, header http.Header) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	call, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(body))
	require.NoError(t, err)
	call.Header = header
	call.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(call)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Less(t, answer.StatusCode, 300, address)
}
