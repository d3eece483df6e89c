package api

import (
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// wantsPage says that a person looks at this: he is where the pages are and does not
// ask for JSON, or his browser asks for a page at an address that is none of ours.
func (s *Server) wantsPage(c echo.Context) bool {
	r, listed := s.routes[c.Request().Method+" "+c.Path()]
	accept := c.Request().Header.Get(echo.HeaderAccept)
	html, json := strings.Index(accept, "text/html"), strings.Index(accept, "json")
	switch {
	case listed && !r.page:
		return false
	case listed || amongPages(c.Request().URL.Path):
		return json < 0 || html >= 0 && html < json // what is named first is liked best
	default:
		return html >= 0 && (json < 0 || html < json)
	}
}

// amongPages says that an address is below those that people hold.
func amongPages(path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first == "f" || first == "c" || first == "pay" || first == "shop" || first == "staff"
}

// problemPage tells a person, in his language, what a program would read as JSON.
func (s *Server) problemPage(c echo.Context, p *Problem) error {
	if inConsole(c.Request().URL.Path) {
		return s.consolePage(c, p)
	}
	view := web.Notice{Name: noticeOf(p.Code)}
	if p.Reason == errUnknownCode.Reason {
		view.Name = "used"
	}
	if p.Until != nil {
		view.Wait = s.left(*p.Until)
	}
	return s.notice(c, p.Status, view)
}

// inConsole says that an address is below the support console's.
func inConsole(path string) bool { return path == "/staff" || strings.HasPrefix(path, "/staff/") }

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
