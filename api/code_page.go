package api

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/web"
)

// longestCode is how much of what was typed is shown again, in bytes.
const longestCode = 20

// askCode is where a short code is typed that was read aloud, or copied from a chat
// that blocks links.
func (s *Server) askCode(c echo.Context) error {
	return s.draw(c, http.StatusOK, web.Page{Template: web.CodePage, View: web.Code{}})
}

// takeCode leads to the page of the code. It says nothing of whether there is one:
// that page knows, and counts the misses. The code goes by POST and into the path of
// the page that it opens anyway, never into a query, which servers like to log.
func (s *Server) takeCode(c echo.Context) error {
	typed := strings.TrimSpace(c.FormValue("code"))
	if !token.IsCode(typed) {
		typed = typed[:min(len(typed), longestCode)]
		view := web.Code{Typed: strings.ToValidUTF8(typed, ""), Problem: &web.Problem{Reason: "bad_code"}}
		return s.draw(c, http.StatusUnprocessableEntity, web.Page{Template: web.CodePage, View: view})
	}
	typed = strings.ToUpper(strings.ReplaceAll(typed, " ", ""))
	return c.Redirect(http.StatusSeeOther, "/c/"+url.PathEscape(typed))
}
