package wechatpay

import (
	"crypto/rand"
	"net/http"
	"strings"
)

// userCookie says who uses this browser's WeChat: an openid. A real WeChat knows.
const userCookie = "paysim_wechat_user"

// snapshotMark begins the openids of visitors who only look at a snapshot of a
// page: they change each time and can pay nothing.
const snapshotMark = "oSnapshot"

func newOpenID() string { return "o" + rand.Text() }

func isSnapshot(openid string) bool { return strings.HasPrefix(openid, snapshotMark) }

// remember makes a browser that of a user.
func remember(w http.ResponseWriter, r *http.Request, openid string) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // secure wherever the simulator is
		Name: userCookie, Value: openid, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: r.TLS != nil, MaxAge: 365 * 24 * 60 * 60,
	})
}

// userOf is who uses a browser; one that is new here becomes somebody.
func userOf(w http.ResponseWriter, r *http.Request) string {
	if cookie, err := r.Cookie(userCookie); err == nil && openidForm.MatchString(cookie.Value) {
		return cookie.Value
	}
	openid := newOpenID()
	remember(w, r, openid)
	return openid
}
