package paysim_test

import (
	"crypto"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
	"github.com/friendpay/friendpay/internal/paysim/alipay"
)

// stalls are two accounts, made once: their keys take a while. The second is in
// certificate mode.
var stalls = sync.OnceValue(func() []alipay.Account {
	list := make([]alipay.Account, 2)
	for i := range list {
		app, seller := fmt.Sprintf("202100000000000%d", i), fmt.Sprintf("208800000000000%d", i)
		account, err := alipay.NewAccount("良品小店", app, seller)
		if err != nil {
			panic(err)
		}
		account.CertMode, account.Domain = i == 1, "shop.example"
		list[i] = account
	}
	return list
})

// stall speaks Alipay's protocol as its documents say it, with code of its own.
type stall struct {
	*merchant
	account alipay.Account
	key     *rsa.PrivateKey
	clock   func() time.Time
}

func openStall(t *testing.T, options paysim.Options) *stall {
	t.Helper()
	if options.Alipay == nil {
		options.Alipay = stalls()
	}
	m := open(t, options)
	s := &stall{merchant: m, clock: time.Now}
	if options.Now != nil {
		s.clock = options.Now
	}
	s.become(m.sim.AlipayAccounts()[0])
	return s
}

// stallInTime is a stall whose clock, and the simulator's, go ahead by nanoseconds.
func stallInTime(t *testing.T, options paysim.Options) (*stall, *atomic.Int64) {
	t.Helper()
	later := new(atomic.Int64)
	options.Now = func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
	return openStall(t, options), later
}

// become signs as another merchant from now on.
func (s *stall) become(account alipay.Account) {
	s.account = account
	block, _ := pem.Decode([]byte(account.PrivateKey))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	require.NoError(s.t, err)
	s.key = key.(*rsa.PrivateKey)
}

// joined is what is signed of a form, but for the names left out.
func aliText(form url.Values, without string) string {
	var names, parts []string
	for name := range form {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if !strings.Contains(without, name+" ") {
			parts = append(parts, name+"="+form.Get(name))
		}
	}
	return strings.Join(parts, "&")
}

// form is a call that a test may still spoil, unsigned.
func (s *stall) form(method string, biz members) url.Values {
	s.t.Helper()
	text, err := json.Marshal(biz)
	require.NoError(s.t, err)
	return url.Values{
		"app_id": {s.account.AppID}, "method": {method}, "format": {"JSON"}, "charset": {"utf-8"},
		"sign_type": {"RSA2"}, "version": {"1.0"}, "biz_content": {string(text)},
		"timestamp": {s.clock().In(time.FixedZone("", 8*3600)).Format(time.DateTime)},
	}
}

func (s *stall) sign(form url.Values) url.Values {
	s.t.Helper()
	digest := sha256.Sum256([]byte(aliText(form, "sign ")))
	signed, err := rsa.SignPKCS1v15(rand.Reader, s.key, crypto.SHA256, digest[:])
	require.NoError(s.t, err)
	form.Set("sign", base64.StdEncoding.EncodeToString(signed))
	return form
}

// said is an answer: the node with all that a test may look at.
type aliSaid struct {
	status int
	text   string
	name   string
	node   members
	signed bool
}

func (a aliSaid) code() string { code, _ := a.node["sub_code"].(string); return code }

func (a aliSaid) get(name string) string { text, _ := a.node[name].(string); return text }

const aliGateway = "/alipay/gateway.do"

// post sends a form and reads what comes back.
func (s *stall) post(form url.Values) aliSaid {
	s.t.Helper()
	response, err := s.client.PostForm(s.base+aliGateway, form)
	require.NoError(s.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	answer := aliSaid{status: response.StatusCode, text: string(text)}
	nodes := map[string]json.RawMessage{}
	_ = json.Unmarshal(text, &nodes) // not every answer is JSON
	for name, raw := range nodes {
		if !strings.HasSuffix(name, "_response") {
			continue
		}
		answer.name = name
		_ = json.Unmarshal(raw, &answer.node) // spoiled on purpose at times
		var given string
		_ = json.Unmarshal(nodes["sign"], &given) // absent: unsigned
		answer.signed = s.holds(nodes, string(raw), given)
	}
	return answer
}

// public is the key that Alipay's words are checked with, in the account's mode.
func (s *stall) public() string {
	if !s.account.CertMode {
		return s.account.AlipayPublicKey
	}
	public, err := x509.MarshalPKIXPublicKey(certificates(s.t, s.account.AlipayCert)[0].PublicKey)
	require.NoError(s.t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))
}

// holds checks an answer in the account's mode; by certificates it names its own.
func (s *stall) holds(nodes map[string]json.RawMessage, text, given string) bool {
	serial := string(nodes["alipay_cert_sn"])
	if s.account.CertMode && serial != `"`+certSerial(certificates(s.t, s.account.AlipayCert)[0])+`"` {
		return false
	}
	return aliSigned(s.t, s.public(), text, given) && (serial == "") != s.account.CertMode
}

