package api

import (
	"encoding/base64"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// PhoneCookie keeps the phone that a code was sent to, sealed, as long as the code is good: the form to type
// it on is a page of its own by that, which going back and loading again show without sending anything anew.
const PhoneCookie = "__Host-friendpay-phone"

const phoneKept = 5 * time.Minute

// phonePlace binds the phone to the link that it was typed for.
func phonePlace(invite string) string { return "cookie.phone:" + invite }

// keepPhone keeps it; the empty one forgets what was kept.
func (s *Server) keepPhone(c echo.Context, typed string) {
	cookie := &http.Cookie{
		Name: PhoneCookie, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
	if typed != "" {
		sealed := s.Vault.Seal([]byte(typed), phonePlace(caller(c.Request().Context()).Invite))
		cookie.Value, cookie.MaxAge = base64.RawURLEncoding.EncodeToString(sealed), int(phoneKept/time.Second)
	}
	c.SetCookie(cookie)
}

// keptPhone is the phone that a code has just been sent to through this link; "" for none.
func (s *Server) keptPhone(c echo.Context) string {
	cookie, err := c.Cookie(PhoneCookie)
	if err != nil {
		return ""
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return ""
	}
	typed, err := s.Vault.Open(sealed, phonePlace(caller(c.Request().Context()).Invite))
	if err != nil {
		return "" // of another link, or made up
	}
	return string(typed)
}
