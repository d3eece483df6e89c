package api

import (
	"html/template"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// wantsPage says that a person looks at this: a page's route, or none at all
// asked for by a browser.
func (s *Server) wantsPage(c echo.Context) bool {
	r, listed := s.routes[c.Request().Method+" "+c.Path()]
	browser := strings.Contains(c.Request().Header.Get(echo.HeaderAccept), "text/html")
	return browser && (r.page || !listed)
}

var errorPage = template.Must(template.New("problem").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{.Title}}</title>
<h1>{{.Detail}}</h1>
{{with .Fix}}<p>{{.}}</p>{{end}}
<p><small>{{.Status}} {{.Reason}}</small></p>
</html>`))

func (s *Server) problemPage(c echo.Context, p *Problem) error {
	c.Response().Header().Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
	c.Response().WriteHeader(p.Status)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	return errorPage.Execute(c.Response(), p)
}
