package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// longestPledge bounds what a form may say; the request's end bounds it further.
const longestPledge = 72 * 60

// pledges are the times offered, in minutes from now.
var pledges = []int{10, 30, 120}

// askDecline asks whether the friend really will not pay, or pays later.
func (s *Server) askDecline(c echo.Context) error {
	ctx := c.Request().Context()
	link, err := s.sessionLink(ctx, caller(ctx).Payer)
	if err != nil {
		return err
	}
	now := s.Clock().Truncate(time.Minute)
	view := web.Decline{Card: s.card(link), Since: now, At: momentsToPay(now, link.Request.ExpiresAt)}
	for _, minutes := range pledges {
		if s.left(link.Request.ExpiresAt) > time.Duration(minutes)*time.Minute {
			view.Later = append(view.Later, minutes)
		}
	}
	return s.draw(c, http.StatusOK, web.Page{Template: web.DeclinePage, View: view})
}

func (s *Server) declineFromPage(c echo.Context) error {
	return s.turnAway(c, func(ctx context.Context) error {
		_, err := s.declineLink(ctx, nil)
		return err
	})
}

// reportFromPage thanks for the report: on the link's own page, which is over, or
// beside the way to a payment that it must not strand.
func (s *Server) reportFromPage(c echo.Context) error {
	kept, err := s.report(c.Request().Context())
	if err == nil && kept {
		return s.notice(c, http.StatusOK, web.Notice{Name: "heard", Mine: web.MineSession})
	}
	return s.turnAway(c, func(context.Context) error { return err })
}

func (s *Server) pledgeFromPage(c echo.Context) error {
	minutes, err := strconv.Atoi(c.FormValue("minutes"))
	if err != nil || minutes < 1 || minutes > longestPledge {
		return models.Refuse(models.Invalid, "bad_pledge", "Say when, in minutes.")
	}
	since := s.pageTime(c.FormValue("since"))
	return s.turnAway(c, func(ctx context.Context) error {
		in := &pledgeIn{}
		in.Body.At = since.Add(time.Duration(minutes) * time.Minute)
		_, err := s.pledgeLink(ctx, in)
		return err
	})
}

// turnAway does what a form of the page asks for and shows where that leads.
func (s *Server) turnAway(c echo.Context, how func(context.Context) error) error {
	ctx := c.Request().Context()
	if err := how(ctx); err != nil {
		return s.payPage(c, web.Pay{}, err)
	}
	return c.Redirect(http.StatusSeeOther, "/pay")
}
