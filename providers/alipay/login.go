package alipay

import (
	"cmp"
	"context"
	"net/url"

	library "github.com/smartwalle/alipay/v3"

	"github.com/friendpay/friendpay/providers"
)

// maxCode bounds what a browser may hand in as a code, in bytes.
const maxCode = 512

// Products are one for each place that a link may be open in: Alipay, a phone's
// browser, a desk's, and a code for any phone that has Alipay.
func (a *Adapter) Products() []string { return []string{"jsapi", "wap", "page", "qr"} }

// Binds says which products are paid by one person only.
func (a *Adapter) Binds(product string) bool { return product == "jsapi" }

// CodeName is how Alipay brings the code.
func (a *Adapter) CodeName() string { return "auth_code" }

// LoginURL asks for the open id alone, which Alipay gives silently. The library has
// the address as a constant.
func (a *Adapter) LoginURL(returnURL, state string) string {
	return a.authorize.String() + "?" + url.Values{
		"app_id": {a.AppID}, "scope": {"auth_base"}, "redirect_uri": {returnURL}, "state": {state},
	}.Encode()
}

// token is the answer to a code. New apps know people by their open id only, old ones
// by their user number; the library takes only the latter for a success.
type token struct {
	OpenID string `json:"open_id"`
	UserID string `json:"user_id"`
	Token  string `json:"access_token"`
}

// Login exchanges a code, once: a code that was sent is spent, whatever came back.
func (a *Adapter) Login(ctx context.Context, code string) (providers.Identity, error) {
	if code == "" || len(code) > maxCode {
		return providers.Identity{}, providers.ErrLogin
	}
	var said token
	err := a.ask(ctx, "login", library.NewPayload("alipay.system.oauth.token").
		AddParam("grant_type", "authorization_code").AddParam("code", code), &said)
	if told(err, codeSpent) {
		return providers.Identity{}, providers.ErrLogin
	}
	if err != nil {
		return providers.Identity{}, err
	}
	who := cmp.Or(said.OpenID, said.UserID)
	if said.Token == "" || !openIDForm.MatchString(who) {
		return providers.Identity{}, odd("login", "the answer names nobody")
	}
	return providers.Identity{Subject: who, App: a.AppID}, nil
}
