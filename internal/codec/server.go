package codec

import (
	_ "embed"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"go.temporal.io/sdk/converter"

	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/internal/vault"
)

// Role is what a colleague's token must say to have histories opened.
const Role = "history_reader"

// Cookie holds the token of a colleague who logged in by hand.
const Cookie = "__Host-friendpay-codec"

// maxHistory bounds what is opened at once, in bytes: a page of the Web UI is far smaller.
const maxHistory = 8 << 20

//go:embed login.html
var loginPage []byte

// Options say who may ask a codec server from where.
type Options struct {
	Keys   *vault.Vault
	Staff  func(raw string) (token.StaffClaims, error) // reads a colleague's token
	Origin string                                      // of Temporal's Web UI: https://temporal.example.com
	Log    *slog.Logger
}

// NewServer opens histories for Temporal's Web UI: POST /decode. It seals nothing: whoever
// could make us seal could forge what only we can have written. Each opening is logged
// with who asked. A colleague shows his token as a bearer, or logs in with it at /login.
func NewServer(o Options) http.Handler {
	s := server{o}
	decode := converter.NewPayloadCodecHTTPHandler(&codec{o.Keys})
	routes := http.NewServeMux()
	routes.Handle("POST /decode", s.guarded(decode))
	routes.HandleFunc("OPTIONS /decode", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})
	routes.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(loginPage)
	})
	routes.HandleFunc("POST /login", s.logIn)
	return s.secured(routes)
}

type server struct{ Options }

// guarded lets colleagues of the role through.
func (s server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claims, err := s.Staff(presented(r))
		switch {
		case err != nil:
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "Log in at /login first.", http.StatusUnauthorized)
			return
		case !claims.May(Role):
			http.Error(w, "Your token does not have the role "+Role+".", http.StatusForbidden)
			return
		}
		s.Log.InfoContext(r.Context(), "history opened", "staff", claims.Subject,
			"namespace", r.Header.Get("X-Namespace"), "bytes", r.ContentLength)
		r.Body = http.MaxBytesReader(w, r.Body, maxHistory)
		next.ServeHTTP(w, r)
	})
}

// presented is the token that a call shows, as a bearer or in the cookie.
func presented(r *http.Request) string {
	if scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") {
		return value
	}
	cookie, err := r.Cookie(Cookie)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// logIn keeps a colleague's token in a cookie until it ends. The Web UI sends it along
// when it lives on the same site; on another, it has to send the bearer.
func (s server) logIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	raw := strings.TrimSpace(r.PostFormValue("token"))
	claims, err := s.Staff(raw)
	if err != nil || !claims.May(Role) {
		http.Error(w, "This token does not open histories.", http.StatusForbidden)
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: Cookie, Value: raw, Path: "/", MaxAge: int(time.Until(claims.ExpiresAt.Time).Seconds()),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	http.Redirect(w, r, s.Origin, http.StatusSeeOther)
}

// secured tells browsers what they may do with an answer: the Web UI's pages may read
// it, and nobody else's.
func (s server) secured(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Add("Vary", "Origin")
		from := r.Header.Get("Origin")
		if from == s.Origin && from != "" {
			h.Set("Access-Control-Allow-Origin", from)
			h.Set("Access-Control-Allow-Credentials", "true")
			h.Set("Access-Control-Allow-Headers", "Authorization, Authorization-Extras, Content-Type, X-Namespace")
			h.Set("Access-Control-Allow-Methods", "POST")
			h.Set("Access-Control-Max-Age", "600")
		} else if protection.Check(r) != nil {
			http.Error(w, "Another site sent this.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
