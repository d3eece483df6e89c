package alipay_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/alipay"
)

const (
	app      = "2021000000000001"
	seller   = "2088000000000001"
	number   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	refundNo = "0123456789ABCDEFGHIJKLMNOP"
	payer    = "074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5"
)

// Made once: a key takes a while.
var keys = sync.OnceValue(func() (k struct{ merchant, alipay, stranger *rsa.PrivateKey }) {
	for _, into := range []**rsa.PrivateKey{&k.merchant, &k.alipay, &k.stranger} {
		made, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		*into = made
	}
	return k
})

// gateway is Alipay as a test wants it to answer. Its signing is its own.
type gateway struct {
	*httptest.Server
	t      *testing.T
	answer func(w http.ResponseWriter, form url.Values)

	mu   sync.Mutex
	came []url.Values
}

// open starts a gateway that verifies every call over its decoded values.
func open(t *testing.T, answer func(w http.ResponseWriter, form url.Values)) *gateway {
	t.Helper()
	g := &gateway{t: t, answer: answer}
	g.Server = httptest.NewServer(http.HandlerFunc(g.serve))
	t.Cleanup(g.Close)
	return g
}

func (g *gateway) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	form, wrong := url.ParseQuery(string(body))
	sum := sha256.Sum256([]byte(signedText(form, "sign")))
	signature, unreadable := base64.StdEncoding.DecodeString(form.Get("sign"))
	bad := rsa.VerifyPKCS1v15(&keys().merchant.PublicKey, crypto.SHA256, sum[:], signature)
	if err != nil || wrong != nil || unreadable != nil || bad != nil || r.URL.RawQuery != "" {
		g.t.Errorf("a call does not verify: %v %v %v %v", err, wrong, unreadable, bad)
	}
	g.mu.Lock()
	g.came = append(g.came, form)
	g.mu.Unlock()
	g.answer(w, form)
}

// calls are what came, oldest first.
func (g *gateway) calls() []url.Values {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.came)
}

// content is a call's biz_content.
func content(t *testing.T, form url.Values) map[string]any {
	t.Helper()
	var read map[string]any
	require.NoError(t, json.Unmarshal([]byte(form.Get("biz_content")), &read))
	return read
}

func signedText(form url.Values, without ...string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if !slices.Contains(without, name) {
			parts = append(parts, name+"="+form.Get(name))
		}
	}
	return strings.Join(parts, "&")
}

func sign(key *rsa.PrivateKey, text string) string {
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(signature)
}

// wrapped is an answer to a method, signed with a key.
func wrapped(key *rsa.PrivateKey, method, node string) string {
	return `{"` + strings.ReplaceAll(method, ".", "_") + `_response":` + node +
		`,"sign":"` + sign(key, node) + `"}`
}

// says answers every call with this node, signed.
func says(node string) func(http.ResponseWriter, url.Values) {
	return func(w http.ResponseWriter, form url.Values) {
		fmt.Fprint(w, wrapped(keys().alipay, form.Get("method"), node))
	}
}

// refuses answers every call with a refusal, signed.
func refuses(code, sub string) func(http.ResponseWriter, url.Values) {
	return says(`{"code":"` + code + `","msg":"Failed","sub_code":"` + sub +
		`","sub_msg":"` + payer + ` secret"}`)
}

func privatePEM(key *rsa.PrivateKey) string {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func publicPEM(key *rsa.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// certificate is one of key's, signed by the stranger's key under a name.
func certificate(key *rsa.PublicKey, n int64, root bool) string {
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Root of tests", Country: []string{"CN"}},
		NotBefore: time.Unix(1e9, 0), NotAfter: time.Unix(4e9, 0), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign,
	}
	template := authority
	if !root {
		template = &x509.Certificate{
			SerialNumber: big.NewInt(n), Subject: pkix.Name{CommonName: "Leaf of tests"},
			NotBefore: time.Unix(1e9, 0), NotAfter: time.Unix(1.1e9, 0),
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, authority, key, keys().stranger)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// good are settings of the key mode that lead to base.
func good(base string) alipay.Settings {
	return alipay.Settings{
		Gateway: base + "/gateway.do", AppID: app, SellerID: seller,
		PrivateKey: privatePEM(keys().merchant), AlipayPublicKey: publicPEM(&keys().alipay.PublicKey),
	}
}

// certificateMode changes settings to the other mode.
func certificateMode(s *alipay.Settings) {
	s.AlipayPublicKey = ""
	s.AppCert = certificate(&keys().merchant.PublicKey, 11, false)
	s.AlipayCert = certificate(&keys().alipay.PublicKey, 12, false)
	s.RootCert = certificate(&keys().stranger.PublicKey, 1, true)
}

// adapter is one of good settings, after change.
func adapter(t testing.TB, base string, change func(*alipay.Settings)) *alipay.Adapter {
	t.Helper()
	settings := good(base)
	if change != nil {
		change(&settings)
	}
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	a, err := alipay.New(settings, client)
	require.NoError(t, err)
	return a
}

// asked is an adapter of a gateway that answers every call with this node, signed.
func asked(t *testing.T, node string) *alipay.Adapter {
	t.Helper()
	return adapter(t, open(t, says(node)).URL, nil)
}

func payment(product string) providers.Payment {
	return providers.Payment{
		Number: number, Product: product, Amount: models.CNY(12900), Subject: "代付 耳机", CreatedAt: time.Now(),
		ExpiresAt: time.Date(2090, 1, 2, 3, 4, 5, 999, time.UTC), Payer: payer, PayerIP: "203.0.113.9",
		NotifyURL: "https://pay.example.cn/v1/callbacks/alipay/a",
		ReturnURL: "https://pay.example.cn/pay/result?x=1",
	}
}

var ref = providers.Ref{Number: number, CreatedAt: time.Now().Add(-time.Hour)}

func refund() providers.Refund {
	return providers.Refund{
		Number: refundNo, Payment: ref, Total: models.CNY(12900), Amount: models.CNY(900), Reason: "duplicate",
		NotifyURL: "https://pay.example.cn/v1/callbacks/alipay/a",
	}
}

// classed checks an error's class and code, and that it gives nothing away.
func classed(t *testing.T, err error, class providers.Class, code string) providers.Error {
	t.Helper()
	var failed *providers.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, class, failed.Class, err)
	if code != "" {
		require.Equal(t, code, failed.Code, err)
	}
	all := fmt.Sprintf("%+v %v", failed, failed.Err)
	for _, hidden := range []string{payer, "PRIVATE", "secret", "token="} {
		require.NotContains(t, all, hidden)
	}
	return *failed
}

// verified checks the merchant's signature on an address.
func verified(t *testing.T, call url.Values) {
	t.Helper()
	sum := sha256.Sum256([]byte(signedText(call, "sign")))
	signature, err := base64.StdEncoding.DecodeString(call.Get("sign"))
	require.NoError(t, err)
	require.NoError(t, rsa.VerifyPKCS1v15(&keys().merchant.PublicKey, crypto.SHA256, sum[:], signature))
}
