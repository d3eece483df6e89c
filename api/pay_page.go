package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// showPayPage is the friend's page after the exchange: log in, then pay.
func (s *Server) showPayPage(c echo.Context) error {
	return s.payPage(c, web.Pay{Chosen: web.Channel{ID: c.QueryParam("channel")}}, nil)
}

// payPage draws the page, with what the last form came to.
func (s *Server) payPage(c echo.Context, view web.Pay, cause error) error {
	p, ok := s.visitor(c)
	if !ok {
		return s.noSession(c)
	}
	link, err := s.Store.Link(c.Request().Context(), p.Invite, p.Payer)
	if err != nil {
		return s.refused(c, err)
	}
	status := http.StatusOK
	if cause != nil {
		problem, known := s.problem(cause)
		if !known {
			return cause
		}
		view.Problem, status = problem, statusOf(models.CodeOf(cause))
	}
	if mine(link) {
		return c.Redirect(http.StatusSeeOther, "/pay/result")
	}
	if name, status := s.whyNot(link); name != "" {
		return s.whyNotPage(c, link, name, status)
	}
	view.Card, view.PriceVersion, view.Channels = s.card(link), link.Request.PriceVersion, s.channels(link)
	view.Chosen = chosen(view)
	if link.Payer != nil {
		view.Payer = link.Payer.MaskedPhone
	}
	return s.draw(c, status, web.Page{Template: web.PayPage, View: view, Touched: "/v1/link/opened"})
}

// mine says that the visitor himself holds the slot, or has paid: his page is the result.
func mine(link store.Link) bool {
	if link.Payer == nil {
		return false
	}
	for _, a := range link.Request.Attempts {
		if a.Payer == link.Payer.ID && !a.ByBuyer && (a.Pending() || a.State == models.SucceededAttempt) {
			return true
		}
	}
	return false
}

// chosen is the channel picked before, if the rules still leave it.
func chosen(view web.Pay) web.Channel {
	for _, channel := range view.Channels {
		if channel.ID == view.Chosen.ID {
			return channel
		}
	}
	return web.Channel{}
}

// form is the session's principal in the context of the JSON handlers' code.
func (s *Server) form(c echo.Context) (context.Context, Principal, bool) {
	p, ok := s.visitor(c)
	return context.WithValue(c.Request().Context(), principalKey, p), p, ok
}

func (s *Server) sendCodeFromPage(c echo.Context) error {
	ctx, _, ok := s.form(c)
	if !ok {
		return s.noSession(c)
	}
	view := web.Pay{Phone: c.FormValue("phone"), Chosen: web.Channel{ID: c.FormValue("channel")}}
	err := s.sendCode(ctx, view.Phone)
	view.CodeSent = err == nil || reasonOf(err) == "code_too_soon"
	return s.payPage(c, view, err)
}

func (s *Server) logInFromPage(c echo.Context) error {
	ctx, p, ok := s.form(c)
	if !ok {
		return s.noSession(c)
	}
	view := web.Pay{Phone: c.FormValue("phone"), CodeSent: true, Chosen: web.Channel{ID: c.FormValue("channel")}}
	cookie, _, err := s.loggedIn(ctx, p, view.Phone, c.FormValue("code"))
	if err != nil {
		return s.payPage(c, view, err)
	}
	c.SetCookie(cookie)
	return c.Redirect(http.StatusSeeOther, "/pay?channel="+chosenParam(view.Chosen.ID))
}

// chosenParam lets only ids through, so that nothing else enters an address.
func chosenParam(id string) string {
	for _, r := range id {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' && r != '-' {
			return ""
		}
	}
	return id
}

// payFromPage asks to pay and leads to the provider.
func (s *Server) payFromPage(c echo.Context) error {
	ctx, _, ok := s.form(c)
	if !ok {
		return s.noSession(c)
	}
	quote, err := quoted(c)
	if err != nil {
		return s.payPage(c, web.Pay{}, err)
	}
	channel := c.FormValue("channel")
	link, number, err := s.askToPay(ctx, channel, quote)
	if err != nil {
		return s.payPage(c, web.Pay{Chosen: web.Channel{ID: channel}}, err)
	}
	answer, err := s.attemptAnswer(ctx, link.Request, number)
	if err != nil {
		return err
	}
	if answer.Presentation == nil || answer.Presentation.Kind == providers.QR {
		return c.Redirect(http.StatusSeeOther, "/pay/result")
	}
	return s.leave(c, *answer.Presentation)
}

// leave sends the browser to the provider.
func (s *Server) leave(c echo.Context, shown providers.Presentation) error {
	if shown.Kind == providers.Form {
		view := web.Hop{URL: shown.URL, Fields: shown.Fields}
		return s.draw(c, http.StatusOK, web.Page{Template: web.HopPage, View: view})
	}
	return c.Redirect(http.StatusSeeOther, shown.URL)
}

func quoted(c echo.Context) (models.Price, error) {
	minor, err1 := strconv.ParseInt(c.FormValue("minor"), 10, 64)
	version, err2 := strconv.ParseInt(c.FormValue("price_version"), 10, 64)
	currency := c.FormValue("currency")
	if err1 != nil || err2 != nil || minor <= 0 || len(currency) != 3 {
		return models.Price{}, &models.Error{
			Code: models.Invalid, Reason: "bad_quote", Message: "The page is incomplete.", Fix: "Load it again.",
		}
	}
	return models.Price{Payable: models.Money{Minor: minor, Currency: currency}, Version: version}, nil
}

func (s *Server) askDecline(c echo.Context) error {
	p, ok := s.visitor(c)
	if !ok {
		return s.noSession(c)
	}
	link, err := s.Store.Link(c.Request().Context(), p.Invite, p.Payer)
	if err != nil {
		return s.refused(c, err)
	}
	return s.draw(c, http.StatusOK, web.Page{Template: web.DeclinePage, View: web.Decline{Card: s.card(link)}})
}

func (s *Server) declineFromPage(c echo.Context) error { return s.turnAway(c, s.declineLink) }

func (s *Server) reportFromPage(c echo.Context) error { return s.turnAway(c, s.reportLink) }

func (s *Server) turnAway(c echo.Context, how func(context.Context, *nothing) (*nothing, error)) error {
	ctx, _, ok := s.form(c)
	if !ok {
		return s.noSession(c)
	}
	if _, err := how(ctx, nil); err != nil {
		return s.refused(c, err)
	}
	return c.Redirect(http.StatusSeeOther, "/pay")
}
