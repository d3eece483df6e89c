package api

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/activities"
)

// guide is a page of /docs as a reader copies from it.
func (w *world) guide(path string) string {
	w.t.Helper()
	page := w.call(get, path, "", "")
	require.Equal(w.t, http.StatusOK, page.Code, path)
	return html.UnescapeString(page.Body.String())
}

// The schedule that the page promises is the one that deliveries keep.
func TestTheScheduleOnThePageIsKept(t *testing.T) {
	w := newWorld(t)
	said := regexp.MustCompile(`(\d+) (s|min|h)\b`)
	_, tries, found := strings.Cut(w.guide("/docs/webhooks"), "<h2>Tries</h2>")
	require.True(t, found)
	tries, _, _ = strings.Cut(tries, "after the first")
	var promised []time.Duration
	for _, part := range said.FindAllStringSubmatch(tries, -1) {
		wait, err := time.ParseDuration(part[1] + strings.TrimSuffix(part[2], "in"))
		require.NoError(t, err)
		promised = append(promised, wait)
	}
	require.Equal(t, activities.WebhookAfter, promised)
}

var (
	namedRoute  = regexp.MustCompile(`(GET|POST) (/v1/[a-z0-9/{}-]+)`)
	curledRoute = regexp.MustCompile(`curl [^\n]*\$[A-Z_]*URL(/v1/[a-z/-]+)`)
)

// Every route that a guide names is one of ours.
func TestTheGuidesNameRealRoutes(t *testing.T) {
	w := newWorld(t)
	known, named := map[string]bool{}, 0
	for _, r := range w.server.allRoutes() {
		known[r.method+" "+r.path] = true
	}
	for _, g := range guideTexts {
		text := w.guide(g.path)
		for _, found := range namedRoute.FindAllStringSubmatch(text, -1) {
			require.True(t, known[found[0]], "%s on %s", found[0], g.path)
			named++
		}
		for _, found := range curledRoute.FindAllStringSubmatch(text, -1) {
			require.True(t, known[get+" "+found[1]] || known[post+" "+found[1]], "%s on %s", found[1], g.path)
			named++
		}
	}
	require.Greater(t, named, 7)
}

// What the page about webhooks tells to type works: an endpoint, its test, its deliveries and both replays.
func TestThePageAboutWebhooksWorks(t *testing.T) {
	w := newWorld(t)
	text := w.guide("/docs/webhooks")
	_, body, found := strings.Cut(text, "-d '")
	require.True(t, found)
	body, _, _ = strings.Cut(body, "'")
	made := w.create("/v1/webhook-endpoints", teaKey, strings.Replace(body, "app_demo", "app_tea", 1))
	require.Equal(t, http.StatusCreated, made.Code, made.Body)
	require.Regexp(t, "^whsec_", made.text("secret"))
	listen := func(path, body string) answer {
		fill := regexp.MustCompile(`POST (\S*/` + path + `)<`).FindStringSubmatch(text)
		require.Len(t, fill, 2, "%s is on the page", path)
		id := made.text("id")
		if strings.Contains(fill[1], "deliveries") {
			first := w.call(get, "/v1/webhook-deliveries", teaKey, "").field("deliveries").([]any)[0]
			id = first.(map[string]any)["id"].(string)
		}
		return w.call(post, strings.Replace(fill[1], "{id}", id, 1), teaKey, body)
	}
	require.Equal(t, http.StatusAccepted, listen("test", "").Code)
	now := time.Now()
	window := `{"from":"` + now.Add(-time.Hour).UTC().Format(time.RFC3339) + `","until":"` +
		now.Add(time.Hour).UTC().Format(time.RFC3339) + `"}`
	all := listen("webhook-endpoints/{id}/replay", window)
	require.Equal(t, http.StatusOK, all.Code, all.Body)
	one := listen("webhook-deliveries/{id}/replay", "")
	require.Contains(t, []int{http.StatusAccepted, http.StatusConflict}, one.Code, one.Body)
}

// So do the calls of the quickstart and of the page about events.
func TestTheCallsOfTheQuickstartWork(t *testing.T) {
	w := newWorld(t)
	_, body, found := strings.Cut(w.guide("/docs/quickstart"), "-d '")
	require.True(t, found)
	body, _, _ = strings.Cut(body, "'")
	placed := w.create("/v1/requests", teaKey, strings.Replace(body, "app_demo", "app_tea", 1))
	require.Equal(t, http.StatusCreated, placed.Code, placed.Body)
	list := regexp.MustCompile(`\$URL(/v1/events\?[^"]+)"`).FindStringSubmatch(w.guide("/docs/events"))
	require.Len(t, list, 2)
	require.Equal(t, http.StatusOK, w.call(get, list[1], teaKey, "").Code)
}
