package mockpay_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
	sim "github.com/friendpay/friendpay/internal/paysim/mockpay"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/mockpay"
	"github.com/friendpay/friendpay/providers/providertest"
)

// speed makes a refund take 3 ms and the first retries 15 ms.
const speed = 1000

// stage is a simulator on a real port with two accounts, and the adapter of the
// first one.
func stage(t testing.TB) (providertest.Subject, string) {
	t.Helper()
	accounts := []sim.Account{sim.NewAccount("", "app-1", "m-1"), sim.NewAccount("", "app-2", "m-2")}
	simulator, err := paysim.New(paysim.Options{Accounts: accounts, Speed: speed})
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
		Adapter: adapter(t, server.URL, accounts[0], client),
		Driver:  providertest.Remote{Base: server.URL, Provider: "mockpay", Client: client},
		Product: "wap", Kind: providers.Redirect,
		Secrets: []string{accounts[0].Secret, accounts[0].CallbackSecret, accounts[0].KeyID},
		Traits:  providertest.Traits{MaxRefunds: 50},
	}, server.URL
}

func adapter(t testing.TB, base string, account sim.Account, client *http.Client) providers.Adapter {
	t.Helper()
	settings, err := json.Marshal(mockpay.Settings{
		BaseURL: base, AppID: account.AppID, Merchant: account.Merchant,
		KeyID: account.KeyID, Secret: account.Secret, CallbackSecret: account.CallbackSecret,
	})
	require.NoError(t, err)
	registry := providers.NewRegistry(map[string]providers.Factory{"mockpay": mockpay.Open}, client)
	opened, err := registry.Open("mockpay", settings)
	require.NoError(t, err)
	return opened
}

func TestContract(t *testing.T) {
	t.Parallel()
	for product, kind := range map[string]string{"wap": providers.Redirect, "qr": providers.QR} {
		t.Run(product, func(t *testing.T) {
			t.Parallel()
			subject, _ := stage(t)
			subject.Product, subject.Kind = product, kind
			providertest.Run(t, subject)
		})
	}
}

func TestContractNoticesBrokenAdapters(t *testing.T) {
	t.Parallel()
	subject, _ := stage(t)
	providertest.RunBroken(t, subject)
}

func FuzzParseNotice(f *testing.F) {
	subject, _ := stage(f)
	genuine, err := providertest.Genuine(f.Context(), subject)
	require.NoError(f, err)
	providertest.FuzzNotice(f, subject.Adapter, genuine)
}
