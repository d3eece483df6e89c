package house

import (
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/outward"
)

// providerPatience bounds one call to a provider; an activity's own limit is longer.
const providerPatience = 5 * time.Second

// providerClient is the way to all providers. In production it leads outside only: an
// account whose settings name a simulator, or plain http, must not work by accident.
func (c Config) providerClient() *http.Client {
	client := &http.Client{Timeout: providerPatience}
	if !c.Dev() {
		client.Transport = outside{http.DefaultTransport}
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

var errInside = errors.New("in production a provider is reached by https, and not on this machine")

// outside lets calls through that are sealed and leave the machine.
type outside struct{ next http.RoundTripper }

// RoundTrip refuses before anything is sent.
func (o outside) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Scheme != "https" || isHere(request.URL.Hostname()) {
		return nil, errInside
	}
	return o.next.RoundTrip(request)
}

func isHere(host string) bool {
	if strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (ip.Unmap().IsLoopback() || ip.IsUnspecified())
}
