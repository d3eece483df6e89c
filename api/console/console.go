// Package console answers the pages of the support console under /staff. Package api lists and guards
// its routes like all others; here is who is logged in, what each page shows, and how a form becomes a
// command. Nothing is changed by a GET, every POST carries the session's word, and every change goes
// through package support or the catalogue, which keep the audit.
package console

import (
	"fmt"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/web"
	"github.com/friendpay/friendpay/web/console"
)

// Console draws and answers the pages. It is safe for concurrent use.
type Console struct {
	Deps
	tokens *token.Tokens
	log    *slog.Logger
	pages  *console.Pages
}

// New reads the pages.
func New(deps Deps, tokens *token.Tokens, log *slog.Logger) (*Console, error) {
	pages, err := console.New()
	if err != nil {
		return nil, fmt.Errorf("read the console's pages: %w", err)
	}
	return &Console{Deps: deps, tokens: tokens, log: log, pages: pages}, nil
}

// Handler answers a page for who is logged in; on open routes that is the zero Session.
type Handler func(c echo.Context, who Session) error

// Route is one page of the console.
type Route struct {
	Method, Path string // the path as OpenAPI writes it: /staff/requests/{id}
	Open         bool   // nobody has to be logged in

	Quiet  bool // pages ask for it by themselves: it is no sign that anybody is there
	Handle Handler
}

const (
	get  = http.MethodGet
	post = http.MethodPost
)

// Routes is the one list of the console's pages.
func (k *Console) Routes() []Route {
	return []Route{
		{Method: get, Path: "/staff/static/{file}", Open: true, Handle: k.showStatic},
		{Method: get, Path: "/staff/login", Open: true, Handle: k.showLogin},
		{Method: post, Path: "/staff/login", Open: true, Handle: k.logIn},
		{Method: get, Path: loginReturn, Open: true, Handle: k.returnFromLogin},
		{Method: post, Path: "/staff/logout", Handle: k.logOut},
		{Method: get, Path: "/staff", Handle: k.showQueue},
		{Method: get, Path: "/staff/live", Handle: k.showLive, Quiet: true},
		{Method: post, Path: "/staff/filters", Handle: k.saveFilter},
		{Method: post, Path: "/staff/filters/take-away", Handle: k.dropFilter},
		{Method: post, Path: "/staff/search", Handle: k.search},
		{Method: post, Path: "/staff/bulk", Handle: k.bulk},
		{Method: post, Path: "/staff/export/{what}", Handle: k.export},
		{Method: get, Path: "/staff/do", Handle: k.showDo},
		{Method: post, Path: "/staff/do/preview", Handle: k.previewDo},
		{Method: post, Path: "/staff/do", Handle: k.do},
		{Method: get, Path: "/staff/commands", Handle: k.showCommands},
		{Method: get, Path: "/staff/commands/{id}", Handle: k.showCommand},
		{Method: get, Path: "/staff/commands/{id}/live", Handle: k.showOutcome, Quiet: true},
		{Method: post, Path: "/staff/commands/{id}/approve", Handle: k.approve},
		{Method: post, Path: "/staff/commands/{id}/reject", Handle: k.reject},
		{Method: get, Path: "/staff/requests/{id}", Handle: k.showRequest},
		{Method: get, Path: "/staff/requests/{id}/screens/{side}", Handle: k.showScreen},
		{Method: get, Path: "/staff/cases", Handle: k.showCases},
		{Method: get, Path: "/staff/cases/{id}", Handle: k.showCase},
		{Method: get, Path: "/staff/deliveries", Handle: k.showDeliveries},
		{Method: get, Path: "/staff/deliveries/{id}", Handle: k.showDelivery},
		{Method: get, Path: "/staff/endpoints", Handle: k.showEndpoints},
		{Method: get, Path: "/staff/catalogue", Handle: k.showFamilies},
		{Method: get, Path: "/staff/catalogue/{family}", Handle: k.showFamily},
		{Method: get, Path: "/staff/catalogue/{family}/row", Handle: k.showEditor},
		{Method: post, Path: "/staff/catalogue/{family}/preview", Handle: k.previewChange},
		{Method: post, Path: "/staff/catalogue/{family}", Handle: k.change},
		{Method: get, Path: "/staff/audit", Handle: k.showAudit},
	}
}

// Serve answers a route of the list for who api found logged in.
func (k *Console) Serve(r Route, c echo.Context, who Session) error {
	header := c.Response().Header()
	header.Set("Content-Security-Policy", contentPolicy(r))
	if r.Method == post && !r.Open && !who.sent(c.FormValue("form")) {
		return errForeignForm
	}
	if !r.Open && !r.Quiet {
		if err := k.prolong(c, who); err != nil {
			return err
		}
	}
	return r.Handle(c, who)
}

// contentPolicy lets a page load from and send to ourselves only. Logging in leaves for the issuer's
// host, which browsers count as part of the form.
func contentPolicy(r Route) string {
	text := "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; " +
		"frame-ancestors 'none'"
	if !r.Open {
		text += "; form-action 'self'"
	}
	return text
}

func (k *Console) showStatic(c echo.Context, _ Session) error {
	console.Static().ServeHTTP(c.Response(), c.Request())
	return nil
}

// export is a POST, since it stands in the audit.
func (k *Console) export(c echo.Context, _ Session) error {
	if k.Export == nil {
		return errMissing
	}
	return k.Export(c)
}

// draw writes a page in the reader's language.
func (k *Console) draw(c echo.Context, who Session, status int, page console.Page) error {
	page.Who = who.view()
	html, err := k.pages.HTML(locale(c), page)
	return k.write(c, status, html, err)
}

// part writes one block of a page that is open already.
func (k *Console) part(c echo.Context, who Session, block string, page console.Page) error {
	page.Who = who.view()
	html, err := k.pages.Part(locale(c), block, page)
	return k.write(c, http.StatusOK, html, err)
}

func (k *Console) write(c echo.Context, status int, html []byte, err error) error {
	if err != nil {
		return fmt.Errorf("draw: %w", err)
	}
	header := c.Response().Header()
	header.Set("Vary", "Accept-Language")
	// No address here is a secret, and without a Referer an old browser's forms would not say
	// where they come from.
	header.Set("Referrer-Policy", "same-origin")
	return c.HTMLBlob(status, html)
}

func locale(c echo.Context) web.Locale {
	return web.MatchLocale(c.Request().Header.Get("Accept-Language"))
}
