package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// The budget of a friend's first page, with an empty cache.
const (
	mostRequests = 4
	mostBytes    = 50_000
)

// weight is what a page costs whoever opens it for the first time.
type weight struct {
	page     string
	requests int
	bytes    int      // as transferred, with headers
	foreign  []string // hosts besides the page's own
	shift    float64  // how much of what was drawn has moved, as browsers count it
}

// over says what a page has too much of.
func (w weight) over() (complaints []string) {
	most := mostRequests
	if strings.HasPrefix(w.page, "shop: request") {
		most++ // the buyer's page has a script of its own besides, to send and to copy
	}
	if w.requests > most {
		complaints = append(complaints, fmt.Sprintf("%s: %d requests", w.page, w.requests))
	}
	if w.bytes > mostBytes {
		complaints = append(complaints, fmt.Sprintf("%s: %d bytes", w.page, w.bytes))
	}
	if len(w.foreign) > 0 {
		complaints = append(complaints, fmt.Sprintf("%s: loads from %v", w.page, w.foreign))
	}
	if w.shift > 0 {
		complaints = append(complaints, fmt.Sprintf("%s: a layout shift of %.4f", w.page, w.shift))
	}
	return complaints
}

// scales counts what a tab loads.
type scales struct {
	*visit

	mu    sync.Mutex
	asked map[network.RequestID]string
	bytes map[string]int // by address: a browser that loads its icon itself need not have it loaded twice
}

func newScales(v *visit) *scales {
	v.t.Helper()
	s := &scales{visit: v}
	_, err := chromedp.Call(v.tab, network.Enable, network.EnableParams{})
	require.NoError(v.t, err)
	_, err = chromedp.Call(v.tab, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
	require.NoError(v.t, err)
	s.asked, s.bytes = map[network.RequestID]string{}, map[string]int{}
	require.NoError(v.t, chromedp.Listen(v.tab, s.hear))
	return s
}

func (s *scales) hear(event any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		s.asked[e.RequestID] = e.Request.URL
	case *network.EventLoadingFinished:
		s.bytes[s.asked[e.RequestID]] = int(e.EncodedDataLength)
	}
}

// addresses are all that were asked for.
func (s *scales) addresses() map[string]bool {
	all := map[string]bool{}
	for _, at := range s.asked {
		all[at] = true
	}
	return all
}

// A headless browser draws no tab, and may load no icon: it is loaded for it. Nothing is counted before a
// countdown has ticked, where there is one: letters that move are movement, too.
const stillness = `new Promise(async (done) => {
	for (const icon of document.querySelectorAll("link[rel=icon]")) await (await fetch(icon.href)).blob();
	const count = document.querySelector("time[data-left]"), before = count && count.textContent;
	const ticked = () => !count || count.textContent !== before;
	let sum = 0;
	new PerformanceObserver((list) => { for (const e of list.getEntries()) sum += e.value; })
		.observe({ type: "layout-shift", buffered: true });
	const wait = () => ticked() ? requestAnimationFrame(() => requestAnimationFrame(() => done(sum)))
		: requestAnimationFrame(wait);
	wait();
})`

// weigh opens a page as somebody does who never was here.
func (s *scales) weigh(page, address string) weight {
	s.t.Helper()
	s.mu.Lock()
	s.asked, s.bytes = map[network.RequestID]string{}, map[string]int{}
	s.mu.Unlock()
	s.open(address)
	shift, err := chromedp.Run(s.tab, chromedp.Evaluate[float64](stillness, chromedp.EvalAwaitPromise))
	require.NoError(s.t, err)
	here, err := url.Parse(s.address())
	require.NoError(s.t, err)
	s.mu.Lock()
	defer s.mu.Unlock()
	w := weight{page: page, shift: shift}
	for _, bytes := range s.bytes {
		w.bytes += bytes
	}
	for at := range s.addresses() {
		there, err := url.Parse(at)
		require.NoError(s.t, err)
		if strings.HasSuffix(there.Path, "/stream") {
			continue // stays open, and brings nothing but news
		}
		w.requests++
		if there.Host != here.Host {
			w.foreign = append(w.foreign, there.Host)
		}
	}
	return w
}

// The friend's first page costs four requests and 50 kB at most, and no page moves under the finger.
func TestPagesAreLightAndStandStill(t *testing.T) {
	house := newHouse(t)
	buyer, friend := newScales(newVisit(t, house)), newScales(newVisit(t, house))
	table := []weight{buyer.weigh("shop: order", house.APIURL+"/shop")}
	link := buyer.ask()
	table = append(table, buyer.weigh("shop: request, open", buyer.address()),
		friend.weigh("friend: link", link))
	friend.press("form.choices button[value=mockpay]")
	friend.sees("input[name=phone]")
	table = append(table, friend.weigh("friend: pay, before the login", friend.address()))
	friend.login(phone)
	table = append(table, friend.weigh("friend: pay, confirm", friend.address()))
	friend.press("form[action='/pay/attempts'] button[value=mockpay]")
	friend.sees("button.pay")
	table = append(table, friend.weigh("friend: result, waiting", house.APIURL+"/pay/result"))
	second := newScales(newVisit(t, house))
	table = append(table, second.weigh("second friend: somebody is paying", link))
	friend.press("article.notice a.button.main")
	friend.press("button.pay")
	friend.sees("article.notice.paid")
	buyer.sees("article.notice.settled")
	table = append(table, friend.weigh("friend: result, paid", friend.address()),
		second.weigh("second friend: already paid", link),
		buyer.weigh("shop: request, paid", buyer.address()),
		buyer.weigh("shop: receipt", buyer.address()+"/receipt"))
	writeWeights(t, table)
	for _, w := range table {
		require.Empty(t, w.over())
	}
}

// writeWeights leaves the table to be read.
func writeWeights(t *testing.T, table []weight) {
	t.Helper()
	var text strings.Builder
	text.WriteString("| page, with an empty cache | requests | bytes transferred | layout shift |\n" +
		"|---|---|---|---|\n")
	for _, w := range table {
		fmt.Fprintf(&text, "| %s | %d | %d | %.4f |\n", w.page, w.requests, w.bytes, w.shift)
	}
	require.NoError(t, os.MkdirAll(out, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(out, "weights.md"), []byte(text.String()), 0o600))
	t.Log("\n" + text.String())
}

// A page that is heavy, asks often, elsewhere, and moves is told all four.
func TestAHeavyPageIsTold(t *testing.T) {
	elsewhere := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(elsewhere.Close)
	stage := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path != "/" {
			return
		}
		_, _ = fmt.Fprintf(w, `<!doctype html><title>x</title><p id="late" hidden>%s</p><h1>Hello</h1>
			<img src="/1"><img src="/2"><img src="/3"><img src="/4"><img src="%s/5">
			<script>requestAnimationFrame(() => requestAnimationFrame(() => { late.hidden = false }))</script>
			<!--%s-->`, strings.Repeat("late ", 50), elsewhere.URL, strings.Repeat("x", mostBytes))
	}))
	t.Cleanup(stage.Close)
	told := newScales(newVisit(t, nil)).weigh("bad", stage.URL).over()
	require.Len(t, told, 4, told)
	require.Contains(t, told[3], "shift")
}
