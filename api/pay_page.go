package api

import (
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
	view := web.Pay{Chosen: web.Channel{ID: c.QueryParam("channel")}}
	if c.QueryParam("asker") == "wrong" && !caller(c.Request().Context()).Checked {
		view.Problem = &web.Problem{Reason: wrongAsker}
	}
	return s.payPage(c, view, nil)
}

// payPage draws the page, with what the last form came to.
func (s *Server) payPage(c echo.Context, view web.Pay, cause error) error {
	ctx := c.Request().Context()
	p := caller(ctx)
	link, err := s.sessionLink(ctx, p.Payer)
	if err != nil {
		return err
	}
	if c.Request().Method == http.MethodGet && p.Payer == "" {
		view.Phone = s.keptPhone(c)
		view.CodeSent = view.Phone != ""
	}
	status := http.StatusOK
	if cause != nil {
		problem, known := s.problem(cause)
		if !known {
			return cause
		}
		view.Problem, status = problem, statusOf(models.CodeOf(cause))
	}
	if mine(link.Request, p.Payer) {
		return c.Redirect(http.StatusSeeOther, resultPath)
	}
	shown := s.scene(ctx, link)
	view = shown.priced(view)
	if view.Look && p.Payer == "" {
		view.Channels = s.lookLogins(ctx, link)
		return s.draw(c, status, payPage(view))
	}
	why, ok := shown.whyNot(len(view.Channels))
	if !ok && c.Request().Method == http.MethodPost {
		return c.Redirect(http.StatusSeeOther, "/pay") // where the reason can keep itself up to date
	}
	if !ok {
		return s.draw(c, why.status, shown.whyNotPage(why, wayToResult(p.Payer)))
	}
	if c.Request().Method == http.MethodPost {
		if _, err := s.toFriend(ctx, link); err != nil {
			return err
		}
	}
	view.Channels = s.withLogins(ctx, link, view.Channels)
	view.Issuer = s.OpenID != nil
	return s.draw(c, status, payPage(shown.payView(view)))
}

// wayToResult is for who has not logged in: whoever has is led there by himself.
func wayToResult(payer string) web.Mine {
	if payer != "" {
		return web.MineNot
	}
	return web.MineSession
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

func (s *Server) sendCodeFromPage(c echo.Context) error {
	ctx := c.Request().Context()
	view := filled(c)
	var link store.Link
	var err error
	if !view.Look {
		link, err = s.checkedLink(ctx)
	}
	if err == nil {
		err = s.sendCode(ctx, view.Phone)
	}
	view.CodeSent = err == nil || reasonOf(err) == "code_too_soon"
	if view.CodeSent && !view.Look {
		s.counted(ctx, s.Store.LoginBegun(ctx, caller(ctx).Invite))
	}
	if err != nil {
		return s.payPage(c, view, err)
	}
	s.keepPhone(c, view.Phone)
	if view.Look {
		return c.Redirect(http.StatusSeeOther, resultPath)
	}
	if _, err := s.toFriend(ctx, link); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, payAddress(view.Chosen.ID))
}

func (s *Server) logInFromPage(c echo.Context) error {
	ctx := c.Request().Context()
	view := filled(c)
	view.CodeSent = true
	if _, err := s.checkedLink(ctx); err != nil && !view.Look {
		return s.payPage(c, view, err)
	}
	cookie, payer, err := s.loggedIn(ctx, caller(ctx), view.Phone, c.FormValue("code"))
	if err != nil {
		return s.payPage(c, view, err)
	}
	if _, err := s.toPayer(ctx, payer); err != nil {
		return err
	}
	c.SetCookie(cookie)
	s.keepPhone(c, "")
	if view.Look {
		return c.Redirect(http.StatusSeeOther, resultPath)
	}
	return c.Redirect(http.StatusSeeOther, payAddress(view.Chosen.ID))
}

// filled is the form as it was sent, to be shown again.
func filled(c echo.Context) web.Pay {
	return web.Pay{
		Phone: c.FormValue("phone"), Chosen: web.Channel{ID: c.FormValue("channel")},
		Look: c.FormValue("then") == "look",
	}
}

// payFromPage asks to pay and leads to the provider.
func (s *Server) payFromPage(c echo.Context) error {
	ctx := c.Request().Context()
	channel := c.FormValue("channel")
	quote, err := quoted(c, channel)
	if err != nil {
		return s.payPage(c, web.Pay{}, err)
	}
	link, number, err := s.askToPay(ctx, channel, quote)
	if err != nil {
		return s.payPage(c, web.Pay{Chosen: web.Channel{ID: channel}}, err)
	}
	answer, err := s.attemptAnswer(ctx, link.Request, number)
	if err != nil {
		return err
	}
	shown := answer.Presentation
	if shown == nil || shown.Kind == providers.QR || s.over(*shown) {
		return c.Redirect(http.StatusSeeOther, resultPath)
	}
	return c.Redirect(http.StatusSeeOther, toProvider(*shown))
}

// quoted is the price that the page showed: of the channel, where offers make it another
// than the order's.
func quoted(c echo.Context, channel string) (models.Price, error) {
	shown := orDefault(c.FormValue("minor."+channel), c.FormValue("minor"))
	minor, err1 := strconv.ParseInt(shown, 10, 64)
	version, err2 := strconv.ParseInt(c.FormValue("price_version"), 10, 64)
	currency := c.FormValue("currency")
	if err1 != nil || err2 != nil || minor <= 0 || len(currency) != 3 {
		return models.Price{}, &models.Error{
			Code: models.Invalid, Reason: "bad_quote", Message: "The page is incomplete.", Fix: "Load it again.",
		}
	}
	return models.Price{Payable: models.Money{Minor: minor, Currency: currency}, Version: version}, nil
}
