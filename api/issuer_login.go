package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// OpenID logs people in at an OpenID Connect issuer. secret is what the browser alone knows
// of a login: the issuer's answer is bound to it.
type OpenID interface {
	LoginURL(ctx context.Context, returnURL, state, secret string) (string, error)
	Login(ctx context.Context, returnURL, code, secret string) (providers.Identity, error)
}

type issuerLoginIn struct {
	Body struct {
		Channel string `json:"channel,omitempty" maxLength:"64" doc:"Picked before; the page comes back with it."`
	}
}

// beginIssuerLogin says where to log in at the issuer.
func (s *Server) beginIssuerLogin(ctx context.Context, in *issuerLoginIn) (*providerLoginOut, error) {
	address, cookie, err := s.beginAtIssuer(ctx, in.Body.Channel)
	if err != nil {
		return nil, err
	}
	out := &providerLoginOut{SetCookie: cookie.String()}
	out.Body.URL = address
	return out, nil
}

// loginAtIssuer is the button of the page.
func (s *Server) loginAtIssuer(c echo.Context) error {
	channel := c.FormValue("channel")
	address, cookie, err := s.beginAtIssuer(c.Request().Context(), channel)
	if err != nil {
		return s.payPage(c, web.Pay{Chosen: web.Channel{ID: channel}}, err)
	}
	c.SetCookie(cookie)
	return c.Redirect(http.StatusSeeOther, address)
}

// beginAtIssuer keeps the state with the link, and gives the browser a secret besides, from
// which the issuer's client makes its nonce and the proof of its code.
func (s *Server) beginAtIssuer(ctx context.Context, channel string) (string, *http.Cookie, error) {
	if s.OpenID == nil {
		return "", nil, models.Refuse(models.Conflict, "no_issuer", "There is no such login here.")
	}
	link, err := s.checkedLink(ctx)
	if err != nil {
		return "", nil, err
	}
	if err := s.within(ctx, "logins:"+address(ctx), loginsPerAddress, time.Hour); err != nil {
		return "", nil, err
	}
	state, secret := rand.Text(), rand.Text()+rand.Text()
	to, err := s.OpenID.LoginURL(ctx, s.Config.PublicURL+loginReturn, state, secret)
	if err != nil {
		return "", nil, loginRefusal(err)
	}
	begun := store.LoginState{State: state, Invite: link.Invite.ID, Provider: store.ByIssuer}
	if _, known := link.Channel(channel); known {
		begun.Channel = channel
	}
	return to, loginCookie(state+"."+secret, loginPatience), s.Store.BeginLogin(ctx, begun)
}

// begunHere is the login that this browser began, "" for none.
func begunHere(c echo.Context) (state, secret string) {
	cookie, err := c.Cookie(LoginCookie)
	if err != nil {
		return "", ""
	}
	state, secret, _ = strings.Cut(cookie.Value, ".")
	return state, secret
}

func (s *Server) identifyByIssuer(
	ctx context.Context, login store.LoginState, returned url.Values,
) (store.Payer, error) {
	code := returned.Get("code")
	if s.OpenID == nil || code == "" || len(code) > maxCode || login.Secret == "" {
		return store.Payer{}, loginFailed()
	}
	who, err := s.OpenID.Login(ctx, s.Config.PublicURL+loginReturn, code, login.Secret)
	if err != nil {
		return store.Payer{}, loginRefusal(err)
	}
	return s.Store.LinkIdentity(ctx, caller(ctx).proven(), store.Identity{
		Provider: store.ByIssuer, App: who.App, Subject: who.Subject,
	})
}

// snapshotPage is for who sees the page as WeChat's preview: it lets him look at all of it,
// and says which of WeChat's own buttons leads out. It is no error, and nobody is logged in.
func (s *Server) snapshotPage(c echo.Context) error {
	link, err := s.ownLink(c.Request().Context())
	if err != nil {
		return err
	}
	card := s.card(link)
	return s.notice(c, http.StatusOK, web.Notice{Name: "snapshot", Card: &card})
}
