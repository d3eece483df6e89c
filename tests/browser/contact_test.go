package browser

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/internal/mint"
)

// anyWay is a way to pay on the page of who is logged in and has picked none before.
const anyWay = "form[action='/pay/attempts'] button[value=alipay_wap]"

// The merchant shows an invite to one contact inside its app: he is let in without a tap, as
// who he is. The same link is nobody else's.
func TestAContactIsLetInWithoutATap(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	newVisit(t, house).ask()
	var listed struct {
		Requests []struct {
			ID string `json:"id"`
		} `json:"requests"`
	}
	merchantCall(t, house, http.MethodGet, "/v1/requests", "", &listed)
	require.NotEmpty(t, listed.Requests)
	var made struct {
		Link struct {
			URL string `json:"url"`
		} `json:"link"`
	}
	merchantCall(t, house, http.MethodPost, "/v1/requests/"+listed.Requests[0].ID+"/invites",
		`{"contact":"friend-7"}`, &made)

	for _, word := range []string{"", "#voucher=" + vouch(t, house, "friend-8")} {
		other := newVisit(t, house)
		other.open(made.Link.URL + word)
		if word == "" {
			other.press("form button")
		}
		other.sees("article.notice.for_contact")
		other.fits()
	}

	friend := newVisit(t, house)
	friend.open(made.Link.URL + "#voucher=" + vouch(t, house, "friend-7"))
	friend.sees(anyWay)
	require.Zero(t, friend.taps)
	require.True(t, strings.HasSuffix(friend.address(), "/pay"), friend.address())
	friend.fits()
	friend.press(anyWay)
	friend.press("button.pay")
	friend.sees("article.notice.paid")
}

// merchantCall is a call of the merchant's server.
func merchantCall(t *testing.T, house *local.House, method, path, body string, into any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, house.APIURL+path, strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+house.Demo.APIKey)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", mint.Number())
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Less(t, answer.StatusCode, http.StatusMultipleChoices)
	require.NoError(t, json.NewDecoder(answer.Body).Decode(into))
}
