package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// The edges between the parts. What goes from people to the API is spared: what a client makes of a broken
// connection to us is his own affair, and our own deaths give him enough of them.
const (
	apiToPostgres    = "api-postgres"
	apiToTemporal    = "api-temporal"
	workerToPostgres = "worker-postgres"
	workerToTemporal = "worker-temporal"
	workerToProvider = "worker-provider"
	providerToAPI    = "provider-api"
	workerToMerchant = "worker-merchant"
)

var allEdges = []string{
	apiToPostgres, apiToTemporal, workerToPostgres, workerToTemporal, workerToProvider, providerToAPI,
	workerToMerchant,
}

// edges are the connections that faults can spoil: one toxiproxy each, in this process.
type edges struct {
	server *toxiproxy.ApiServer

	mu      sync.Mutex
	proxies map[string]*toxiproxy.Proxy
	made    int
}

func newEdges() *edges {
	metrics := toxiproxy.NewMetricsContainer(prometheus.NewRegistry())
	return &edges{
		server: toxiproxy.NewServer(metrics, zerolog.Nop()), proxies: map[string]*toxiproxy.Proxy{},
	}
}

// add leads an edge to host and port, and returns the host and port that the near end has to use.
func (e *edges) add(name, upstream string) (string, error) {
	proxy := toxiproxy.NewProxy(e.server, name, "127.0.0.1:0", upstream)
	if err := proxy.Start(); err != nil {
		return "", fmt.Errorf("open the edge %s: %w", name, err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.proxies[name] = proxy
	return proxy.Listen, nil
}

// near is the host and port that the near end of an edge uses.
func (e *edges) near(name string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.proxies[name].Listen
}

// toxic is one way in which an edge is spoiled, in toxiproxy's words.
type toxic struct {
	Name       string         `json:"name"`
	Type       string         `json:"type"`
	Stream     string         `json:"stream"`
	Attributes map[string]any `json:"attributes"`
}

// poison spoils an edge until the cure is called; curing twice is fine.
func (e *edges) poison(edge string, how toxic) (cure func() error, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.made++
	how.Name = fmt.Sprintf("%s-%d", how.Type, e.made)
	how.Stream = "downstream"
	text, err := json.Marshal(how)
	if err != nil {
		return nil, fmt.Errorf("write the toxic: %w", err)
	}
	proxy := e.proxies[edge]
	if _, err := proxy.Toxics.AddToxicJson(bytes.NewReader(text)); err != nil {
		return nil, fmt.Errorf("spoil %s: %w", edge, err)
	}
	return sync.OnceValue(func() error {
		if proxy.Toxics.GetToxic(how.Name) == nil { // everything was healed meanwhile
			return nil
		}
		return proxy.Toxics.RemoveToxic(context.Background(), how.Name)
	}), nil
}

// heal takes every toxic off every edge.
func (e *edges) heal(ctx context.Context) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, proxy := range e.proxies {
		proxy.Toxics.ResetToxics(ctx)
	}
}

func (e *edges) close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(e.proxies)) {
		e.proxies[name].Stop()
	}
	return nil
}
