package api

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/notify"
	"github.com/friendpay/friendpay/models"
)

var docsLink = regexp.MustCompile(`href="(/[^"#]*)"`)

// Every page that a developer can reach from /docs is there, is ours, and loads nothing from elsewhere.
func TestTheDocsLeadSomewhere(t *testing.T) {
	w := newWorld(t)
	seen, left := map[string]bool{"/docs": true}, []string{"/docs"}
	for len(left) > 0 {
		at := left[0]
		left = left[1:]
		page := w.call(get, at, "", "")
		require.Equal(t, http.StatusOK, page.Code, at)
		body := page.Body.String()
		require.NotRegexp(t, `(?i)<script|style="| on[a-z]+="|src="`, body, at)
		for _, link := range docsLink.FindAllStringSubmatch(body, -1) {
			if !seen[link[1]] && strings.HasPrefix(link[1], "/docs") {
				seen[link[1]], left = true, append(left, link[1])
			}
		}
	}
	require.Greater(t, len(seen), 100, "the errors are among them")
}

// What a problem calls its type is the address of a page about it.
func TestAProblemLeadsToItsPage(t *testing.T) {
	w := newWorld(t)
	for _, refused := range []answer{
		w.call(get, "/v1/requests/fpr_none", teaKey, ""),
		w.call(get, "/v1/requests", "", ""),
		w.call(post, "/v1/requests", teaKey, "{}"),
		w.call(get, "/v1/nowhere", teaKey, ""),
	} {
		require.GreaterOrEqual(t, refused.Code, 400)
		page := w.call(get, refused.text("type"), "", "")
		require.Equal(t, http.StatusOK, page.Code, refused.Body)
		require.Contains(t, page.Body.String(), "<h1><code>"+refused.text("reason")+"</code></h1>")
	}
	require.Equal(t, http.StatusNotFound, w.call(get, "/docs/errors/made_up", "", "").Code)
}

func TestEveryEventIsExplained(t *testing.T) {
	t.Parallel()
	told := []string{notify.ToBuyer}
	var explained []string
	for _, notice := range models.Notices {
		told = append(told, "request."+string(notice))
	}
	for _, e := range eventsExplained {
		explained = append(explained, e.Type)
	}
	require.ElementsMatch(t, told, explained)
}

// The reference says what a member may be, so that nobody has to guess.
func TestTheReferenceSaysWhatFits(t *testing.T) {
	w := newWorld(t)
	page := w.call(get, "/docs/reference", "", "").Body.String()
	require.Contains(t, page, "one of full category surprise")
	require.Contains(t, page, "string, at most 60 characters")
	require.Contains(t, page, "1 to 4320")
}