func certificates(t *testing.T, text string) (list []*x509.Certificate) {
	t.Helper()
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return list
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		require.NoError(t, err)
		list = append(list, certificate)
	}
}

func certSerial(certificate *x509.Certificate) string {
	digest := md5.Sum([]byte(certificate.Issuer.String() + certificate.SerialNumber.String()))
	return hex.EncodeToString(digest[:])
}

// certify names the certificates of a call: of the roots, the two of RSA.
func (s *stall) certify(form url.Values) {
	roots := certificates(s.t, s.account.RootCert)
	form.Set("app_cert_sn", certSerial(certificates(s.t, s.account.AppCert)[0]))
	form.Set("alipay_root_cert_sn", certSerial(roots[1])+"_"+certSerial(roots[2]))
}

// aliSigned says whether a text is signed by a PKIX key.
func aliSigned(t *testing.T, public, text, given string) bool {
	t.Helper()
	block, _ := pem.Decode([]byte(public))
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	require.NoError(t, err)
	signature, err := base64.StdEncoding.Strict().DecodeString(given)
	digest := sha256.Sum256([]byte(text))
	return err == nil && rsa.VerifyPKCS1v15(key.(*rsa.PublicKey), crypto.SHA256, digest[:], signature) == nil
}

// ask makes a call whose answer must be signed; extra are further parameters.
func (s *stall) ask(method string, biz members, extra ...string) aliSaid {
	s.t.Helper()
	form := s.form(method, biz)
	for i := 0; i+1 < len(extra); i += 2 {
		form.Set(extra[i], extra[i+1])
	}
	if s.account.CertMode {
		s.certify(form)
	}
	answer := s.post(s.sign(form))
	require.True(s.t, answer.signed, "%s is not signed: %s", method, answer.text)
	return answer
}

const (
	aliPrecreate   = "alipay.trade.precreate"
	aliCreate      = "alipay.trade.create"
	aliQuery       = "alipay.trade.query"
	aliClose       = "alipay.trade.close"
	aliCancel      = "alipay.trade.cancel"
	aliRefund      = "alipay.trade.refund"
	aliRefundQuery = "alipay.trade.fastpay.refund.query"
	aliWap         = "alipay.trade.wap.pay"
	aliPage        = "alipay.trade.page.pay"
)

func inShanghai(at time.Time) string {
	return at.In(time.FixedZone("", 8*3600)).Format(time.DateTime)
}

// goods is biz_content for an order of 129 yuan.
func (s *stall) goods(method, number string) members {
	biz := members{
		"out_trade_no": number, "total_amount": "129.00", "subject": "代付-咖啡 <b>%25", "passback_params": "a%26b",
		"time_expire": inShanghai(s.clock().Add(time.Hour)),
	}
	biz["product_code"] = map[string]string{
		aliPrecreate: "QR_CODE_OFFLINE", aliCreate: "JSAPI_PAY",
		aliWap: "QUICK_WAP_WAY", aliPage: "FAST_INSTANT_TRADE_PAY",
	}[method]
	if method == aliCreate {
		biz["buyer_open_id"] = "friend01"
	}
	return biz
}

// link is the address that a browser is sent to.
func (s *stall) link(method, number, back string) string {
	form := s.form(method, s.goods(method, number))
	if back != "" {
		form.Set("return_url", back)
	}
	return s.base + aliGateway + "?" + s.sign(form).Encode()
}

// coded makes an order with a code to scan.
func (s *stall) coded(notify string) (number, code string) {
	s.t.Helper()
	number = newNumber()
	answer := s.ask(aliPrecreate, s.goods(aliPrecreate, number), "notify_url", notify)
	require.Equal(s.t, "10000", answer.get("code"), answer.text)
	return number, answer.get("qr_code")
}

func (s *stall) paid(notify string) string {
	s.t.Helper()
	number, _ := s.coded(notify)
	status, said := s.simulate("/sim/alipay/pay", members{"number": number})
	require.Equal(s.t, http.StatusOK, status, said)
	return number
}

func (s *stall) query(number string) aliSaid {
	s.t.Helper()
	return s.ask(aliQuery, members{"out_trade_no": number})
}

// payment posts to /sim/alipay/pay and returns status and code.
func (s *stall) payment(wanted members) (int, any) {
	s.t.Helper()
	status, said := s.simulate("/sim/alipay/pay", wanted)
	return status, said["code"]
}

func (s *stall) refund(number, request, amount string) aliSaid {
	s.t.Helper()
	return s.ask(aliRefund, members{"out_trade_no": number, "refund_amount": amount, "out_request_no": request})
}

func (s *stall) fault(rule members) {
	s.t.Helper()
	rule["provider"] = "alipay"
	status, said := s.simulate("/sim/faults", rule)
	require.Equal(s.t, http.StatusCreated, status, said)
}
