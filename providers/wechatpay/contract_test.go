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
	FundsFirst: true, Coupons: true,
	OptionalHeaders: []string{"Wechatpay-Signature-Type"},
	Forgeries:       []string{"unsigned", "wrong_serial", "signtest", "stale_future", "no_resource"},
	Outages:         []string{"unsigned", "wrong_serial", "signtest", "stale", "stale_future"},
}

// scene is a simulator on a real port with two accounts.
type scene struct {
	accounts []sim.Account
	base     string
	client   *http.Client
}

func newScene(t testing.TB, change func(*sim.Account)) scene {
	t.Helper()
	first, err := sim.NewAccount("", app, mch)
	require.NoError(t, err)
	second, err := sim.NewAccount("", "wx00000000000000a2", "1900000110")
	require.NoError(t, err)
	if change != nil {
		change(&first)
	}
	s := scene{accounts: []sim.Account{first, second}, client: &http.Client{Transport: &http.Transport{}}}
	simulator, err := paysim.New(paysim.Options{WeChat: s.accounts, Speed: speed})
	require.NoError(t, err)
	server := httptest.NewServer(simulator.Handler())
	s.base = server.URL
	t.Cleanup(func() {
		simulator.Faults().Clear()
		s.client.CloseIdleConnections()
		server.Close()
		require.NoError(t, simulator.Close())
	})
	return s
}

// subject holds the first account's adapter to the contract.
func (s scene) subject(t testing.TB, product string, change func(*wechatpay.Settings)) providertest.Subject {
	t.Helper()
	kind := map[string]string{
		"native": providers.QR, "jsapi": providers.Bridge, "h5": providers.Redirect,
	}[product]
	payer := map[string]string{"jsapi": "oFriend01"}[product]
	first := s.accounts[0]
	return providertest.Subject{
		Adapter: s.adapter(t, change), Driver: s.driver(), Product: product, Kind: kind, Payer: payer,
		Secrets: []string{first.APIv3Key, first.PreviousAPIv3Key, first.AppSecret, first.PrivateKey, "oFriend01"},
		Traits:  traits,
	}
}

func (s scene) driver() providertest.Remote {
	return providertest.Remote{Base: s.base, Provider: "wechatpay", Client: s.client}
}

// adapter opens the first account the way the house does. Its times are the
// simulator's, which run a thousand times faster.
func (s scene) adapter(t testing.TB, change func(*wechatpay.Settings)) *wechatpay.Adapter {
	t.Helper()
	account := s.accounts[0]
	settings := wechatpay.Settings{
		BaseURL: s.base, AppID: account.AppID, AppSecret: account.AppSecret, MchID: account.MchID,
		SerialNo: account.SerialNo, PrivateKey: account.PrivateKey, APIv3Key: account.APIv3Key,
		PreviousAPIv3Key: account.PreviousAPIv3Key, PublicKeyID: account.PublicKeyID, PublicKey: account.PublicKey,
		OAuthURL: s.base, OAuthAPIURL: s.base, CloseAfter: "0s", MinExpiry: "60ms",
	}
	if change != nil {
		change(&settings)
	}
	stored, err := json.Marshal(settings)
	require.NoError(t, err)
	registry := providers.NewRegistry(map[string]providers.Factory{"wechatpay": wechatpay.Open}, s.client)
	opened, err := registry.Open("wechatpay", stored)
	require.NoError(t, err)
	return opened.(*wechatpay.Adapter)
}

func TestContract(t *testing.T) {
	t.Parallel()
	for _, product := range []string{"native", "jsapi", "h5"} {
		t.Run(product, func(t *testing.T) {
			t.Parallel()
			providertest.Run(t, newScene(t, nil).subject(t, product, nil))
		})
	}
}

func TestContractInCertificateMode(t *testing.T) {
	t.Parallel()
	s := newScene(t, func(a *sim.Account) { a.CertificateCallbacks = true })
	providertest.Run(t, s.subject(t, "native", certificateMode))
}

func TestContractNoticesBrokenAdapters(t *testing.T) {
	t.Parallel()
	providertest.RunBroken(t, newScene(t, nil).subject(t, "jsapi", nil))
}

func FuzzParseNotice(f *testing.F) {
	subject := newScene(f, nil).subject(f, "native", nil)
	genuine, err := providertest.Genuine(f.Context(), subject)
	require.NoError(f, err)
	providertest.FuzzNotice(f, subject.Adapter, genuine)
}
