package wechatpay

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/friendpay/friendpay/providers"
)

// maxCode bounds what a browser may hand in as a code, in bytes.
const maxCode = 512

// Products are one for each place that a link may be open in: WeChat, a phone's
// browser, a desk.
func (a *Adapter) Products() []string { return []string{"jsapi", "h5", "native"} }

// Binds says which products are paid by one openid only.
func (a *Adapter) Binds(product string) bool { return product == "jsapi" }

// CodeName is how WeChat brings the code.
func (a *Adapter) CodeName() string { return "code" }

// LoginURL asks for the openid alone, which WeChat gives silently. It reads the
// parameters in this order only, and wants the fragment. "" is an account without
// an app secret, which has no login.
func (a *Adapter) LoginURL(returnURL, state string) string {
	if a.AppSecret == "" {
		return ""
	}
	return a.oauth.String() + "/connect/oauth2/authorize?appid=" + url.QueryEscape(a.AppID) +
		"&redirect_uri=" + url.QueryEscape(returnURL) + "&response_type=code&scope=snsapi_base&state=" +
		url.QueryEscape(state) + "#wechat_redirect"
}

// token is the answer to a code, good or bad; both come with status 200 and say
// that they are plain text.
type token struct {
	OpenID   string `json:"openid"`
	Snapshot int    `json:"is_snapshotuser"`
	ErrCode  int    `json:"errcode"`
}

// Login exchanges a code, once: a code that was sent is spent, whatever came back.
func (a *Adapter) Login(ctx context.Context, code string) (providers.Identity, error) {
	if a.AppSecret == "" {
		return providers.Identity{}, definite("login", "NO_SECRET", "this account has no login")
	}
	if code == "" || len(code) > maxCode {
		return providers.Identity{}, providers.ErrLogin
	}
	ctx, cancel := context.WithTimeout(ctx, a.patience)
	defer cancel()
	asked := url.Values{
		"appid": {a.AppID}, "secret": {a.AppSecret}, "code": {code}, "grant_type": {"authorization_code"},
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet,
		a.oauthAPI.String()+"/sns/oauth2/access_token?"+asked.Encode(), nil)
	if err != nil {
		return providers.Identity{}, definite("login", "REQUEST", "the address cannot be called")
	}
	response, err := a.login.Do(request)
	if err != nil {
		return providers.Identity{}, noAnswer(ctx, "login", err)
	}
	defer response.Body.Close()
	body, err := peek(response)
	if err != nil {
		return providers.Identity{}, noAnswer(ctx, "login", err)
	}
	var said token
	if response.StatusCode != http.StatusOK || unmarshal(body, &said) != nil {
		return providers.Identity{}, odd("login", "status "+strconv.Itoa(response.StatusCode)+" or no JSON")
	}
	return a.identity(said)
}

func (a *Adapter) identity(said token) (providers.Identity, error) {
	failed := &providers.Error{
		Class: providers.Definite, Op: "login", Code: strconv.Itoa(said.ErrCode), Message: "refused",
	}
	switch said.ErrCode {
	case 0:
	case 40029, 40163, 41008, 42003: // unknown, spent, missing, too old
		return providers.Identity{}, providers.ErrLogin
	case -1, 45009, 45011: // busy, too many calls
		failed.Class = providers.Refused
		return providers.Identity{}, failed
	default:
		return providers.Identity{}, failed
	}
	if said.Snapshot == 1 {
		return providers.Identity{}, &providers.Error{
			Class: providers.Definite, Op: "login", Code: "SNAPSHOT", Err: providers.ErrSnapshot,
			Message: "somebody looks at a preview and cannot pay",
		}
	}
	if said.OpenID == "" || len(said.OpenID) > maxOpenID {
		return providers.Identity{}, odd("login", "the answer names nobody")
	}
	return providers.Identity{Subject: said.OpenID, App: a.AppID}, nil
}
