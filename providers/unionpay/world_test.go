package unionpay_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
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
	"github.com/friendpay/friendpay/providers/unionpay"
)

const (
	mer      = "777290058110048"
	number   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	refundNo = "0123456789ABCDEFGHIJKLMNOP"
	queryID  = "212501011000001234567"
)

var (
	shanghai = time.FixedZone("CST", 8*60*60)
	made     = time.Date(2025, 1, 1, 2, 0, 0, 500, time.UTC) // 10:00 in Shanghai
	ref      = providers.Ref{Number: number, CreatedAt: made}
)

// form is a message, in whatever spelling.
type form map[string]string

func (f form) with(more form) form {
	all := maps.Clone(f)
	maps.Copy(all, more)
	return all
}

// text is a message as it is signed, and as answers are written.
func (f form) text() string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(f)) {
		parts = append(parts, key+"="+f[key])
	}
	return strings.Join(parts, "&")
}

func (f form) sum() []byte {
	rest := maps.Clone(f)
	delete(rest, "signature")
	first := sha256.Sum256([]byte(rest.text()))
	again := sha256.Sum256([]byte(hex.EncodeToString(first[:])))
	return again[:]
}

// signedBy is a message with UnionPay's fields, a certificate and its signature.
func (f form) signedBy(c *certified) form {
	all := form{
		"version": "5.1.0", "encoding": "UTF-8", "signMethod": "01", "certId": c.cert.SerialNumber.String(),
		"signPubKeyCert": strings.TrimSpace(c.pem), "accessType": "0", "merId": mer,
	}.with(f)
	signature, err := rsa.SignPKCS1v15(rand.Reader, c.key, crypto.SHA256, all.sum())
	if err != nil {
		panic(err)
	}
	all["signature"] = base64.StdEncoding.EncodeToString(signature)
	return all
}

// encoded is a message as a browser and a callback write it.
func (f form) encoded() string {
	values := url.Values{}
	for key, value := range f {
		values.Set(key, value)
	}
	return values.Encode()
}

// gate is UnionPay as a test wants it to answer. Its signing is its own.
type gate struct {
	*httptest.Server
	answer func(w http.ResponseWriter, said form)

	mu   sync.Mutex
	came []call
}

type call struct {
	path string
	said form
}

// open starts a UnionPay that verifies every call.
func open(t *testing.T, answer func(w http.ResponseWriter, said form)) *gate {
	t.Helper()
	g := &gate{answer: answer}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		said, ok := genuine(r)
		if !ok {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		g.mu.Lock()
		g.came = append(g.came, call{r.URL.Path, said})
		g.mu.Unlock()
		g.answer(w, said)
	}))
	t.Cleanup(g.Close)
	return g
}

func genuine(r *http.Request) (form, bool) {
	if r.Method != http.MethodPost || r.ParseForm() != nil || len(r.PostForm) == 0 {
		return nil, false
	}
	said := form{}
	for key, values := range r.PostForm {
		said[key] = values[0]
	}
	return said, ours(said)
}

// ours says whether the merchant signed a message that is as UnionPay wants it.
func ours(said form) bool {
	signature, err := base64.StdEncoding.DecodeString(said["signature"])
	for _, value := range said {
		if value == "" {
			return false
		}
	}
	for key, want := range map[string]string{
		"version": "5.1.0", "encoding": "UTF-8", "signMethod": "01", "accessType": "0", "merId": mer,
		"certId": chain().merchant.cert.SerialNumber.String(),
	} {
		if said[key] != want {
			return false
		}
	}
	public := &chain().merchant.key.PublicKey
	return err == nil && rsa.VerifyPKCS1v15(public, crypto.SHA256, said.sum(), signature) == nil
}

func (g *gate) calls() []call {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.came)
}

// echo is what an answer repeats of a call.
func echo(said form) form {
	return form{
		"orderId": said["orderId"], "txnTime": said["txnTime"], "txnType": said["txnType"],
		"txnSubType": said["txnSubType"], "bizType": said["bizType"],
	}
}

// says answers every call with this, signed by UnionPay.
func says(more form) func(http.ResponseWriter, form) {
	return func(w http.ResponseWriter, said form) {
		_, _ = io.WriteString(w, echo(said).with(more).signedBy(chain().unionpay).text())
	}
}

// raw answers every call with this.
func raw(status int, body string) func(http.ResponseWriter, form) {
	return func(w http.ResponseWriter, _ form) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// desk answers queries of the payment as paid or as told, and the rest with more.
func desk(payment, more form) func(http.ResponseWriter, form) {
	return func(w http.ResponseWriter, said form) {
		if said["txnType"] == "00" && said["orderId"] == number {
			says(payment)(w, said)
			return
		}
		says(more)(w, said)
	}
}

// paid is the answer about a paid order.
var paid = form{
	"respCode": "00", "respMsg": "成功[0000000]", "origRespCode": "00", "origRespMsg": "成功[0000000]",
	"txnType": "01", "txnSubType": "01", "queryId": queryID, "traceNo": "123456", "traceTime": "0101100203",
	"settleDate": "0101", "settleAmt": "12900", "settleCurrencyCode": "156", "txnAmt": "12900",
	"currencyCode": "156",
	"accNo":        "6216261000000000018", "payCardType": "02", "payType": "0001", "reqReserved": "wap",
}

// good are settings that lead to base.
func good(base string) unionpay.Settings {
	c := chain()
	return unionpay.Settings{
		Gateway: base + "/gateway/api", StatementURL: base + "/files/", MerID: mer, SignCert: c.merchant.pem,
		PrivateKey: privatePEM(c.merchant.key), RootCert: c.root.pem, MiddleCert: c.middle.pem,
	}
}

// adapter is one of good settings, after change.
func adapter(t *testing.T, g *gate, change func(*unionpay.Settings)) *unionpay.Adapter {
	t.Helper()
	settings := good("https://nobody.example")
	if g != nil {
		settings = good(g.URL)
	}
	if change != nil {
		change(&settings)
	}
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	a, err := unionpay.New(settings, client)
	require.NoError(t, err)
	return a
}

// asked is an adapter of a UnionPay that answers every call with this, signed.
func asked(t *testing.T, more form) *unionpay.Adapter {
	t.Helper()
	return adapter(t, open(t, says(more)), nil)
}

func payment(product string) providers.Payment {
	return providers.Payment{
		Number: number, Product: product, Amount: models.CNY(12900), Subject: `代付-<耳机> "A&B" {x=1}`,
		CreatedAt: made, ExpiresAt: time.Now().Add(30 * time.Minute).UTC(),
		NotifyURL: "https://pay.example.cn/v1/callbacks/unionpay/a", ReturnURL: "https://pay.example.cn/pay/result",
	}
}

func refund() providers.Refund {
	return providers.Refund{
		Number: refundNo, Payment: ref, Transaction: queryID, Total: models.CNY(12900), Amount: models.CNY(900),
		NotifyURL: "https://pay.example.cn/v1/callbacks/unionpay/a", CreatedAt: made.Add(time.Hour),
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
	for _, hidden := range []string{"6216", "PRIVATE", "BEGIN", "13800138000", "signature="} {
		require.NotContains(t, all, hidden)
	}
	return *failed
}

func certOf(der []byte) *x509.Certificate {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return c
}
