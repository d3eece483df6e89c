package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/web"
)

// waitingPage is a site of one page, which waits for a payment that the test makes; its stream is what
// the test wants it to be.
type waitingPage struct {
	t      *testing.T
	url    string
	paid   atomic.Bool
	broken atomic.Bool // the page itself cannot be had
	loads  atomic.Int64
	stream http.HandlerFunc
}

func newWaiting(t *testing.T, stream http.HandlerFunc) *waitingPage {
	t.Helper()
	w := &waitingPage{t: t, stream: stream}
	pages, err := web.New()
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("GET /static/", web.Static())
	mux.HandleFunc("GET /stream", func(out http.ResponseWriter, r *http.Request) { w.stream(out, r) })
	mux.HandleFunc("GET /page", func(out http.ResponseWriter, r *http.Request) {
		w.loads.Add(1)
		if w.broken.Load() {
			http.Error(out, "down", http.StatusServiceUnavailable)
			return
		}
		view := web.Notice{Name: "taken", Wait: time.Minute, Mine: web.MineExchange}
		if w.paid.Load() {
			view = web.Notice{Name: "paid"}
		}
		html, err := pages.HTML(web.Chinese, web.Page{
			Template: web.NoticePage, View: view, Refresh: time.Second, Stream: "/stream",
		})
		assertDrawn(out, html, err)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	w.url = server.URL
	return w
}

func assertDrawn(out http.ResponseWriter, html []byte, err error) {
	if err != nil {
		http.Error(out, err.Error(), http.StatusInternalServerError)
		return
	}
	out.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = out.Write(html)
}

// withheld is a stream that cannot be had, silent one that opens and says nothing more, cut one that ends as
// soon as it began.
func withheld(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(http.StatusTooManyRequests) }

func silent(out http.ResponseWriter, r *http.Request) {
	cut(out, r)
	<-r.Context().Done()
}

func cut(out http.ResponseWriter, _ *http.Request) {
	out.Header().Set("Content-Type", "text/event-stream")
	_, _ = fmt.Fprint(out, "retry: 3000\n\n")
	_ = http.NewResponseController(out).Flush()
}

// However the stream fails, the page turns to "paid"; and it does not load itself again before.
func TestThePageTurnsWithoutAStream(t *testing.T) {
	t.Parallel()
	for name, stream := range map[string]http.HandlerFunc{"refused": withheld, "silent": silent, "cut": cut} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWaiting(t, stream)
			v := &visit{t: t, tab: testkit.Phone(t)}
			v.open(w.url + "/page")
			v.sees("article.notice.taken")
			v.leaves("kept")
			require.Eventually(t, func() bool { return w.loads.Load() >= 3 }, patience, 50*time.Millisecond)
			require.Equal(t, "kept", v.left(), "nothing was new")
			w.broken.Store(true)
			asked := w.loads.Load()
			require.Eventually(t, func() bool { return w.loads.Load() > asked }, patience, 50*time.Millisecond)
			v.sees("article.notice.taken")
			w.broken.Store(false)
			w.paid.Store(true)
			v.sees("article.notice.paid")
		})
	}
}

// A stream that works tells at once.
func TestThePageTurnsByItsStream(t *testing.T) {
	tell := make(chan struct{})
	w := newWaiting(t, func(out http.ResponseWriter, r *http.Request) {
		cut(out, r)
		select {
		case <-tell:
			_, _ = fmt.Fprint(out, "id: 2\nevent: transition\ndata: {}\n\n")
			_ = http.NewResponseController(out).Flush()
			<-r.Context().Done()
		case <-r.Context().Done():
		}
	})
	v := &visit{t: t, tab: testkit.Phone(t)}
	v.open(w.url + "/page")
	v.sees("article.notice.taken")
	w.paid.Store(true)
	close(tell)
	v.sees("article.notice.paid")
}

// A second tap sends nothing, and the button says that the first is on its way.
func TestAFormIsSentOnce(t *testing.T) {
	w := newWaiting(t, withheld)
	v := &visit{t: t, tab: testkit.Phone(t)}
	v.open(w.url + "/page")
	v.sees("button[value=mine]")
	const taps = `(() => {
		let sent = 0;
		addEventListener("submit", (e) => { sent += e.defaultPrevented ? 0 : 1; e.preventDefault(); });
		const button = document.querySelector("button[value=mine]"), said = [];
		const tap = () => { button.click(); said.push(sent + (button.dataset.busy || "-")); };
		tap(); tap();
		dispatchEvent(new PageTransitionEvent("pageshow"));
		tap();
		return said.join(" ");
	})()`
	said, err := chromedp.Run(v.tab, chromedp.Evaluate[string](taps))
	require.NoError(t, err)
	require.Equal(t, "1处理中… 1处理中… 2处理中…", said)
}

// leaves puts a word into the page that is shown, which goes when it is loaded again.
func (v *visit) leaves(word string) {
	v.t.Helper()
	_, err := chromedp.Run(v.tab, chromedp.Evaluate[string](`document.body.dataset.word = "`+word+`"`))
	require.NoError(v.t, err)
}

func (v *visit) left() string {
	v.t.Helper()
	word, err := chromedp.Run(v.tab, chromedp.Evaluate[string](`document.body.dataset.word || ""`))
	require.NoError(v.t, err)
	return word
}
