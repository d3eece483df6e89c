package api

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/web"
)

// payHop is the last page of ours before the provider's, for the ways to pay that an
// address alone does not lead to.
const payHop = "/pay/hop"

// toProvider is where the browser goes to pay.
func toProvider(shown providers.Presentation) string {
	if shown.Kind == providers.Redirect && !shown.Referer {
		return shown.URL
	}
	return payHop
}

// showHop hands the payer over to the provider: through the bridge of the app that
// the page is open in, by a form, or by an address that wants to know our origin.
// The page's own address holds no secret, so its origin is all that is told.
func (s *Server) showHop(c echo.Context) error {
	link, err := s.ownLink(c.Request().Context())
	if err != nil {
		return err
	}
	attempt, found := newestOf(link)
	if !found || attempt.State != models.LiveAttempt {
		return c.Redirect(http.StatusSeeOther, resultPath)
	}
	shown, err := s.Store.Presentation(c.Request().Context(), attempt.Number)
	if err != nil {
		return err
	}
	switch {
	case s.over(shown): // the result page says so
	case shown.Kind == providers.Bridge:
		view := web.Bridge{Card: s.card(link), Params: shown.Fields, Script: s.Config.BridgeScript}
		page := web.Page{Template: web.BridgePage, View: view, Script: originOf(s.Config.BridgeScript)}
		return s.draw(c, http.StatusOK, page)
	case shown.Kind == providers.Form:
		return s.draw(c, http.StatusOK, web.Page{Template: web.HopPage, View: web.Hop{
			URL: shown.URL, Fields: shown.Fields,
		}})
	case shown.Kind == providers.Redirect && shown.Referer:
		page := web.Page{Template: web.HopPage, View: web.Hop{URL: shown.URL}, Origin: true}
		return s.draw(c, http.StatusOK, page)
	}
	return c.Redirect(http.StatusSeeOther, resultPath)
}

// originOf is what a content policy names an address by; "" for none.
func originOf(address string) string {
	at, err := url.Parse(address)
	if err != nil || at.Host == "" {
		return ""
	}
	return at.Scheme + "://" + at.Host
}
