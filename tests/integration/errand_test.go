package integration

import (
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/internal/mint"
)

// errand is the whole of the product over HTTP, with canaries put in wherever somebody
// may write something, and taken down wherever a secret is handed out.
type errand struct {
	t        *testing.T
	house    *local.House
	canaries hoard
	cookies  map[string]string
	agent    string
}

const (
	canaryPhone  = "13911112222" // the friend's
	canaryBuyer  = "13933334444"
	canaryOpenID = "oCanaryFriend0123456789"
	canaryCard   = "6222021234567890128"
)

// run lets one friend pay by phone and one inside WeChat, gives a part back, and
// returns the id of a request that settled.
func (e *errand) run() string {
	for name, canary := range map[string]string{
		"phone": canaryPhone, "buyer's phone": canaryBuyer, "openid": canaryOpenID, "card": canaryCard,
		"buyer's name": "金丝雀甲乙", "message": "CanaryMessage", "label": "CanaryLabel", "number": "CanaryOrder",
	} {
		e.canaries[name] = canary
	}
	first := e.friendPays("mockpay", "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0", e.logInByPhone)
	e.friendPays("wechatpay_jsapi", "Mozilla/5.0 (iPhone) MicroMessenger/8.0.60", e.logInSilently)
	return first
}

// friendPays takes one order from its placing to a part given back.
func (e *errand) friendPays(channel, agent string, logIn func(channel string)) string {
	e.cookies, e.agent = map[string]string{}, agent
	placed := e.merchant(http.MethodPost, "/v1/requests", `{"message":"CanaryMessage","order":{"app":"app_demo",
		"number":"CanaryOrder-`+channel+`","title":"卡 `+canaryCard+`","kind":"physical","price_version":1,
		"payable":{"minor":12900,"currency":"CNY"},"buyer":{"id":"b-1","name":"金丝雀甲乙","phone":"`+canaryBuyer+`"},
		"items":[{"title":"`+canaryCard+`","quantity":1,"price":{"minor":12900,"currency":"CNY"}}]}}`)
	id := placed["id"].(string)
	link := placed["link"].(map[string]any)
	secret := link["url"].(string)[strings.LastIndex(link["url"].(string), "/")+1:]
	e.canaries[channel+" link"], e.canaries[channel+" code"] = secret, link["code"].(string)
	more := e.merchant(http.MethodPost, "/v1/requests/"+id+"/invites", `{"label":"CanaryLabel"}`)
	e.canaries[channel+" second code"] = more["link"].(map[string]any)["code"].(string)

	e.call(http.MethodGet, "/c/"+link["code"].(string), "")
	e.call(http.MethodGet, "/f/"+secret, "")
	e.call(http.MethodPost, "/f/"+secret, "")
	logIn(channel)
	made := e.call(http.MethodPost, "/v1/link/attempts", `{"channel":"`+channel+`",
		"quote":{"minor":12900,"currency":"CNY","price_version":1}}`)
	e.press(channel, made)
	e.canaries[channel+" session"] = e.cookies["__Host-friendpay"]
	e.wait(id, func(shown map[string]any) bool { return shown["state"] == "settled" })
	e.merchant(http.MethodPost, "/v1/requests/"+id+"/refunds", `{"amount":{"minor":100,"currency":"CNY"}}`)
	e.wait(id, func(shown map[string]any) bool {
		text, _ := json.Marshal(shown)
		return strings.Contains(string(text), `"state":"succeeded"`)
	})
	return id
}

// logInByPhone takes the code from the text message.
func (e *errand) logInByPhone(string) {
	e.call(http.MethodPost, "/v1/link/login/code", `{"phone":"`+canaryPhone+`"}`)
	login := `{"phone":"` + canaryPhone + `","code":"` + e.code() + `"}`
	e.call(http.MethodPost, "/v1/link/login", login)
}

