package paysim_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
	"github.com/friendpay/friendpay/internal/paysim/wechatpay"
)

// shops are two accounts, made once: their keys take a while.
var shops = sync.OnceValue(func() []wechatpay.Account {
	list := make([]wechatpay.Account, 2)
	for i := range list {
		app, mch := fmt.Sprintf("wx00000000000000a%d", i), fmt.Sprintf("190000010%d", i)
		account, err := wechatpay.NewAccount("良品小店", app, mch)
		if err != nil {
			panic(err)
		}
		account.Domain = "shop.example"
		list[i] = account
	}
	return list
})

// shop speaks WeChat Pay's protocol as its documents say it, with code of its own.
type shop struct {
	*merchant
	account wechatpay.Account
	key     *rsa.PrivateKey
	asks    string // Wechatpay-Serial of the calls
	clock   func() time.Time
}

func openShop(t *testing.T, options paysim.Options) *shop {
	t.Helper()
	if options.WeChat == nil {
		options.WeChat = shops()
	}
	m := open(t, options)
	s := &shop{merchant: m, clock: time.Now}
	if options.Now != nil {
		s.clock = options.Now
	}
	s.become(m.sim.WeChatAccounts()[0])
	return s
}

// become signs as another merchant from now on.
func (s *shop) become(account wechatpay.Account) {
	s.account, s.asks = account, account.PublicKeyID
	block, _ := pem.Decode([]byte(account.PrivateKey))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	require.NoError(s.t, err)
	s.key = key.(*rsa.PrivateKey)
}

func (s *shop) signText(text string) string {
	digest := sha256.Sum256([]byte(text))
	signed, err := rsa.SignPKCS1v15(rand.Reader, s.key, crypto.SHA256, digest[:])
	require.NoError(s.t, err)
	return base64.StdEncoding.EncodeToString(signed)
}

// request is a signed call that a test may still spoil.
func (s *shop) request(method, path string, body any) *http.Request {
	s.t.Helper()
	var text []byte
	if body != nil {
		var buffer bytes.Buffer // an encoder ends with a newline, which is signed too
		require.NoError(s.t, json.NewEncoder(&buffer).Encode(body))
		text = buffer.Bytes()
	}
	r, err := http.NewRequest(method, s.base+path, bytes.NewReader(text))
	require.NoError(s.t, err)
	s.authorize(r, string(text), s.clock(), rand.Text())
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "test")
	r.Header.Set("Wechatpay-Serial", s.asks)
	return r
}

func (s *shop) authorize(r *http.Request, body string, at time.Time, nonce string) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	text := r.Method + "\n" + r.URL.RequestURI() + "\n" + stamp + "\n" + nonce + "\n" + body + "\n"
	r.Header.Set("Authorization", fmt.Sprintf(
		`WECHATPAY2-SHA256-RSA2048 mchid="%s",nonce_str="%s",timestamp="%s",serial_no="%s",signature="%s"`,
		s.account.MchID, nonce, stamp, s.account.SerialNo, s.signText(text)))
}

