package demo

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// gate stands before the API's processes as a balancer does. It passes everything on
// to the first, and can deliver each callback more than once, to all of them.
type gate struct {
	mu     sync.Mutex
	nodes  []http.Handler
	copies int   // of each callback; the copies go round the nodes, all at once
	said   []int // the status of every callback that was passed on
}

// before puts the gate before the API of this process.
func (g *gate) before(api http.Handler) http.Handler {
	g.nodes = []http.Handler{api}
	return g
}

// lead lets another process answer in the place of this one.
func (g *gate) lead(address string) error {
	to, err := node(address)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.nodes = []http.Handler{to}
	return err
}

// add puts another process beside those there are, until it leaves again.
func (g *gate) add(address string) (leave func(), err error) {
	to, err := node(address)
	g.mu.Lock()
	defer g.mu.Unlock()
	before := g.nodes
	g.nodes = append(slices.Clone(before), to)
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.nodes, g.copies = before, 1
	}, err
}

func node(address string) (http.Handler, error) {
	to, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("lead to %s: %w", address, err)
	}
	return &httputil.ReverseProxy{FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
	}}, nil
}

// repeat delivers each callback that many times from now on, 1 being the normal.
func (g *gate) repeat(copies int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.copies, g.said = copies, nil
}

// heard is how many callbacks were answered with a status since repeat, and with any.
func (g *gate) heard(status int) (such, all int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range g.said {
		if s == status {
			such++
		}
	}
	return such, len(g.said)
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	nodes, copies := g.nodes, max(g.copies, 1)
	g.mu.Unlock()
	if !strings.HasPrefix(r.URL.Path, "/v1/callbacks/") {
		nodes[0].ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	answers := make([]kept, copies)
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() { //nolint:contextcheck // each copy carries the context of the first
			again := r.Clone(r.Context())
			again.Body = io.NopCloser(bytes.NewReader(body))
			nodes[i%len(nodes)].ServeHTTP(&answers[i], again)
		})
	}
	group.Wait()
	g.note(answers)
	answers[0].pass(w)
}

func (g *gate) note(answers []kept) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range answers {
		g.said = append(g.said, answers[i].code())
	}
}

// kept is an answer that is held back until all copies have theirs.
type kept struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (k *kept) Header() http.Header {
	if k.header == nil {
		k.header = http.Header{}
	}
	return k.header
}

func (k *kept) WriteHeader(status int) {
	if k.status == 0 {
		k.status = status
	}
}

func (k *kept) Write(text []byte) (int, error) { return k.body.Write(text) }

func (k *kept) code() int {
	if k.status == 0 {
		return http.StatusOK
	}
	return k.status
}

func (k *kept) pass(w http.ResponseWriter) {
	for name, values := range k.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(k.code())
	_, _ = w.Write(k.body.Bytes()) // the provider may be gone
}
