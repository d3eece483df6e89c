package console

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/internal/openid"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/web/console"
)

// OpenID is the company's own login. secret is what the browser alone knows of a login: code and
// token are bound to it.
type OpenID interface {
	ColleagueURL(ctx context.Context, returnURL, state, secret, hint string) (string, error)
	Colleague(ctx context.Context, returnURL, code, secret string) (openid.Colleague, error)
}

// Hint is somebody whom the login page of development offers.
type Hint struct{ Name, Role string }

const (
	loginCookie   = "__Host-friendpay-staff-login"
	loginReturn   = "/staff/login/return"
	loginPatience = 300 // seconds
	maxCode       = 2048
)

// ownPath is where a login may lead back to: a page of the console, without a query that could hold
// anything of people.
var ownPath = regexp.MustCompile(`^/staff(/[0-9A-Za-z_-]{1,64}){0,3}$`)

func (k *Console) showLogin(c echo.Context, who Session) error {
	return k.loginPage(c, http.StatusOK, nil)
}

// loginPage is also what who is not logged in sees in the place of any page; he comes back to it.
func (k *Console) loginPage(c echo.Context, status int, problem *console.Problem) error {
	c.Response().Header().Set("Content-Security-Policy", contentPolicy(Route{Open: true}))
	view := console.Login{Then: then(c.Request().URL.Path), Ready: k.OpenID != nil}
	for _, hint := range k.Hints {
		view.People = append(view.People, console.Colleague(hint))
	}
	return k.draw(c, Session{}, status, console.Page{Template: console.LoginPage, View: view, Problem: problem})
}

func then(path string) string {
	if !ownPath.MatchString(path) || strings.HasPrefix(path, "/staff/log") {
		return "/staff"
	}
	return path
}

// logIn sends the browser to the issuer. The state, a secret and the page to come back to stay in a
// cookie of this browser, so that nobody can be led into a session of somebody else.
func (k *Console) logIn(c echo.Context, _ Session) error {
	if k.OpenID == nil {
		return models.Refuse(models.Conflict, "no_issuer", "No login is set up for the support console.")
	}
	hint := c.FormValue("hint")
	if len(k.Hints) == 0 || len(hint) > maxName {
		hint = ""
	}
	state, secret := rand.Text(), rand.Text()+rand.Text()
	to, err := k.OpenID.ColleagueURL(c.Request().Context(), k.PublicURL+loginReturn, state, secret, hint)
	if err != nil {
		return k.loginPage(c, http.StatusServiceUnavailable, &console.Problem{Reason: "login_unavailable"})
	}
	kept := strings.Join([]string{state, secret, then(c.FormValue("then"))}, ".")
	c.SetCookie(cookie(loginCookie, url.QueryEscape(kept), loginPatience))
	return c.Redirect(http.StatusSeeOther, to)
}

// maxName is the longest name of a colleague.
const maxName = 64

// returnFromLogin begins the session of who came back from the issuer.
func (k *Console) returnFromLogin(c echo.Context, _ Session) error {
	state, secret, to := begunHere(c)
	c.SetCookie(cookie(loginCookie, "", -1))
	query := c.QueryParams()
	code := query.Get("code")
	same := subtle.ConstantTimeCompare([]byte(state), []byte(query.Get("state"))) == 1
	if k.OpenID == nil || state == "" || !same || code == "" || len(code) > maxCode {
		return k.loginPage(c, http.StatusUnprocessableEntity, &console.Problem{Reason: "login_failed"})
	}
	who, err := k.OpenID.Colleague(c.Request().Context(), k.PublicURL+loginReturn, code, secret)
	if errors.Is(err, providers.ErrLogin) {
		return k.loginPage(c, http.StatusUnprocessableEntity, &console.Problem{Reason: "login_failed"})
	}
	if err != nil {
		return k.loginPage(c, http.StatusServiceUnavailable, &console.Problem{Reason: "login_unavailable"})
	}
	role, known := highest(who.Roles)
	if !known {
		return k.loginPage(c, http.StatusForbidden, &console.Problem{Reason: "no_role"})
	}
	name, err := k.Store.Colleague(c.Request().Context(), who.Subject, who.Name)
	if models.CodeOf(err) == models.Forbidden {
		return k.loginPage(c, http.StatusForbidden, &console.Problem{Reason: "name_taken"})
	}
	if err != nil {
		return err
	}
	if err := k.begin(c, name, role); err != nil {
		return err
	}
	k.log.InfoContext(c.Request().Context(), "a colleague logged in", "who", name, "role", string(role))
	return c.Redirect(http.StatusSeeOther, then(to))
}

func begunHere(c echo.Context) (state, secret, to string) {
	kept, err := c.Cookie(loginCookie)
	if err != nil {
		return "", "", ""
	}
	plain, err := url.QueryUnescape(kept.Value)
	parts := strings.Split(plain, ".")
	if err != nil || len(parts) != 3 {
		return "", "", ""
	}
	return parts[0], parts[1], parts[2]
}

func (k *Console) logOut(c echo.Context, _ Session) error {
	c.SetCookie(cookie(Cookie, "", -1))
	return c.Redirect(http.StatusSeeOther, "/staff/login")
}
