// Package shop is a small merchant who sells one thing, to try the product by hand and to show how a
// merchant's server is built on it: it knows the public API through package client, hears of payments by
// verified webhooks, and keeps its buyer's page up to date by them. Whoever opens it is its one buyer. It
// holds what it knows in memory: what matters is asked of the API again.
package shop

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/web"
)

// Options are what the merchant decides.
type Options struct {
	API     *client.API      // with his key
	App     string           // the app that sells
	Channel string           // by which the buyer pays himself
	URL     string           // where the shop is, as friendpay and browsers reach it: http://127.0.0.1:8080
	Clock   func() time.Time // nil: time.Now
	Log     *slog.Logger     // nil: none
}

// Shop answers below /shop. It is safe for concurrent use.
type Shop struct {
	Options
	pages *web.Pages
	book  *book
	mux   http.Handler
	hooks atomic.Pointer[client.Webhooks]

	mu      sync.Mutex  // guards what follows
	buyer   *client.API // with a token that vouches for the buyer
	vouched time.Time   // so long buyer is good
}

// New builds the shop; it hears nothing before Listen.
func New(options Options) (*Shop, error) {
	if options.Clock == nil {
		options.Clock = time.Now
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	pages, err := web.New()
	if err != nil {
		return nil, fmt.Errorf("read the pages: %w", err)
	}
	s := &Shop{Options: options, pages: pages, book: newBook()}
	s.hooks.Store(&client.Webhooks{}) // without a secret it believes nothing
	people := http.NewServeMux()
	people.HandleFunc("GET /shop", s.showOrder)
	people.HandleFunc("POST /shop/requests", s.askAFriend)
	people.HandleFunc("POST /shop/pay", s.payMyself)
	people.HandleFunc("GET /shop/requests/{id}", s.showRequest)
	people.HandleFunc("GET /shop/requests/{id}/card", s.showPrivacy)
	people.HandleFunc("POST /shop/requests/{id}/card", s.changePrivacy)
	people.HandleFunc("POST /shop/requests/{id}/cancel", s.cancel)
	people.HandleFunc("POST /shop/requests/{id}/pay", s.pay)
	people.HandleFunc("GET /shop/requests/{id}/friends", s.inviteForm)
	people.HandleFunc("POST /shop/requests/{id}/friends", s.invite)
	people.HandleFunc("GET /shop/requests/{id}/friends/{invite}", s.revokeForm)
	people.HandleFunc("POST /shop/requests/{id}/friends/{invite}/revoke", s.revoke)
	people.HandleFunc("POST /shop/requests/{id}/friends/{invite}/label", s.label)
	people.HandleFunc("GET /shop/requests/{id}/receipt", s.showReceipt)
	people.HandleFunc("GET /shop/asked", s.showAsked)
	people.HandleFunc("POST /shop/requests/{id}/extend", s.extend)
	people.HandleFunc("POST /shop/requests/{id}/thanks", s.thank)
	people.HandleFunc("POST /shop/requests/{id}/again", s.askAgain)
	people.HandleFunc("GET /shop/requests/{id}/stream", s.stream)
	people.HandleFunc("GET /", s.showNothing)
	guard := http.NewCrossOriginProtection() // a form of another site orders nothing
	if options.URL != "" {
		if err := guard.AddTrustedOrigin(options.URL); err != nil {
			return nil, fmt.Errorf("the shop's address: %w", err)
		}
	}
	all := http.NewServeMux()
	all.Handle("/", guard.Handler(people))
	all.HandleFunc("POST "+hookPath, s.takeWebhook) // its signature proves who sends
	s.mux = secured(all)
	return s, nil
}

// ServeHTTP answers below /shop.
func (s *Shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	s.mux.ServeHTTP(w, r)
}

// maxBody bounds what the shop reads of a call, in bytes: a webhook, or an empty form.
const maxBody = 256 << 10

// Before serves the shop at the origin of another handler, which answers everything else; / leads to the
// shop. What browsers keep for that other side is none of the shop's business and does not reach it, but for
// the language that somebody reads.
func (s *Shop) Before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/" && r.Method == http.MethodGet:
			http.Redirect(w, r, "/shop", http.StatusFound)
		case r.URL.Path == "/shop" || strings.HasPrefix(r.URL.Path, "/shop/"):
			own := r.Clone(r.Context())
			own.Header.Del("Cookie")
			own.Header.Del("Authorization")
			if language := web.LanguageCookie(r); language != nil {
				own.AddCookie(&http.Cookie{Name: language.Name, Value: language.Value}) //nolint:gosec // to the shop
			}
			s.ServeHTTP(w, own)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// secured sets the headers of every answer. There is no form-action: a browser applies it to the whole chain
// of redirects, and paying leaves for the provider's host.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy",
			"default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		h.Set("Cache-Control", "no-store")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// asBuyer speaks for the buyer, with a token that the merchant's key vouches for him: what he does is then
// told as his own doing, and he reaches no request of others.
func (s *Shop) asBuyer(ctx context.Context) (*client.API, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buyer != nil && s.Clock().Before(s.vouched) {
		return s.buyer, nil
	}
	buyer, token, err := s.API.Buyer(ctx, s.App, theBuyer())
	if err != nil {
		return nil, fmt.Errorf("vouch for the buyer: %w", err)
	}
	s.buyer, s.vouched = buyer, token.ExpiresAt.Add(-time.Minute)
	return buyer, nil
}

// Drain ends the open streams, which would hold up a shutdown.
func (s *Shop) Drain() { s.book.close() }

var errBadAnswer = errors.New("friendpay's answer is not what its description says")
