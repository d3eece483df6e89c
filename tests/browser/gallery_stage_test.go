package browser

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/api"
	"github.com/friendpay/friendpay/web"
)

// longRefresh keeps a page of the gallery from being loaded again while it is looked at.
const longRefresh = time.Hour

// Addresses of the stage that a page may call: a stream that says nothing, and a place that a browser which
// is sent there does not go to (204), so that a page that leaves at once can be looked at.
const (
	stillStream  = "/still"
	awayFromHere = "/away"
)

// stage serves the states of the gallery as the api would, under /{variant}/{language}/{name}. Variants are
// "now"; "old", with the style of an old engine; and "bare", with none.
type stage struct {
	*httptest.Server
	pages  *web.Pages
	states map[string]web.Page
	old    string // the style sheet as an old engine reads it
}

func newStage(t *testing.T, states []state) *stage {
	t.Helper()
	pages, err := web.New()
	require.NoError(t, err)
	s := &stage{pages: pages, states: map[string]web.Page{}, old: oldStyle(readStyle(t))}
	for _, one := range states {
		s.states[one.name] = one.page
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{variant}/{language}/{name}", s.show)
	mux.Handle("GET /static/{file}", web.Static())
	mux.HandleFunc("GET /old.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write([]byte(s.old))
	})
	mux.HandleFunc(awayFromHere, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc(stillStream, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	t.Cleanup(s.CloseClientConnections) // before it: streams would keep it waiting
	return s
}

// show answers one state with the headers that the api gives every page.
func (s *stage) show(w http.ResponseWriter, r *http.Request) {
	page, known := s.states[r.PathValue("name")]
	if !known {
		http.NotFound(w, r)
		return
	}
	html, err := s.pages.HTML(web.Locale(r.PathValue("language")), page)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	text := string(html)
	const sheet = `<link rel="stylesheet" href="`
	switch before, after, found := strings.Cut(text, sheet); {
	case !found:
	case r.PathValue("variant") == "old":
		_, rest, _ := strings.Cut(after, `"`)
		text = before + sheet + `/old.css"` + rest
	case r.PathValue("variant") == "bare":
		_, rest, _ := strings.Cut(after, ">")
		text = before + rest
	}
	api.SecureHeaders(w.Header())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(text))
}

// address is where a state is shown.
func (s *stage) address(variant string, locale web.Locale, name string) string {
	return s.URL + "/" + variant + "/" + string(locale) + "/" + name
}

// readStyle is the style sheet of the friend's and the shop's pages, as it is served.
func readStyle(t *testing.T) string {
	t.Helper()
	answer := httptest.NewRecorder()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/static/app.css", nil)
	web.Static().ServeHTTP(answer, request)
	require.Equal(t, http.StatusOK, answer.Code)
	return answer.Body.String()
}
