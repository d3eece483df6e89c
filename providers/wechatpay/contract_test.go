package wechatpay_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
	sim "github.com/friendpay/friendpay/internal/paysim/wechatpay"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/providertest"
	"github.com/friendpay/friendpay/providers/wechatpay"
)

// speed makes a refund take 3 ms and the first retries 15 ms.
const speed = 1000

// traits are where WeChat Pay differs, for every product.
var traits = providertest.Traits{
	MaxRefunds: 50, FreshPresentation: true, ExpiredReadsUnpaid: true, LateStatements: true, PaidWord: "SUCCESS",
	OptionalHeaders: []string{"Wechatpay-Signature-Type"},
	Forgeries:       []string{"unsigned", "wrong_serial", "signtest", "stale_future", "no_resource"},
	Outages:         []string{"unsigned", "wrong_serial", "signtest", "stale", "stale_future"},
}

// stage is a simulator on a real port and the adapter of its first account.
func stage(t testing.TB, product, kind, payer string) providertest.Subject {
	t.Helper()
	first, err := sim.NewAccount("", app, mch)
	require.NoError(t, err)
	second, err := sim.NewAccount("", "wx00000000000000a2", "1900000110")
	require.NoError(t, err)
	simulator, err := paysim.New(paysim.Options{WeChat: []sim.Account{first, second}, Speed: speed})
	require.NoError(t, err)
	server := httptest.NewServer(simulator.Handler())
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() {
		simulator.Faults().Clear()
		client.CloseIdleConnections()
		server.Close()
		require.NoError(t, simulator.Close())
	})
	return providertest.Subject{
		Adapter: through(t, server.URL, first, client),
		Driver:  providertest.Remote{Base: server.URL, Provider: "wechatpay", Client: client},
		Product: product, Kind: kind, Payer: payer,
		Secrets: []string{first.APIv3Key, first.PreviousAPIv3Key, first.AppSecret, first.PrivateKey, "oFriend01"},
		Traits:  traits,
	}
}

// through opens an account the way the house does. Its times are the simulator's,
// which run a thousand times faster.
func through(t testing.TB, base string, account sim.Account, client *http.Client) providers.Adapter {
	t.Helper()
	settings, err := json.Marshal(wechatpay.Settings{
		BaseURL: base, AppID: account.AppID, AppSecret: account.AppSecret, MchID: account.MchID,
		SerialNo: account.SerialNo, PrivateKey: account.PrivateKey, APIv3Key: account.APIv3Key,
		PreviousAPIv3Key: account.PreviousAPIv3Key, PublicKeyID: account.PublicKeyID, PublicKey: account.PublicKey,
		OAuthURL: base, OAuthAPIURL: base, CloseAfter: "0s", MinExpiry: "60ms",
	})
	require.NoError(t, err)
	registry := providers.NewRegistry(map[string]providers.Factory{"wechatpay": wechatpay.Open}, client)
	opened, err := registry.Open("wechatpay", settings)
	require.NoError(t, err)
	return opened
}

func TestContract(t *testing.T) {
	t.Parallel()
	for product, how := range map[string]struct{ kind, payer string }{
		"native": {providers.QR, ""}, "jsapi": {providers.Bridge, "oFriend01"}, "h5": {providers.Redirect, ""},
	} {
		t.Run(product, func(t *testing.T) {
			t.Parallel()
			providertest.Run(t, stage(t, product, how.kind, how.payer))
		})
	}
}

func TestContractNoticesBrokenAdapters(t *testing.T) {
	t.Parallel()
	providertest.RunBroken(t, stage(t, "jsapi", providers.Bridge, "oFriend01"))
}

func FuzzParseNotice(f *testing.F) {
	subject := stage(f, "native", providers.QR, "")
	genuine, err := providertest.Genuine(f.Context(), subject)
	require.NoError(f, err)
	providertest.FuzzNotice(f, subject.Adapter, genuine)
}
