package api

import (
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// wantsPage says that a person looks at this: a page's route, or none at all
// asked for by a browser.
func (s *Server) wantsPage(c echo.Context) bool {
	r, listed := s.routes[c.Request().Method+" "+c.Path()]
	accept := c.Request().Header.Get(echo.HeaderAccept)
	if listed {
		return r.page && !strings.Contains(accept, "json")
	}
	return strings.Contains(accept, "text/html")
}

// problemPage tells a person, in his language, what a program would read as JSON.
func (s *Server) problemPage(c echo.Context, p *Problem) error {
	view := web.Notice{Name: noticeOf(p.Code)}
	if p.Until != nil {
		view.Wait = s.left(*p.Until)
	}
	return s.notice(c, p.Status, view)
}

// noticeOf names the page of a refusal that no form can show.
func noticeOf(code models.Code) string {
	switch code {
	case models.NotFound:
		return "unknown"
	case models.Limited:
		return "limited"
	case models.Forbidden:
		return "foreign"
	case models.Unauthenticated:
		return "session"
	case models.Invalid, models.Conflict:
		return "bad"
	case models.Gone:
		return "ended"
	default:
		return "unavailable"
	}
}