// verified says whether headers sign a body with one of the platform's keys.
func (s *shop) verified(header http.Header, body []byte) bool {
	block, _ := pem.Decode([]byte(s.account.PublicKey))
	if header.Get("Wechatpay-Serial") == s.account.CertificateSerial {
		block, _ = pem.Decode([]byte(s.account.Certificate))
		certificate, err := x509.ParseCertificate(block.Bytes)
		require.NoError(s.t, err)
		return holds(certificate.PublicKey, header, body)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	require.NoError(s.t, err)
	return header.Get("Wechatpay-Serial") == s.account.PublicKeyID && holds(key, header, body)
}

func holds(key any, header http.Header, body []byte) bool {
	given, err := base64.StdEncoding.Strict().DecodeString(header.Get("Wechatpay-Signature"))
	text := header.Get("Wechatpay-Timestamp") + "\n" + header.Get("Wechatpay-Nonce") + "\n" + string(body) + "\n"
	digest := sha256.Sum256([]byte(text))
	return err == nil && rsa.VerifyPKCS1v15(key.(*rsa.PublicKey), crypto.SHA256, digest[:], given) == nil
}

// reply is an answer with all that a test may look at.
type reply struct {
	status int
	header http.Header
	text   []byte
	said   members
}

func (r reply) code() string { code, _ := r.said["code"].(string); return code }

func (s *shop) send(r *http.Request) reply {
	s.t.Helper()
	response, err := s.client.Do(r)
	require.NoError(s.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	said := members{}
	_ = json.Unmarshal(text, &said) // not every answer is JSON
	return reply{response.StatusCode, response.Header, text, said}
}

// ask makes a call whose answer must be signed.
func (s *shop) ask(method, path string, body any) reply {
	s.t.Helper()
	answer := s.send(s.request(method, path, body))
	require.True(s.t, s.verified(answer.header, answer.text), "%s %s is not signed", method, path)
	return answer
}

const (
	trades  = "/v3/pay/transactions/"
	numbers = trades + "out-trade-no/"
	backs   = "/v3/refund/domestic/refunds"
)

// desired is the body of create for an order that calls back to url.
func (s *shop) desired(product, number, url string) members {
	body := members{
		"appid": s.account.AppID, "mchid": s.account.MchID, "description": "代付-咖啡 <b>&", "out_trade_no": number,
		"time_expire": time.Now().Add(time.Hour).In(time.FixedZone("", 8*3600)).Format("2006-01-02T15:04:05-07:00"),
		"notify_url":  url, "attach": "att-1", "amount": members{"total": 12900, "currency": "CNY"},
	}
	switch product {
	case "jsapi":
		body["payer"] = members{"openid": "oFriend01"}
	case "h5":
		body["scene_info"] = members{"payer_client_ip": "203.0.113.9", "h5_info": members{"type": "Wap"}}
	}
	return body
}

// made makes an order and returns its number and what leads the payer.
func (s *shop) made(product, url string) (number, lead string) {
	s.t.Helper()
	number = newNumber()
	answer := s.ask(http.MethodPost, trades+product, s.desired(product, number, url))
	require.Equal(s.t, http.StatusOK, answer.status, string(answer.text))
	for _, value := range answer.said {
		lead = value.(string)
	}
	return number, lead
}

func (s *shop) paid(product, url string) string {
	s.t.Helper()
	number, _ := s.made(product, url)
	status, said := s.simulate("/sim/wechatpay/pay", members{"number": number})
	require.Equal(s.t, http.StatusOK, status, said)
	return number
}

func (s *shop) query(number string) reply {
	s.t.Helper()
	return s.ask(http.MethodGet, numbers+number+"?mchid="+s.account.MchID, nil)
}

func (s *shop) closing(number string) reply {
	s.t.Helper()
	return s.ask(http.MethodPost, numbers+number+"/close", members{"mchid": s.account.MchID})
}

func back(order, number string, fen int64) members {
	return members{
		"out_trade_no": order, "out_refund_no": number, "reason": "duplicate", "notify_url": nowhere,
		"amount": members{"refund": fen, "total": 12900, "currency": "CNY"},
	}
}

func (s *shop) giveBack(body members) reply {
	s.t.Helper()
	return s.ask(http.MethodPost, backs, body)
}

// payment posts to /sim/wechatpay/pay and returns status and code.
func (s *shop) payment(body members) (int, any) {
	s.t.Helper()
	status, said := s.simulate("/sim/wechatpay/pay", body)
	return status, said["code"]
}

// bridge is what the page hands over for a prepay_id, signed by the merchant.
func (s *shop) bridge(prepay string) members {
	b := members{
		"appId": s.account.AppID, "timeStamp": strconv.FormatInt(time.Now().Unix(), 10), "nonceStr": rand.Text(),
		"package": "prepay_id=" + prepay, "signType": "RSA",
	}
	b["paySign"] = s.signText(strings.Join([]string{
		b["appId"].(string), b["timeStamp"].(string), b["nonceStr"].(string), b["package"].(string)}, "\n") + "\n")
	return b
}
