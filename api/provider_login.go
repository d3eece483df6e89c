package api

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// LoginCookie ties a login at a provider to the browser that began it, so that
// nobody can be led into a session of somebody else.
const LoginCookie = "__Host-friendpay-login"

// loginReturn is where the provider sends the browser back to.
const loginReturn = "/pay/login/return"

const (
	loginPatience    = 5 * time.Minute // as long as a provider's code lives
	loginsPerAddress = 120             // in an hour
)

type providerLoginIn struct {
	Body struct {
		Channel string `json:"channel" minLength:"1" maxLength:"64"`
	}
}

type providerLoginOut struct {
	SetCookie string `header:"Set-Cookie"`
	Body      struct {
		URL string `json:"url" doc:"Where to send the browser, which comes back logged in."`
	}
}

// beginProviderLogin says where to log in at the provider of a channel.
func (s *Server) beginProviderLogin(ctx context.Context, in *providerLoginIn) (*providerLoginOut, error) {
	link, err := s.ownLink(ctx)
	if err != nil {
		return nil, err
	}
	address, cookie, err := s.beginLogin(ctx, link, in.Body.Channel)
	if err != nil {
		return nil, err
	}
	out := &providerLoginOut{SetCookie: cookie.String()}
	out.Body.URL = address
	return out, nil
}

// loginAtProvider is the button of the page.
func (s *Server) loginAtProvider(c echo.Context) error {
	ctx := c.Request().Context()
	channel := c.FormValue("channel")
	link, err := s.ownLink(ctx)
	if err != nil {
		return err
	}
	address, cookie, err := s.beginLogin(ctx, link, channel)
	if err != nil {
		return s.payPage(c, web.Pay{Chosen: web.Channel{ID: channel}}, err)
	}
	c.SetCookie(cookie)
	return c.Redirect(http.StatusSeeOther, address)
}

// beginLogin begins a login for a channel that is bound to one person.
func (s *Server) beginLogin(
	ctx context.Context, link store.Link, channel string,
) (url string, cookie *http.Cookie, err error) {
	chosen, err := offered(link.Channels, s.decisionOn(ctx, link), channel)
	if err != nil {
		return "", nil, err
	}
	if err := s.within(ctx, "logins:"+address(ctx), loginsPerAddress, time.Hour); err != nil {
		return "", nil, err
	}
	desk, bound, err := s.binder(ctx, chosen)
	if err != nil {
		return "", nil, err
	}
	if !bound {
		return "", nil, models.Refuse(models.Conflict, "no_provider_login", "This way to pay needs no such login.")
	}
	state := rand.Text() // 130 bits
	err = s.Store.BeginLogin(ctx, store.LoginState{
		State: state, Invite: link.Invite.ID,
		Provider: chosen.Provider, Account: chosen.Account, Channel: chosen.ID,
	})
	return desk.LoginURL(s.Config.PublicURL+loginReturn, state), loginCookie(state, loginPatience), err
}

func loginCookie(state string, life time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: LoginCookie, Value: state, Path: "/", MaxAge: int(life.Seconds()),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// returnFromProvider takes the login that the browser brings back, once. This GET
// changes something, as every such return does: the login's own state and no more.
func (s *Server) returnFromProvider(c echo.Context) error {
	login, session, err := s.finishLogin(c)
	c.SetCookie(loginCookie("", -time.Second))
	if err != nil {
		s.Log.WarnContext(c.Request().Context(), "login at the provider failed", "reason", reasonOf(err))
		return s.payPage(c, web.Pay{Chosen: web.Channel{ID: login.Channel}}, err)
	}
	c.SetCookie(session)
	return c.Redirect(http.StatusSeeOther, payAddress(login.Channel))
}

func (s *Server) finishLogin(c echo.Context) (login store.LoginState, session *http.Cookie, err error) {
	ctx, p := c.Request().Context(), caller(c.Request().Context())
	state := c.QueryParam("state")
	began, err := c.Cookie(LoginCookie)
	if err != nil || state == "" || subtle.ConstantTimeCompare([]byte(began.Value), []byte(state)) != 1 {
		return login, nil, models.Refuse(models.Gone, "login_over", "This login is over, or was begun elsewhere.")
	}
	if login, err = s.Store.TakeLogin(ctx, state, p.Invite); err != nil {
		return login, nil, err
	}
	known, err := s.identify(ctx, login, c.QueryParam("code"))
	if err != nil {
		return login, nil, err
	}
	p.Payer = known.ID
	session, err = s.session(p)
	return login, session, err
}
