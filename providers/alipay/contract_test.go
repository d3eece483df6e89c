package alipay_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
	sim "github.com/friendpay/friendpay/internal/paysim/alipay"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/alipay"
	"github.com/friendpay/friendpay/providers/providertest"
)

// speed makes a slow refund take 3 ms; the first retries of a callback, which
// Alipay makes after four and ten minutes, take a second each half.
const speed = 20_000

// traits are where Alipay differs, by product. An order begins at the cashier, but
// for the one that is made for a payer; addresses are signed here, with the time.
func traits(product string, account sim.Account) providertest.Traits {
	local := product == "wap" || product == "page"
	own := providertest.Traits{
		PaidWord: "TRADE_SUCCESS", LateStatements: true, FundsFirst: true, NoStale: true,
		UnknownStaysPayable: true, SilentFailures: true, Coupons: true,
		AtCashier: product != "jsapi", LocalCreate: local, FreshPresentation: local,
		Forgeries: []string{"unsigned"},
		Outages:   []string{"unsigned", "null_answer", "system_error", "bad_gateway"},
	}
	if account.NoticeSerial {
		own.Forgeries = append(own.Forgeries, "wrong_serial")
	}
	if account.CertMode {
		own.Outages = append(own.Outages, "wrong_serial")
	}
	return own
}

// scene is a simulator on a real port with two accounts.
type scene struct {
	accounts []sim.Account
	base     string
	client   *http.Client
}

func newScene(t testing.TB, change func(*sim.Account)) scene {
	t.Helper()
	first, err := sim.NewAccount("", app, seller)
	require.NoError(t, err)
	second, err := sim.NewAccount("", "2021000000000002", "2088000000000002")
	require.NoError(t, err)
	if change != nil {
		change(&first)
		change(&second)
	}
	s := scene{accounts: []sim.Account{first, second}, client: &http.Client{Transport: &http.Transport{}}}
	simulator, err := paysim.New(paysim.Options{Alipay: s.accounts, Speed: speed})
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
func (s scene) subject(t testing.TB, product string) providertest.Subject {
	t.Helper()
	kind := map[string]string{
		"wap": providers.Redirect, "page": providers.Redirect, "qr": providers.QR, "jsapi": providers.Bridge,
	}[product]
	who := map[string]string{"jsapi": payer}[product]
	first := s.accounts[0]
	return providertest.Subject{
		Adapter: s.adapter(t), Driver: s.driver(), Product: product, Kind: kind, Payer: who,
		Secrets: []string{first.PrivateKey, payer}, Traits: traits(product, first),
	}
}

func (s scene) driver() providertest.Remote {
	return providertest.Remote{
		Base: s.base, Provider: "alipay", Client: s.client,
		Cashier: func(shown providers.Presentation) string { return shown.URL },
	}
}

// adapter opens the first account the way the house does.
func (s scene) adapter(t testing.TB) *alipay.Adapter {
	t.Helper()
	account := s.accounts[0]
	settings := alipay.Settings{
		Gateway: s.base + "/alipay/gateway.do", AuthorizeURL: s.base + "/alipay/oauth2/publicAppAuthorize.htm",
		AppID: account.AppID, SellerID: account.SellerID, PrivateKey: account.PrivateKey,
		AlipayPublicKey: account.AlipayPublicKey, MinExpiry: "60ms",
	}
	if account.CertMode {
		settings.AlipayPublicKey = ""
		settings.AppCert, settings.AlipayCert = account.AppCert, account.AlipayCert
		settings.RootCert = account.RootCert
	}
	stored, err := json.Marshal(settings)
	require.NoError(t, err)
	registry := providers.NewRegistry(map[string]providers.Factory{"alipay": alipay.Open}, s.client)
	opened, err := registry.Open("alipay", stored)
	require.NoError(t, err)
	return opened.(*alipay.Adapter)
}

// inCertificateMode is for both accounts of a scene.
func inCertificateMode(a *sim.Account) { a.CertMode = true }

func TestContract(t *testing.T) {
	t.Parallel()
	for _, product := range []string{"wap", "page", "qr", "jsapi"} {
		t.Run(product, func(t *testing.T) {
			t.Parallel()
			providertest.Run(t, newScene(t, nil).subject(t, product))
		})
	}
}

func TestContractInCertificateMode(t *testing.T) {
	t.Parallel()
	s := newScene(t, func(a *sim.Account) { a.CertMode, a.NoticeSerial = true, true })
	providertest.Run(t, s.subject(t, "qr"))
}

func TestContractNoticesBrokenAdapters(t *testing.T) {
	t.Parallel()
	for _, product := range []string{"wap", "page", "qr", "jsapi"} {
		t.Run(product, func(t *testing.T) {
			t.Parallel()
			providertest.RunBroken(t, newScene(t, nil).subject(t, product))
		})
	}
}

func FuzzParseNotice(f *testing.F) {
	subject := newScene(f, inCertificateMode).subject(f, "qr")
	genuine, err := providertest.Genuine(f.Context(), subject)
	require.NoError(f, err)
	providertest.FuzzNotice(f, subject.Adapter, genuine)
}
