package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
)

// backPath is where providers send payers to. The mark says no more than that somebody comes from there.
const backPath = resultPath + "?back=1"

// BackCookie keeps in the payer's own browser which payment he came back from and when, in Unix seconds:
// "01J….1790000000". Nothing but what he reads hangs on it, so nobody signs it.
const BackCookie = "__Host-friendpay-back"

// askingFor is how long the page then says that the provider is being asked, before it offers to pay again.
// The law asks the provider within twenty seconds where nobody calls; his own time to answer comes on top.
const askingFor = 90 * time.Second

// cameBack takes who comes from the provider to his page, and remembers when. Without an attempt there is
// nothing to remember.
func (s *Server) cameBack(c echo.Context, attempt models.Attempt) error {
	c.SetCookie(&http.Cookie{
		Name: BackCookie, Value: attempt.Number + "." + strconv.FormatInt(s.Clock().Unix(), 10), Path: "/",
		MaxAge: int(askingFor / time.Second), Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	return c.Redirect(http.StatusSeeOther, resultPath)
}

// justBack says that the payer came back from paying this a moment ago, by our clock.
func (s *Server) justBack(c echo.Context, attempt string) bool {
	cookie, err := c.Cookie(BackCookie)
	if err != nil {
		return false
	}
	number, at, _ := strings.Cut(cookie.Value, ".")
	seconds, err := strconv.ParseInt(at, 10, 64)
	since := s.Clock().Sub(time.Unix(seconds, 0))
	return err == nil && number == attempt && since > -time.Minute && since < askingFor
}
