package api

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// missesPerMinute bounds how often one address may name links that do not exist.
const missesPerMinute = 20

// showLinkPage is what a link opens: read only, so that previews and scanners may
// look as often as they like.
func (s *Server) showLinkPage(c echo.Context) error { return s.showLinkBy(c, s.linkByToken) }

// showCodePage is the same page for whoever typed the code instead.
func (s *Server) showCodePage(c echo.Context) error { return s.showLinkBy(c, s.linkByCode) }

// exchangeLink turns the secret in the address into a cookie and leads to a page
// without it: from here on no address, history or Referer holds it.
func (s *Server) exchangeLink(c echo.Context) error { return s.exchangeBy(c, s.linkByToken) }

// exchangeCode does the same for a typed code.
func (s *Server) exchangeCode(c echo.Context) error { return s.exchangeBy(c, s.linkByCode) }

type finder func(echo.Context) (store.Link, error)

func (s *Server) showLinkBy(c echo.Context, find finder) error {
	link, err := find(c)
	if err != nil {
		return s.refused(c, err)
	}
	if name, status := s.whyNot(link); name != "" {
		return s.whyNotPage(c, link, name, status)
	}
	return s.draw(c, http.StatusOK, web.Page{
		Template: web.LinkPage, View: web.Link{Card: s.card(link), Channels: s.channels(link)},
	})
}

func (s *Server) exchangeBy(c echo.Context, find finder) error {
	link, err := find(c)
	if err != nil {
		return s.refused(c, err)
	}
	cookie, err := s.session(Principal{Request: link.Request.ID, Invite: link.Invite.ID})
	if err != nil {
		return err
	}
	c.SetCookie(cookie)
	if c.FormValue("then") == "decline" {
		return c.Redirect(http.StatusSeeOther, "/pay/decline")
	}
	target := "/pay"
	if channel := c.FormValue("channel"); channel != "" && len(channel) <= 64 {
		target += "?" + url.Values{"channel": {channel}}.Encode()
	}
	return c.Redirect(http.StatusSeeOther, target)
}

// linkByToken finds a link by the secret in its address. Unknown and malformed
// ones answer alike, and both count as misses.
func (s *Server) linkByToken(c echo.Context) (store.Link, error) {
	ctx := c.Request().Context()
	hash, err := token.Hash(c.Param("token"))
	if err != nil {
		return store.Link{}, s.miss(ctx)
	}
	link, err := s.Store.InviteByHash(ctx, hash)
	if models.CodeOf(err) == models.NotFound {
		return link, s.miss(ctx)
	}
	return link, err
}

func (s *Server) linkByCode(c echo.Context) (store.Link, error) {
	ctx := c.Request().Context()
	hash, err := token.CodeHash(c.Param("code"))
	if err != nil {
		return store.Link{}, s.miss(ctx)
	}
	invite, err := s.Store.ShareCode(ctx, hash)
	if models.CodeOf(err) == models.NotFound {
		return store.Link{}, s.miss(ctx)
	}
	if err != nil {
		return store.Link{}, err
	}
	return s.Store.Link(ctx, invite, "")
}

// miss counts a guess and answers it.
func (s *Server) miss(ctx context.Context) error {
	if err := s.within(ctx, "misses:"+address(ctx), missesPerMinute, time.Minute); err != nil {
		return err
	}
	return models.Refuse(models.NotFound, "unknown_link", "We know nothing of that link.")
}

// stateNotices says which page tells why a request cannot be paid now.
var stateNotices = map[models.State]string{
	models.Checking: "checking", models.Paying: "taken", models.Confirming: "confirming",
	models.Applying: "paid", models.Settled: "paid", models.PaidByBuyer: "paid", models.Refunding: "paid",
	models.Refunded: "ended", models.PartlyRefunded: "paid", models.RefundStuck: "paid",
	models.Paused: "paused", models.Closing: "ended", models.Expired: "expired",
	models.CancelledBuyer: "cancelled", models.CancelledMerchant: "cancelled", models.Ineligible: "ended",
	models.Superseded: "ended", models.BlockedRisk: "ended",
}

// whyNot names the page for a link that cannot be paid now, "" for one that can.
func (s *Server) whyNot(link store.Link) (name string, status int) {
	switch {
	case link.Invite.State == store.InviteRevoked:
		return "revoked", http.StatusGone
	case link.Invite.State == store.InviteDeclined && link.Invite.DeclineReason == "reported":
		return "reported", http.StatusGone
	case link.Invite.State == store.InviteDeclined:
		return "declined", http.StatusGone
	case !link.Request.EndedAt.IsZero():
		return stateNotices[link.Request.State], http.StatusGone
	default:
		return stateNotices[link.Request.State], http.StatusOK
	}
}

// whyNotPage says so, and keeps itself up to date while that may change.
func (s *Server) whyNotPage(c echo.Context, link store.Link, name string, status int) error {
	card := s.card(link)
	view := web.Notice{Name: name, Card: &card}
	page := web.Page{Template: web.NoticePage}
	if link.Request.EndedAt.IsZero() && status == http.StatusOK {
		page.Refresh = refresh
		view.Wait = s.left(link.Request.SlotUntil)
	}
	page.View = view
	return s.draw(c, status, page)
}
