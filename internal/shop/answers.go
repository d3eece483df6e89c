package shop

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/web"
)

// draw writes a page in the reader's language.
func (s *Shop) draw(w http.ResponseWriter, r *http.Request, status int, page web.Page) {
	page.Posted, page.Shop, page.Here = r.Method == http.MethodPost, true, here(r)
	html, err := s.pages.HTML(web.LocaleFor(w, r, strings.HasPrefix(s.URL, "https://")), page)
	if err != nil {
		s.Log.ErrorContext(r.Context(), "shop page not drawn", "error", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	html = web.Compress(w, r, html)
	w.WriteHeader(status)
	_, _ = w.Write(html) //nolint:gosec // a template wrote it; that a reader has gone is no error of ours
}

// ofPage are what an address may say that chooses what its page shows; what else it says is not repeated.
var ofPage = []string{"phase", "cursor", "friend", "shows"}

// here is where the page is had by GET, with what it shows: its own address, and of a form's answer the
// order's or the request's.
func here(r *http.Request) string {
	if id := r.PathValue("id"); r.Method == http.MethodPost && id != "" {
		return "/shop/requests/" + url.PathEscape(id)
	} else if r.Method == http.MethodPost {
		return "/shop"
	}
	chosen := url.Values{}
	for _, name := range ofPage {
		if value := r.URL.Query().Get(name); value != "" {
			chosen.Set(name, value)
		}
	}
	if len(chosen) == 0 {
		return ""
	}
	return "?" + chosen.Encode()
}

// problem is a refusal as a form shows it, with its status; nil when it is none that a buyer can act on.
func (s *Shop) problem(cause error) (*web.Problem, int) {
	told := client.AsProblem(cause)
	if told == nil || told.Status == http.StatusInternalServerError || told.Reason == "not_friendpay" {
		return nil, http.StatusBadGateway
	}
	shown := &web.Problem{Reason: told.Reason}
	// What was wrong with the words is not mended by waiting.
	if told.Until != nil && told.Status != http.StatusUnprocessableEntity {
		shown.Wait = max(told.Until.Sub(s.Clock()), 0)
	}
	return shown, int(told.Status)
}

// showNothing answers an address at which there is nothing.
func (s *Shop) showNothing(w http.ResponseWriter, r *http.Request) {
	s.draw(w, r, http.StatusNotFound, web.Page{Template: web.NoticePage, View: web.Notice{Name: "no_request"}})
}

// fail answers what no page of the shop shows: what is unknown, too much, or friendpay being away.
func (s *Shop) fail(w http.ResponseWriter, r *http.Request, cause error) {
	status, notice := http.StatusBadGateway, web.Notice{Name: "unavailable"}
	if told := client.AsProblem(cause); told != nil {
		switch status = int(told.Status); status {
		case http.StatusNotFound:
			notice.Name = "no_request"
		case http.StatusTooManyRequests:
			notice.Name = "limited"
			if told.Until != nil {
				notice.Wait = max(told.Until.Sub(s.Clock()), 0)
			}
		}
	}
	if status >= http.StatusInternalServerError && !errors.Is(cause, r.Context().Err()) {
		s.Log.WarnContext(r.Context(), "friendpay did not answer the shop", "error", cause)
	}
	s.draw(w, r, status, web.Page{Template: web.NoticePage, View: notice})
}

// writePatience is how long a browser may take to read one event.
const writePatience = 10 * time.Second
