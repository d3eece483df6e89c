package house

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"github.com/friendpay/friendpay/activities"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// letterbox is the row of one delivery, whose endpoint a merchant wrote so.
type letterbox struct {
	url   string
	kind  string
	tried []store.Tried
}

func (l *letterbox) Trying(context.Context, string, int) (store.Delivery, error) {
	return store.Delivery{
		ID: "dlv_1", Message: "msg_1", Endpoint: "whe_1", Round: 1, Type: l.kind, Payload: []byte("{}"),
		State: store.DeliveryTrying, Receiver: store.EndpointEnabled, URL: l.url,
	}, nil
}

func (l *letterbox) EndpointSecrets(context.Context, string) ([]string, error) {
	return []string{"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}, nil
}

func (l *letterbox) RecordTry(_ context.Context, _ string, tried store.Tried) error {
	l.tried = append(l.tried, tried)
	return nil
}

func (l *letterbox) HoldDelivery(context.Context, string, int) error { return nil }

// deliver tries once to deliver to an address, by the very client of a house with that configuration.
func deliver(t *testing.T, config Config, kind, address string) store.DeliveryTry {
	t.Helper()
	box := &letterbox{url: address, kind: kind}
	acts := &activities.Deliveries{
		Post: box, Receivers: config.receivers(nil), Clock: time.Now, Log: slog.New(slog.DiscardHandler),
	}
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(acts.DeliverWebhook)
	_, err := env.ExecuteActivity(acts.DeliverWebhook, models.DeliveryRun{Delivery: "dlv_1", Round: 1})
	require.Len(t, box.tried, 1)
	require.Equal(t, err == nil, box.tried[0].State == store.Delivered, "it is tried again")
	return box.tried[0].Try
}

// inside is a server of ours that answers so; knocks counts connections, also those without a word.
func inside(t *testing.T, answer http.HandlerFunc) (server *httptest.Server, knocks *atomic.Int64) {
	t.Helper()
	knocks = &atomic.Int64{}
	server = httptest.NewUnstartedServer(answer)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			knocks.Add(1)
		}
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server, knocks
}

// meaning has every name mean these addresses, one after the other.
func meaning(t *testing.T, answers ...string) {
	t.Helper()
	before := net.DefaultResolver
	net.DefaultResolver = testkit.DNS(answers...)
	t.Cleanup(func() { net.DefaultResolver = before })
}

// Kinds of messages: a test event goes the way of all others.
var kinds = []string{"request.settled", store.TestEvent}

const refused = "reach the receiver: the address does not lead to a public https server"

const refusedAtDial = "reach the receiver: dial tcp"

// A merchant's name means a machine of ours when it is dialled, whatever it meant when it was stored.
func TestADeliveryDoesNotReachInsideByAName(t *testing.T) {
	strict := Config{Mode: "production"}
	for _, kind := range kinds {
		for _, address := range []string{
			"127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
			"::1", "fe80::1", "fd00:ec2::254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
		} {
			meaning(t, address)
			require.NoError(t, strict.CheckWebhook("https://shop.example.com/hook"), "it is a fine name")
			tried := deliver(t, strict, kind, "https://shop.example.com/hook")
			require.Zero(t, tried.Status, address)
			require.Contains(t, tried.Error, "the address does not lead to a public https server", address)
			require.Contains(t, tried.Error, refusedAtDial, "it was resolved, and then refused")
		}
	}
}

// An address that was stored before there was a guard, or by hand, is not called.
func TestADeliveryDoesNotReachInsideByAnAddress(t *testing.T) {
	_, knocks := inside(t, func(http.ResponseWriter, *http.Request) {})
	for _, address := range []string{
		"https://127.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
		"https://169.254.169.254/latest/meta-data",
		"https://localhost/", "https://2130706433/", "https://0x7f.1/", "http://shop.example.com/",
		"https://metadata.google.internal/",
	} {
		require.Equal(t, refused, deliver(t, Config{Mode: "production"}, store.TestEvent, address).Error, address)
	}
	require.Zero(t, knocks.Load())
}

// The name is good when it is called first, and means another machine at the next try.
func TestANameThatRebindsIsRefusedAtItsNextTry(t *testing.T) {
	server, knocks := inside(t, func(http.ResponseWriter, *http.Request) {})
	at, err := url.Parse(server.URL)
	require.NoError(t, err)
	own := Config{Mode: "production", WebhookNetworks: []string{"127.0.0.1/32"}}
	meaning(t, "127.0.0.1", "127.0.0.2")
	address := "https://shop.example.com:" + at.Port() + "/hook"
	require.Contains(t, deliver(t, own, store.TestEvent, address).Error, "certificate", "it was reached")
	require.EqualValues(t, 1, knocks.Load())
	tried := deliver(t, own, store.TestEvent, address)
	require.Contains(t, tried.Error, "does not lead to a public https server")
	require.EqualValues(t, 1, knocks.Load())
}

// Whoever is called may not send us on.
func TestARedirectIsAFailureAndNotFollowed(t *testing.T) {
	other, knocks := inside(t, func(http.ResponseWriter, *http.Request) {})
	for _, status := range []int{301, 302, 303, 307, 308} {
		receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL, status)
		}))
		tried := deliver(t, Config{Mode: "dev"}, "request.settled", receiver.URL)
		receiver.Close()
		require.Equal(t, status, tried.Status)
		require.Contains(t, tried.Error, "the receiver answered 3")
	}
	require.Zero(t, knocks.Load())
}
