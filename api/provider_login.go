package api

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/url"
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
	loginPatience = 5 * time.Minute // as long as a provider's code lives

	// loginsPerAddress bounds the logins that one address may begin in an hour: a carrier
	// has thousands behind one, and what is kept of each is a row for five minutes.
	loginsPerAddress = 1200
)

type providerLoginIn struct {
	Body struct {
		Channel string `json:"channel" minLength:"1" maxLength:"64"`
		Look    bool   `json:"look,omitempty" doc:"Only to see what became of one's payment."`
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
	if err == nil && !in.Body.Look {
		err = askerFirst(link)
	}
	if err != nil {
		return nil, err
	}
	address, cookie, err := s.beginLogin(ctx, link, in.Body.Channel, in.Body.Look)
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
	channel, look := c.FormValue("channel"), c.FormValue("then") == "look"
	link, err := s.ownLink(ctx)
	if err != nil {
		return err
	}
	if err := askerFirst(link); err != nil && !look {
		return s.payPage(c, web.Pay{Chosen: web.Channel{ID: channel}}, err)
	}
	address, cookie, err := s.beginLogin(ctx, link, channel, look)
	if err != nil {
		return s.payPage(c, web.Pay{Chosen: web.Channel{ID: channel}, Look: look}, err)
	}
	c.SetCookie(cookie)
	return c.Redirect(http.StatusSeeOther, address)
}

// beginLogin begins a login for a channel that is bound to one person. Whoever only
// looks may use one that takes no more money.
func (s *Server) beginLogin(
	ctx context.Context, link store.Link, channel string, look bool,
) (url string, cookie *http.Cookie, err error) {
	chosen, err := s.loginChannel(ctx, link, channel, look)
	if err != nil {
		return "", nil, err
	}
	desk, err := s.desk(ctx, chosen)
	if err != nil {
		return "", nil, err
	}
	if !desk.binds {
		return "", nil, models.Refuse(models.Conflict, "no_provider_login", "This way to pay needs no such login.")
	}
	// Counted only now: the link's page asks for every channel that is picked on it.
	if err := s.within(ctx, "logins:"+address(ctx), loginsPerAddress, time.Hour); err != nil {
		return "", nil, err
	}
	state := rand.Text() // 130 bits
	if url = desk.login.LoginURL(s.Config.PublicURL+loginReturn, state); url == "" {
		return "", nil, fmt.Errorf("account %s has no login: %w", chosen.Account, errUnavailable)
	}
	begun := store.LoginState{
		State: state, Invite: link.Invite.ID, Provider: chosen.Provider, Account: chosen.Account,
	}
	if !look {
		begun.Channel = chosen.ID
	}
	return url, loginCookie(state, loginPatience), s.Store.BeginLogin(ctx, begun)
}

// loginChannel is the channel to log in for.
func (s *Server) loginChannel(
	ctx context.Context, link store.Link, name string, look bool,
) (store.Channel, error) {
	if !look {
		told, err := s.toFriend(ctx, link)
		if err != nil {
			return store.Channel{}, err
		}
		return offered(link.Channels, told, name)
	}
	if c, known := link.Channel(name); known {
		return c, nil
	}
	return store.Channel{}, errUnavailable
}

func loginCookie(state string, life time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: LoginCookie, Value: state, Path: "/", MaxAge: int(life.Seconds()),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// returnFromProvider takes the login that the browser brings back, once, and makes a
// session of it. It is a GET that changes something, as every such return is; only the
// browser that began the login can bring it about.
func (s *Server) returnFromProvider(c echo.Context) error {
	ctx, state := c.Request().Context(), c.QueryParam("state")
	over := models.Refuse(models.Gone, "login_over", "This login is over, or was begun elsewhere.")
	mine, secret := begunHere(c)
	if state == "" || subtle.ConstantTimeCompare([]byte(mine), []byte(state)) != 1 {
		return s.strayReturn(c, over)
	}
	login, err := s.Store.TakeLogin(ctx, state, caller(ctx).Invite)
	if models.CodeOf(err) == models.Gone {
		return s.strayReturn(c, over)
	}
	if err != nil {
		return err
	}
	c.SetCookie(loginCookie("", -time.Second))
	login.Secret = secret
	session, err := s.loggedInAs(ctx, login, c.QueryParams())
	if reasonOf(err) == "snapshot" {
		return s.snapshotPage(c)
	}
	if err != nil {
		s.Log.WarnContext(ctx, "login at the provider failed", "provider", login.Provider, "error", err)
		return s.payPage(c, web.Pay{Chosen: web.Channel{ID: login.Channel}, Look: login.Channel == ""}, err)
	}
	c.SetCookie(session)
	if login.Channel == "" && login.Provider != store.ByIssuer {
		return c.Redirect(http.StatusSeeOther, resultPath)
	}
	return c.Redirect(http.StatusSeeOther, payAddress(login.Channel))
}

// strayReturn is a return that leads to no login: a second tab's, or one loaded again.
// It spoils no login that is under way, and does not trouble who is logged in already.
func (s *Server) strayReturn(c echo.Context, why error) error {
	if caller(c.Request().Context()).Payer != "" {
		return c.Redirect(http.StatusSeeOther, "/pay")
	}
	return s.payPage(c, web.Pay{}, why)
}

// loggedInAs makes the session of whoever the provider says it is.
func (s *Server) loggedInAs(
	ctx context.Context, login store.LoginState, returned url.Values,
) (*http.Cookie, error) {
	known, err := s.identify(ctx, login, returned)
	if err != nil {
		return nil, err
	}
	p := caller(ctx)
	s.entered(ctx, p.Invite, known)
	p.Payer, p.Vouched = known.ID, false
	return s.session(p)
}
