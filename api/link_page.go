package api

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
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
	p, ok := s.visitor(c)
	known := ok && p.Invite == link.Invite.ID
	if known && mine(link.Request, p.Payer) {
		return c.Redirect(http.StatusSeeOther, resultPath)
	}
	link.Told = link.Told || known && p.Checked
	return s.linkPage(c, link, nil)
}

// linkPage draws it, with what the last form came to.
func (s *Server) linkPage(c echo.Context, link store.Link, cause error) error {
	shown := s.scene(c.Request().Context(), link)
	view, why, ok := shown.linkView()
	if !ok {
		return s.draw(c, why.status, shown.whyNotPage(why, web.MineExchange))
	}
	if c.Param("code") != "" {
		view.Blocked = saysBlocked(c, link)
	}
	status := http.StatusOK
	if cause != nil {
		problem, known := s.problem(cause)
		if !known {
			return cause
		}
		view.Problem, status = problem, statusOf(models.CodeOf(cause))
	}
	return s.draw(c, status, linkPage(view, s.Config.PublicURL))
}

// exchange turns the secret in the address into a cookie and leads to a page
// without it: from here on no address, history or Referer holds it. A person did
// this, so it counts as opened, unless the page has told so before.
func (s *Server) exchange(c echo.Context, find finder) error {
	link, err := find(s, c)
	if err != nil {
		return err
	}
	if err := s.mayEnter(c.Request().Context(), link); err != nil {
		return err
	}
	then, channel := c.FormValue("then"), c.FormValue("channel")
	if c.FormValue("told") == "" {
		if err := s.opened(c.Request().Context(), link); err != nil {
			return err
		}
	}
	switch then {
	case "opened":
		return c.NoContent(http.StatusNoContent)
	case "blocked":
		return s.blockedFromLink(c, link)
	}
	keepEntry(c)
	place, err := s.arrive(c)
	if err != nil {
		return err
	}
	channel, link.Told = orDefault(channel, place.Channel), place.Checked
	p, err := s.enter(c, link)
	if reasonOf(err) == "asker_stop" {
		return s.stopPage(c, link)
	}
	if place.Invite != "" && strings.HasPrefix(reasonOf(err), "asker_") {
		return c.Redirect(http.StatusSeeOther, wrongAddress(channel, err)) // this one is used up
	}
	if strings.HasPrefix(reasonOf(err), "asker_") {
		return s.linkPage(c, link, err)
	}
	if reasonOf(err) == "for_contact" && s.wantsPage(c) {
		return s.notice(c, http.StatusForbidden, web.Notice{Name: "for_contact"})
	}
	if err != nil {
		return err
	}
	if link.Invite.ExchangedAt.IsZero() {
		ctx := c.Request().Context()
		s.counted(ctx, s.Store.CameIn(ctx, link.Invite.ID, picked(link, channel)))
	}
	if then == "handoff" {
		return s.handoffPage(c, p, link, channel)
	}
	known := p.Payer != ""
	if address, ok := s.silentLogin(c, link, known); ok {
		return c.Redirect(http.StatusSeeOther, address)
	}
	return c.Redirect(http.StatusSeeOther, afterExchange(then, channel))
}

// picked is the way to pay that a form names, if there is one of that name.
func picked(link store.Link, channel string) string {
	chosen, _ := link.Channel(channel)
	return chosen.ID
}

// enter gives the visitor a session, or goes on with the one that he has for this link
// already. Whoever wants to pay says first who asks, where the app wants it said; the
// refusals of that have a session, too, by which he may report.
func (s *Server) enter(c echo.Context, link store.Link) (p Principal, err error) {
	ctx := c.Request().Context()
	p = Principal{Request: link.Request.ID, Invite: link.Invite.ID}
	if old, ok := s.visitor(c); ok && old.Invite == link.Invite.ID {
		p.Payer, p.Vouched, p.Checked = old.Payer, old.Vouched, old.Checked
	}
	payer, checked := p.Payer, p.Checked
	if err := s.contactFirst(ctx, &p, link, c.FormValue("voucher")); err != nil {
		return p, err
	}
	p.Checked = p.Checked || link.Told
	if link.Told = p.Checked; c.FormValue("then") == "" && mustSay(link) {
		err = s.sayAsker(ctx, link, c.FormValue("asker"))
		p.Checked = err == nil
	}
	if word := c.FormValue("voucher"); err == nil && p.Payer == "" && word != "" {
		p.Payer, err = s.vouchedPayer(ctx, link, word)
		p.Vouched = p.Payer != ""
	}
	if payer != "" && p.Payer == payer && p.Checked == checked {
		return p, err
	}
	cookie, failed := s.session(p)
	if failed != nil {
		return p, failed
	}
	c.SetCookie(cookie)
	return p, err
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

// wrongAddress is the same for who said who asks and was wrong: it tells him.
func wrongAddress(channel string, err error) string {
	to := payAddress(channel)
	switch {
	case reasonOf(err) != wrongAsker:
		return to
	case to == "/pay":
		return to + "?asker=wrong"
	}
	return to + "&asker=wrong"
}

// wrongAsker is the reason of who named another than the buyer.
const wrongAsker = "asker_wrong"

var channelID = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)
