package house

import (
	"net/http"
	"time"

	"github.com/friendpay/friendpay/internal/outward"
	"github.com/friendpay/friendpay/internal/tracing"
	"github.com/friendpay/friendpay/internal/webhook"
)

// providerPatience bounds one call to a provider; an activity's own limit is longer.
const providerPatience = 5 * time.Second

// providerClient is the way to all providers. In production it leads outside only: an
// account whose settings name a simulator, or plain http, must not work by accident.
func (c Config) providerClient() *http.Client {
	client := &http.Client{Timeout: providerPatience}
	if !c.Dev() {
		client.Transport = outside{c.guard(), http.DefaultTransport}
	}
	return client
}

// merchants is the way to addresses that merchants wrote. In dev they live on this
// machine.
func (c Config) merchants() http.RoundTripper {
	if c.Dev() {
		return nil
	}
	return c.guard().Transport()
}

// receivers speaks to merchants' systems; order hooks, deliveries and test events all go by it.
func (c Config) receivers(traces *tracing.Traces) *webhook.Client {
	return webhook.New(traces.Transport(c.merchants()), c.now)
}

// CheckWebhook says whether a merchant's address may be stored, in this house's mode.
func (c Config) CheckWebhook(address string) error {
	if c.Dev() || address == "" {
		return nil
	}
	return c.guard().Check(address)
}

func (c Config) guard() outward.Guard {
	networks, err := prefixes(c.WebhookNetworks)
	if err != nil {
		networks = nil // refused when the settings were read
	}
	return outward.Guard{Networks: networks}
}

// outside lets calls through that lead outside, by whatever proxy the machine has.
type outside struct {
	guard outward.Guard
	next  http.RoundTripper
}

// RoundTrip refuses before anything is sent.
func (o outside) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := o.guard.Check(request.URL.String()); err != nil {
		return nil, err
	}
	return o.next.RoundTrip(request)
}
