package api

import (
	"context"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// Some apps show a warning in the place of our pages, and we hear nothing of it. Whoever
// got here on another way may say so: by a short code, or in another browser.

// blockedPerAddress bounds what one address may say of links in an hour; each link
// counts once anyhow.
const blockedPerAddress = 20

// heardKey is where a call keeps that its visitor has just said so.
const heardKey = "heard"

// apps are the surfaces that may block links: a browser blocks nothing of its own accord.
var apps = []string{policy.SurfaceWeChat, policy.SurfaceAlipay, policy.SurfaceQQ, policy.SurfaceUnionPay}

type blockedIn struct {
	Body struct {
		Surface string `json:"surface,omitempty" enum:"wechat,alipay,qq,unionpay" doc:"Empty: where it was sent."`
	}
}

// tellBlocked hears that the link does not open in an app.
func (s *Server) tellBlocked(ctx context.Context, in *blockedIn) (*nothing, error) {
	link, err := s.ownLink(ctx)
	if err != nil {
		return nil, err
	}
	return &nothing{}, s.blocked(ctx, link, orDefault(in.Body.Surface, sentTo(link)))
}

// sentTo is the app that a link was made for, or most likely was sent by.
func sentTo(link store.Link) string {
	if family := policy.SurfaceFamily(link.Invite.Surface); slices.Contains(apps, family) {
		return family
	}
	return policy.SurfaceWeChat
}

// mayBlock is the app that the reader may say blocks the link; "" while he reads it there.
func mayBlock(ctx context.Context, link store.Link) string {
	app := sentTo(link)
	if policy.SurfaceFamily(surface(ctx)) == app {
		return ""
	}
	return app
}

// blocked counts once for each visitor and link. Where he comes from is kept as a keyed
// hash, for a day.
func (s *Server) blocked(ctx context.Context, link store.Link, app string) error {
	if policy.SurfaceFamily(surface(ctx)) == app {
		return models.Refuse(models.Conflict, "opened_here", "The link is open in that app right now.")
	}
	if err := s.within(ctx, "blocked:"+address(ctx), blockedPerAddress, time.Hour); err != nil {
		return err
	}
	return s.Store.ReportSurface(ctx, link.Invite.ID, app, s.Links.Hash("blocked:"+address(ctx)))
}

// blockedFromLink is the button of a link's page; it stays there.
func (s *Server) blockedFromLink(c echo.Context, link store.Link) error {
	err := s.blocked(c.Request().Context(), link, sentTo(link))
	c.Set(heardKey, err == nil)
	return s.linkPage(c, link, err)
}

// blockedFromPage is the button of the hand-off's page, which is drawn again with a fresh code.
func (s *Server) blockedFromPage(c echo.Context) error {
	ctx := c.Request().Context()
	link, err := s.ownLink(ctx)
	if err == nil {
		err = s.blocked(ctx, link, sentTo(link))
	}
	if models.CodeOf(err) == models.Limited || reasonOf(err) == "opened_here" {
		return s.payPage(c, web.Pay{}, err)
	}
	if err != nil {
		return err
	}
	c.Set(heardKey, true)
	return s.handoffPage(c, caller(ctx), link, c.FormValue("channel"))
}

// saysBlocked is what a page shows of all this.
func saysBlocked(c echo.Context, link store.Link) web.Blocked {
	heard, _ := c.Get(heardKey).(bool)
	return web.Blocked{App: mayBlock(c.Request().Context(), link), Heard: heard}
}

// blockedRoute is the same for programs.
func blockedRoute() route {
	return route{method: post, path: "/v1/link/blocked", who: payer, id: "tell-blocked",
		summary: "The link does not open in an app: counts once for each visitor and link.",
		mount:   operation((*Server).tellBlocked)}
}
