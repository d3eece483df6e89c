package unionpay_test

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
	sim "github.com/friendpay/friendpay/internal/paysim/unionpay"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/providertest"
	"github.com/friendpay/friendpay/providers/unionpay"
)

// speed makes a refund take 3 ms and the first retries 60 and 120 ms.
const speed = 1000

// traits are where UnionPay differs: a form is known when a browser posted it, a
// code and a tn when somebody came with them, and neither can be made twice.
func traits(product string) providertest.Traits {
	form := product == "wap" || product == "pc"
	bad := []string{"unsigned", "wrong_chain", "expired_cert", "merchant_cert"}
	return providertest.Traits{
		NoClose: true, NoStale: true, AtCashier: true, LocalCreate: form, NoRepeat: !form, FinalRefunds: true,
		ExpiredReadsUnpaid: true, LateStatements: true, FundsFirst: true, PaidWord: "00", DayEnds: time.Hour,
		Coupons:   true,
		Forgeries: bad, Outages: bad,
	}
}

// scene is a simulator on a real port with two accounts.
type scene struct {
	accounts []sim.Account
	base     string
	client   *http.Client
}

func newScene(t testing.TB) scene {
	t.Helper()
	first, err := sim.NewAccount("", mer)
	require.NoError(t, err)
	second, err := sim.NewAccount("", "777290058110049")
	require.NoError(t, err)
	s := scene{accounts: []sim.Account{first, second}, client: &http.Client{Transport: &http.Transport{}}}
	simulator, err := paysim.New(paysim.Options{UnionPay: s.accounts, Speed: speed})
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

var kinds = map[string]string{
	"wap": providers.Form, "pc": providers.Form, "qr": providers.QR, "app": providers.Bridge,
}

// subject holds the first account's adapter to the contract.
func (s scene) subject(t testing.TB, product string) providertest.Subject {
	t.Helper()
	return providertest.Subject{
		Adapter: s.adapter(t), Driver: s.driver(), Product: product, Kind: kinds[product],
		Secrets: []string{s.accounts[0].PrivateKey, "BEGIN", "622202"}, Traits: traits(product),
	}
}

// driver comes to the cashier as the payer's phone does: with the end of a code, or
// with the tn that an app was given.
func (s scene) driver() providertest.Remote {
	return providertest.Remote{
		Base: s.base, Provider: "unionpay", Client: s.client,
		Cashier: func(shown providers.Presentation) string {
			return s.base + "/unionpay/cashier?tn=" + cmp.Or(shown.Fields["tn"], path.Base(shown.URL))
		},
	}
}

// adapter opens the first account the way the house does.
func (s scene) adapter(t testing.TB) *unionpay.Adapter {
	t.Helper()
	account := s.accounts[0]
	stored, err := json.Marshal(unionpay.Settings{
		Gateway: s.base + "/unionpay/gateway/api", StatementURL: s.base + "/unionpay/filedownload/",
		MerID: account.MerID, SignCert: account.SignCert, PrivateKey: account.PrivateKey,
		RootCert: account.RootCert, MiddleCert: account.MiddleCert, MinExpiry: "60ms",
	})
	require.NoError(t, err)
	registry := providers.NewRegistry(map[string]providers.Factory{"unionpay": unionpay.Open}, s.client)
	opened, err := registry.Open("unionpay", stored)
	require.NoError(t, err)
	return opened.(*unionpay.Adapter)
}

func TestContract(t *testing.T) {
	t.Parallel()
	for product := range kinds {
		t.Run(product, func(t *testing.T) {
			t.Parallel()
			providertest.Run(t, newScene(t).subject(t, product))
		})
	}
}

func TestContractNoticesBrokenAdapters(t *testing.T) {
	t.Parallel()
	for _, product := range []string{"wap", "qr"} {
		t.Run(product, func(t *testing.T) {
			t.Parallel()
			providertest.RunBroken(t, newScene(t).subject(t, product))
		})
	}
}

func FuzzParseNotice(f *testing.F) {
	subject := newScene(f).subject(f, "wap")
	genuine, err := providertest.Genuine(f.Context(), subject)
	require.NoError(f, err)
	providertest.FuzzNotice(f, subject.Adapter, genuine)
}