// logInSilently is WeChat's own login: out and back, with nothing shown.
func (e *errand) logInSilently(channel string) {
	begun := e.call(http.MethodPost, "/v1/link/login/provider", `{"channel":"`+channel+`"}`)
	e.canaries["login state"] = e.cookies["__Host-friendpay-login"]
	e.cookies["paysim_wechat_user"] = canaryOpenID
	back, err := url.Parse(e.send(http.MethodGet, begun["url"].(string), "", nil).header.Get("Location"))
	require.NoError(e.t, err)
	e.canaries["login code"] = back.Query().Get("code")
	require.NotEmpty(e.t, e.canaries["login code"])
	e.send(http.MethodGet, back.String(), "", nil)
}

// press pays at the provider. Where to pay, and what a bridge is asked with, are secrets.
func (e *errand) press(channel string, made map[string]any) {
	shown, ok := made["presentation"].(map[string]any)
	require.True(e.t, ok, "%v", made)
	if channel == local.DemoChannel {
		at, err := url.Parse(shown["url"].(string))
		require.NoError(e.t, err)
		e.canaries["where to pay"] = at.RequestURI()
		e.send(http.MethodPost, shown["url"].(string), "action=pay", http.Header{
			"Content-Type": {"application/x-www-form-urlencoded"},
		})
		return
	}
	fields := shown["fields"].(map[string]any)
	e.canaries["bridge signature"], _ = fields["paySign"].(string)
	wish, err := json.Marshal(map[string]any{"bridge": fields, "openid": canaryOpenID})
	require.NoError(e.t, err)
	answer := e.send(http.MethodPost, e.house.SimURL+"/sim/wechatpay/pay", string(wish), nil)
	require.Less(e.t, answer.status, http.StatusMultipleChoices)
}

// wait is for a moment when the merchant reads this of his request.
func (e *errand) wait(id string, until func(map[string]any) bool) {
	require.Eventually(e.t, func() bool {
		return until(e.merchant(http.MethodGet, "/v1/requests/"+id, ""))
	}, time.Minute, 100*time.Millisecond)
}

func (e *errand) code() string {
	answer := e.send(http.MethodGet, e.house.SimURL+"/sim/sms?to="+canaryPhone, "", nil)
	var inbox struct {
		Messages []struct{ Params map[string]string }
	}
	require.NoError(e.t, json.Unmarshal(answer.body, &inbox))
	return inbox.Messages[len(inbox.Messages)-1].Params["code"]
}

func (e *errand) merchant(method, path, body string) map[string]any {
	return e.json(method, path, body, http.Header{"Authorization": {"Bearer " + e.house.Demo.APIKey}})
}

func (e *errand) call(method, path, body string) map[string]any {
	return e.json(method, path, body, nil)
}

func (e *errand) json(method, path, body string, header http.Header) map[string]any {
	answer := e.send(method, e.house.APIURL+path, body, header)
	require.Less(e.t, answer.status, http.StatusBadRequest, "%s %s: %s", method, path, answer.body)
	said := map[string]any{}
	if strings.HasSuffix(answer.header.Get("Content-Type"), "json") {
		require.NoError(e.t, json.Unmarshal(answer.body, &said))
	}
	return said
}

// back is what an errand's call brought back.
type back struct {
	status int
	header http.Header
	body   []byte
}

func (e *errand) send(method, address, body string, header http.Header) back {
	request, err := http.NewRequestWithContext(e.t.Context(), method, address, strings.NewReader(body))
	require.NoError(e.t, err)
	request.Header = http.Header{"User-Agent": {e.agent}, "Idempotency-Key": {mint.Number()}}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, values := range header {
		request.Header[name] = values
	}
	for name, value := range e.cookies {
		request.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(e.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(e.t, err)
	for _, cookie := range answer.Cookies() {
		e.cookies[cookie.Name] = cookie.Value
	}
	return back{answer.StatusCode, answer.Header, text}
}

// unhexed is the bytes of a column of bytes, value by value.
func unhexed(t *testing.T, text string) string {
	t.Helper()
	plain, err := hex.DecodeString(strings.ReplaceAll(text, "\n", "0a"))
	require.NoError(t, err)
	return string(plain)
}
