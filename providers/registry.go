package providers

import (
	"fmt"
	"net/http"
	"slices"
)

// Factory makes an adapter from one account's settings, which are JSON.
type Factory func(settings []byte, client *http.Client) (Adapter, error)

// Registry knows the providers that this binary speaks to. It is made once at
// start and not changed afterwards.
type Registry struct {
	factories map[string]Factory
	client    *http.Client
}

// NewRegistry takes the factories by provider name. All adapters share the
// client's connections; nil means a client of each adapter's own.
func NewRegistry(factories map[string]Factory, client *http.Client) *Registry {
	known := make(map[string]Factory, len(factories))
	for name, factory := range factories {
		known[name] = factory
	}
	return &Registry{factories: known, client: client}
}

// Open makes the adapter of one account. Its errors never carry the settings.
func (r *Registry) Open(provider string, settings []byte) (Adapter, error) {
	factory, known := r.factories[provider]
	if !known {
		return nil, fmt.Errorf("no provider is called %q", provider)
	}
	adapter, err := factory(settings, r.client)
	if err != nil {
		return nil, fmt.Errorf("open %s account: %w", provider, err)
	}
	return adapter, nil
}

// Names lists the known providers in order.
func (r *Registry) Names() []string {
	names := make([]string, 0, len(r.factories))
	for name := range r.factories {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
