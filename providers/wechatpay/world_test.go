package wechatpay_test

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
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
	"math/big"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/wechatpay"
)

const (
	app      = "wx00000000000000a1"
	mch      = "1900000109"
	serial   = "A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1"
	apiKey   = "0123456789abcdef0123456789ABCDEF"
	oldKey   = "fedcba9876543210fedcba9876543210"
	keyID    = "PUB_KEY_ID_0119000001092025"
	number   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	refundNo = "0123456789ABCDEFGHIJKLMNOP"
	secret   = "the app secret of tests"
)

// Made once: a key takes a while.
var keys = sync.OnceValue(func() (k struct{ merchant, wechat, stranger *rsa.PrivateKey }) {
	for _, into := range []**rsa.PrivateKey{&k.merchant, &k.wechat, &k.stranger} {
		made, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		*into = made
	}
	return k
})

// wechat is WeChat Pay as a test wants it to answer. Its signing is its own.
type wechat struct {
	*httptest.Server
	t      *testing.T
	answer func(w http.ResponseWriter, r *http.Request, body []byte)

	mu   sync.Mutex
	came []call
}

type call struct {
	*http.Request
	body []byte
}

var authForm = regexp.MustCompile(`^WECHATPAY2-SHA256-RSA2048 mchid="(\d+)",nonce_str="(\w+)",` +
	`timestamp="(\d+)",serial_no="(\w+)",signature="([^"]+)"$`)

// open starts a WeChat Pay that verifies every call over its raw bytes.
func open(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, body []byte)) *wechat {
	t.Helper()
	s := &wechat{t: t, answer: answer}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || !genuine(r, body) {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		s.mu.Lock()
		s.came = append(s.came, call{r, body})
		s.mu.Unlock()
		s.answer(w, r, body)
	}))
	t.Cleanup(s.Close)
	return s
}

func genuine(r *http.Request, body []byte) bool {
	if r.URL.Path == "/sns/oauth2/access_token" {
		return true
	}
	said := authForm.FindStringSubmatch(r.Header.Get("Authorization"))
	if said == nil || said[1] != mch || said[4] != serial {
		return false
	}
	message := fmt.Sprintf("%s\n%s\n%s\n%s\n%s\n", r.Method, r.RequestURI, said[3], said[2], body)
	signature, err := base64.StdEncoding.DecodeString(said[5])
	sum := sha256.Sum256([]byte(message))
	return err == nil && rsa.VerifyPKCS1v15(&keys().merchant.PublicKey, crypto.SHA256, sum[:], signature) == nil
}

func (s *wechat) calls() []call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]call(nil), s.came...)
}

// says answers every call with this, signed.
func says(status int, body string) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, _ *http.Request, _ []byte) { reply(w, status, body) }
}

// unsigned answers every call with this, signed by nobody.
func unsigned(status int, body string) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func reply(w http.ResponseWriter, status int, body string) {
	for name, values := range signedBy(keys().wechat, keyID, body, time.Now()) {
		w.Header()[name] = values
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// signedBy are the headers of an answer or a callback.
func signedBy(key *rsa.PrivateKey, serial, body string, now time.Time) http.Header {
	stamp, nonce := strconv.FormatInt(now.Unix(), 10), rand.Text()
	sum := sha256.Sum256([]byte(stamp + "\n" + nonce + "\n" + body + "\n"))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	header := http.Header{}
	header.Set("Wechatpay-Timestamp", stamp)
	header.Set("Wechatpay-Nonce", nonce)
	header.Set("Wechatpay-Signature", base64.StdEncoding.EncodeToString(signature))
	header.Set("Wechatpay-Serial", serial)
	header.Set("Wechatpay-Signature-Type", "WECHATPAY2-SHA256-RSA2048")
	header.Set("Request-Id", "08F78BB5AF0610D302")
	return header
}

// sealed is what WeChat Pay encrypts with the APIv3 key.
func sealed(key, kind, plain string) map[string]string {
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		panic(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	nonce := rand.Text()[:12]
	return map[string]string{
		"original_type": kind, "algorithm": "AEAD_AES_256_GCM", "nonce": nonce, "associated_data": kind,
		"ciphertext": base64.StdEncoding.EncodeToString(gcm.Seal(nil, []byte(nonce), []byte(plain), []byte(kind))),
	}
}

func text(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(out)
}

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func privatePEM(key *rsa.PrivateKey) string {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	return pemOf("PRIVATE KEY", der)
}

func publicPEM(key *rsa.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic(err)
	}
	return pemOf("PUBLIC KEY", der)
}

// certificate is one of WeChat Pay's, with its serial number.
func certificate(key *rsa.PrivateKey, n int64, from, to time.Time) (serial, text string) {
	number := certificateNumber(n)
	template := &x509.Certificate{
		SerialNumber: number, Subject: pkix.Name{CommonName: "WeChat Pay of tests"}, NotBefore: from, NotAfter: to,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("%040X", number), pemOf("CERTIFICATE", der)
}

func certificateNumber(n int64) *big.Int {
	return new(big.Int).Add(new(big.Int).Lsh(big.NewInt(0x71), 152), big.NewInt(n))
}

// good are settings of the public-key mode that lead to base.
func good(base string) wechatpay.Settings {
	return wechatpay.Settings{
		BaseURL: base, AppID: app, AppSecret: secret, MchID: mch, SerialNo: serial,
		PrivateKey: privatePEM(keys().merchant), APIv3Key: apiKey,
		PublicKeyID: keyID, PublicKey: publicPEM(&keys().wechat.PublicKey), OAuthAPIURL: base,
	}
}

// adapter is one of good settings, after change.
func adapter(t *testing.T, s *wechat, change func(*wechatpay.Settings)) *wechatpay.Adapter {
	t.Helper()
	settings := good(s.URL)
	if change != nil {
		change(&settings)
	}
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	a, err := wechatpay.New(settings, client)
	require.NoError(t, err)
	return a
}

// asked is an adapter of a WeChat Pay that answers every call with this, signed.
func asked(t *testing.T, status int, body string) *wechatpay.Adapter {
	t.Helper()
	return adapter(t, open(t, says(status, body)), nil)
}

func payment(product string) providers.Payment {
	return providers.Payment{
		Number: number, Product: product, Amount: models.CNY(12900), Subject: "代付 <a> & b",
		ExpiresAt: time.Now().Add(30 * time.Minute).UTC(),
		NotifyURL: "https://pay.example.cn/v1/callbacks/wechatpay/a",
		ReturnURL: "https://pay.example.cn/pay/result?x=1", Payer: "oFriend01", PayerIP: "203.0.113.9",
	}
}

var ref = providers.Ref{Number: number, CreatedAt: time.Now().Add(-time.Hour)}

func refund() providers.Refund {
	return providers.Refund{
		Number: refundNo, Payment: ref, Total: models.CNY(12900), Amount: models.CNY(900), Reason: "duplicate",
		NotifyURL: "https://pay.example.cn/v1/callbacks/wechatpay/a",
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
	for _, hidden := range []string{secret, apiKey, "oFriend01", "PRIVATE", "secret="} {
		require.NotContains(t, all, hidden)
	}
	return *failed
}
