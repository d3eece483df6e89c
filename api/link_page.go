package api

import (
	"net/http"
	"regexp"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// finder finds the link that an address is about.
type finder func(*Server, echo.Context) (store.Link, error)

// showLinkPage is what a link opens: read only, so that previews and scanners may
// look as often as they like.
func (s *Server) showLinkPage(c echo.Context, find finder) error {
	link, err := find(s, c)
	if err != nil {
		return err
	}
	if p, ok := s.visitor(c); ok && p.Invite == link.Invite.ID && mine(link.Request, p.Payer) {
		return c.Redirect(http.StatusSeeOther, resultPath)
	}
	view := web.Link{Card: s.card(link), Channels: s.channels(c.Request().Context(), link)}
	if why, ok := s.whyNot(c.Request().Context(), link, len(view.Channels)); !ok {
		return s.whyNotPage(c, link, why, web.MineExchange)
	}
	return s.draw(c, http.StatusOK, web.Page{Template: web.LinkPage, View: view, Touched: true})
}

// exchange turns the secret in the address into a cookie and leads to a page
// without it: from here on no address, history or Referer holds it. A person did
// this, so it counts as opened, unless the page has told so before.
func (s *Server) exchange(c echo.Context, find finder) error {
	link, err := find(s, c)
	if err != nil {
		return err
	}
	then := c.FormValue("then")
	if c.FormValue("told") == "" {
		if _, err := s.toFriend(c.Request().Context(), link); err != nil {
			return err
		}
		if err := s.Store.OpenInvite(c.Request().Context(), link.Invite.ID); err != nil {
			return err
		}
	}
	if then == "opened" {
		return c.NoContent(http.StatusNoContent)
	}
	known, err := s.enter(c, link)
	if err != nil {
		return err
	}
	if address, ok := s.silentLogin(c, link, known); ok {
		return c.Redirect(http.StatusSeeOther, address)
	}
	return c.Redirect(http.StatusSeeOther, afterExchange(then, c.FormValue("channel")))
}

// enter gives the visitor a session, unless he is logged in for this link already:
// then he is known.
func (s *Server) enter(c echo.Context, link store.Link) (known bool, err error) {
	if p, ok := s.visitor(c); ok && p.Invite == link.Invite.ID && p.Payer != "" {
		return true, nil
	}
	cookie, err := s.session(Principal{Request: link.Request.ID, Invite: link.Invite.ID})
	if err != nil {
		return false, err
	}
	c.SetCookie(cookie)
	return false, nil
}

// silentLogin is the way to a login that shows nothing: inside the provider's own
// app a payer who picked its channel is known without being asked. What stands in
// the way is told on the page that he comes to otherwise.
func (s *Server) silentLogin(c echo.Context, link store.Link, known bool) (address string, ok bool) {
	if known || c.FormValue("then") != "" || c.FormValue("channel") == "" {
		return "", false
	}
	address, cookie, err := s.beginLogin(c.Request().Context(), link, c.FormValue("channel"), false)
	if err != nil {
		return "", false
	}
	c.SetCookie(cookie)
	return address, true
}

func afterExchange(then, channel string) string {
	switch then {
	case "decline":
		return "/pay/decline"
	case "mine":
		return resultPath
	default:
		return payAddress(channel)
	}
}

// payAddress is the page to pay on. Only ids get through, so that nothing else
// enters an address.
func payAddress(channel string) string {
	if !channelID.MatchString(channel) {
		return "/pay"
	}
	return "/pay?channel=" + channel
}

var channelID = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)
