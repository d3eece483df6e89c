package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// refresh is how often a page that waits loads itself again without JavaScript.
const refresh = 3 * time.Second

// pageRoutes are what the friend sees. GET changes nothing, but for the return of a login.
func (s *Server) pageRoutes() []route {
	link := func(method, path string, find finder, handle func(*Server, echo.Context, finder) error) route {
		r := page(method, path, func(s *Server, c echo.Context) error { return handle(s, c, find) })
		r.secret = true
		return r
	}
	own := func(method, path string, handle func(*Server, echo.Context) error) route {
		r := page(method, path, ofThisLink(handle))
		r.who = payer
		return r
	}
	return []route{
		link(get, "/f/{token}", (*Server).linkByToken, (*Server).showLinkPage),
		link(post, "/f/{token}", (*Server).linkByToken, (*Server).exchange),
		link(get, "/c/{code}", (*Server).linkByCode, (*Server).showLinkPage),
		link(post, "/c/{code}", (*Server).linkByCode, (*Server).exchange),
		page(get, "/c", (*Server).askCode),
		page(post, "/c", (*Server).takeCode),
		own(get, "/pay", (*Server).showPayPage),
		own(post, "/pay/handoff", (*Server).handoffFromPage),
		own(post, "/pay/blocked", (*Server).blockedFromPage),
		own(post, "/pay/asker", (*Server).askerFromPage),
		own(post, "/pay/code", (*Server).sendCodeFromPage),
		own(post, "/pay/login", (*Server).logInFromPage),
		own(post, "/pay/login/provider", (*Server).loginAtProvider),
		own(post, "/pay/login/openid", (*Server).loginAtIssuer),
		own(get, loginReturn, (*Server).returnFromProvider),
		own(post, "/pay/attempts", (*Server).payFromPage),
		own(get, payHop, (*Server).showHop),
		own(get, resultPath, (*Server).showResult),
		own(get, paidPath, (*Server).showPaid),
		sentBack(resultPath, backPath),
		page(get, ownPath, (*Server).showOwn),
		sentBack(ownPath, ownPath),
		own(post, "/pay/withdraw", (*Server).withdrawFromPage),
		own(post, "/pay/refund", (*Server).wishFromPage),
		own(get, "/pay/decline", (*Server).askDecline),
		own(post, "/pay/decline", (*Server).declineFromPage),
		own(post, "/pay/pledge", (*Server).pledgeFromPage),
		own(post, "/pay/report", (*Server).reportFromPage),
		page(get, "/static/{file}", (*Server).showStatic),
	}
}

// ofThisLink refuses the form of another tab: a browser has one session, of the
// link opened last, and a button must act on the request that its page shows.
func ofThisLink(handle func(*Server, echo.Context) error) func(*Server, echo.Context) error {
	return func(s *Server, c echo.Context) error {
		shown := c.FormValue("invite")
		if shown != "" && shown != caller(c.Request().Context()).Invite {
			return s.notice(c, http.StatusConflict, web.Notice{Name: "other_link"})
		}
		return handle(s, c)
	}
}

func page(method, path string, handle func(*Server, echo.Context) error) route {
	return route{method: method, path: path, who: anybody, page: true, mount: plain("text/html", handle)}
}

// draw writes a page in the reader's language.
func (s *Server) draw(c echo.Context, status int, page web.Page) error {
	locale := web.LocaleFor(c.Response(), c.Request(), s.secure())
	page.Posted, page.Here = c.Request().Method == http.MethodPost, orDefault(page.Here, s.here(c))
	html, err := s.pages.HTML(locale, page)
	if err != nil {
		return fmt.Errorf("draw: %w", err)
	}
	h := c.Response().Header()
	switch {
	case page.Origin:
		h.Set("Referrer-Policy", "origin") // the provider wants to see which site sends the payer
	case !s.routes[c.Request().Method+" "+c.Path()].secret:
		// Nothing secret is in this address, and nobody else hears it; but without a
		// Referer of its own, an old browser's forms would not say where they come from.
		h.Set("Referrer-Policy", "same-origin")
	}
	if page.Script != "" {
		h.Set("Content-Security-Policy", contentPolicy+"; script-src 'self' "+page.Script)
	}
	return c.HTMLBlob(status, web.Compress(c.Response(), c.Request(), html))
}

// here is where a page is had again, for who wants it in another language. Of the query only what we know
// ourselves is repeated.
func (s *Server) here(c echo.Context) string {
	_, again := s.routes[get+" "+c.Path()]
	from := c.QueryParam("from")
	switch {
	case c.Path() == loginReturn, !again && strings.HasPrefix(c.Path(), "/pay"):
		return "/pay"
	case entries[from] != "":
		return "?from=" + from
	default:
		return ""
	}
}

// notice draws a page that says why there is nothing to do here.
func (s *Server) notice(c echo.Context, status int, view web.Notice) error {
	return s.draw(c, status, web.Page{Template: web.NoticePage, View: view})
}

// visitor is the session of who opens a link that needs none, if he has one.
func (s *Server) visitor(c echo.Context) (Principal, bool) {
	p, err := s.admitPayer(c.Request())
	return p, err == nil
}

// problem is a refusal as a form shows it.
func (s *Server) problem(err error) (*web.Problem, bool) {
	var known *models.Error
	if !errors.As(err, &known) || known.Code == models.Internal {
		return nil, false
	}
	problem := &web.Problem{Reason: known.Reason, Wait: s.left(known.Until)}
	if known.Code == models.Invalid {
		problem.Wait = 0 // until then something else has to be said; waiting does not help
	}
	return problem, true
}

// left is the time until a moment, 0 for none or one that has passed.
func (s *Server) left(until time.Time) time.Duration {
	return leftAt(s.Clock(), until)
}

// card is what every page says of a request, right now.
func (s *Server) card(link store.Link) web.Card {
	return cardAt(link, s.Clock())
}

// onPage is what a page says of a channel.
func onPage(c store.Channel) web.Channel {
	return web.Channel{ID: c.ID, NameZH: c.NameZH, NameEN: c.NameEN}
}

func (s *Server) showStatic(c echo.Context) error {
	web.Static().ServeHTTP(c.Response(), c.Request())
	return nil
}
