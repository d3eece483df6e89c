package api

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// refresh is how often a page that waits loads itself again without JavaScript.
const refresh = 3 * time.Second

// pageRoutes are what the friend sees. GET changes nothing anywhere.
func (s *Server) pageRoutes() []route {
	page := func(method, path string, handle func(*Server, echo.Context) error) route {
		return route{method: method, path: path, who: anybody, page: true, mount: plain("text/html", handle)}
	}
	return []route{
		page(get, "/f/{token}", (*Server).showLinkPage),
		page(post, "/f/{token}", (*Server).exchangeLink),
		page(get, "/c/{code}", (*Server).showCodePage),
		page(post, "/c/{code}", (*Server).exchangeCode),
		page(get, "/pay", (*Server).showPayPage),
		page(post, "/pay/code", (*Server).sendCodeFromPage),
		page(post, "/pay/login", (*Server).logInFromPage),
		page(post, "/pay/attempts", (*Server).payFromPage),
		page(get, "/pay/result", (*Server).showResult),
		page(get, "/pay/decline", (*Server).askDecline),
		page(post, "/pay/decline", (*Server).declineFromPage),
		page(post, "/pay/report", (*Server).reportFromPage),
		page(get, "/static/{file}", (*Server).showStatic),
	}
}

// draw writes a page in the reader's language.
func (s *Server) draw(c echo.Context, status int, page web.Page) error {
	locale := web.MatchLocale(c.Request().Header.Get("Accept-Language"))
	html, err := s.pages.HTML(locale, page)
	if err != nil {
		return fmt.Errorf("draw: %w", err)
	}
	c.Response().Header().Set("Vary", "Accept-Language")
	return c.HTMLBlob(status, html)
}

// notice draws a page that says why there is nothing to do here.
func (s *Server) notice(c echo.Context, status int, view web.Notice) error {
	return s.draw(c, status, web.Page{Template: web.NoticePage, View: view})
}

// visitor is the caller's session; without one he is shown how to get it back.
func (s *Server) visitor(c echo.Context) (Principal, bool) {
	p, err := s.admitPayer(c.Request())
	return p, err == nil
}

func (s *Server) noSession(c echo.Context) error {
	return s.notice(c, http.StatusUnauthorized, web.Notice{Name: "session"})
}

// refused draws a refusal that no form can show: nothing is there, or too often.
func (s *Server) refused(c echo.Context, err error) error {
	var known *models.Error
	if !errors.As(err, &known) {
		return err
	}
	view := web.Notice{Name: noticeOf(known), Wait: s.left(known.Until)}
	return s.notice(c, statusOf(known.Code), view)
}

func noticeOf(known *models.Error) string {
	switch known.Code {
	case models.NotFound:
		return "unknown"
	case models.Limited:
		return "limited"
	case models.Forbidden:
		return "foreign"
	default:
		return "unavailable"
	}
}

// problem is a refusal as a form shows it.
func (s *Server) problem(err error) (*web.Problem, bool) {
	var known *models.Error
	if !errors.As(err, &known) || known.Code == models.Internal {
		return nil, false
	}
	return &web.Problem{Reason: known.Reason, Wait: s.left(known.Until)}, true
}

// left is the time until a moment, 0 for none or one that has passed.
func (s *Server) left(until time.Time) time.Duration {
	if until.IsZero() {
		return 0
	}
	return max(until.Sub(s.Clock()), 0)
}

// card is what every page says of a request: an allow-list.
func (s *Server) card(link store.Link) web.Card {
	card := web.Card{
		Asker: link.Order.BuyerName, Merchant: link.App.MerchantName, Title: link.Order.Title,
		Amount: link.Request.Payable,
	}
	if link.Request.EndedAt.IsZero() {
		card.Left = s.left(link.Request.ExpiresAt)
	}
	for _, item := range link.Order.Items {
		card.Items = append(card.Items, web.Item{Title: item.Title, Quantity: item.Quantity, Price: item.Price})
	}
	return card
}

// channels are the ways to pay that the rules leave.
func (s *Server) channels(link store.Link) []web.Channel {
	var list []web.Channel
	for _, c := range channelViews(link.Channels, s.decisionOn(link)) {
		list = append(list, web.Channel{ID: c.ID, NameZH: c.NameZH, NameEN: c.NameEN})
	}
	return list
}

func (s *Server) showStatic(c echo.Context) error {
	web.Static().ServeHTTP(c.Response(), c.Request())
	return nil
}
