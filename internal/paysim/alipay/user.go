package alipay

import (
	"crypto/rand"
	"net/http"
)

// userCookie says who uses this browser's Alipay: an open id, or a user id of old.
// A real Alipay knows.
const userCookie = "paysim_alipay_user"

func newUser() string { return "0" + rand.Text() }

// remember makes a browser that of a user.
func remember(w http.ResponseWriter, r *http.Request, user string) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // secure wherever the simulator is
		Name: userCookie, Value: user, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: r.TLS != nil, MaxAge: 365 * 24 * 60 * 60,
	})
}

// userOf is who uses a browser; one that is new here becomes somebody.
func userOf(w http.ResponseWriter, r *http.Request) string {
	if cookie, err := r.Cookie(userCookie); err == nil && openidForm.MatchString(cookie.Value) {
		return cookie.Value
	}
	user := newUser()
	remember(w, r, user)
	return user
}

// nameBuyer tells a merchant who the buyer is: by the open id, or for apps of old
// by the user id, under that member's name.
func (m *merchant) nameBuyer(answer body, old, user string) {
	if user == "" {
		return
	}
	answer["buyer_logon_id"] = "159****5620"
	if m.UserIDs {
		answer[old] = user
		return
	}
	answer["buyer_open_id"] = user
}
