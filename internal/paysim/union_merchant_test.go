package paysim_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"io"
	"maps"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
	"github.com/friendpay/friendpay/internal/paysim/unionpay"
)

// tills are two UnionPay accounts, made once: their keys take a while.
var tills = sync.OnceValue(func() []unionpay.Account {
	list := make([]unionpay.Account, 2)
	for i, merID := range []string{"777290058110048", "777290058110097"} {
		account, err := unionpay.NewAccount("良品小店", merID)
		if err != nil {
			panic(err)
		}
		list[i] = account
	}
	return list
})

// pairs are the fields of a message.
type pairs = map[string]string

// till speaks ACP 5.1.0 as its documents say it, with code of its own.
type till struct {
	*merchant
	account unionpay.Account
	key     *rsa.PrivateKey
	certID  string
	clock   func() time.Time
}

func openTill(t *testing.T, options paysim.Options) *till {
	t.Helper()
	if options.UnionPay == nil {
		options.UnionPay = tills()
	}
	m := open(t, options)
	s := &till{merchant: m, clock: time.Now}
	if options.Now != nil {
		s.clock = options.Now
	}
	s.become(m.sim.UnionPayAccounts()[0])
	return s
}

// become signs as another merchant from now on.
func (s *till) become(account unionpay.Account) {
	s.account = account
	block, _ := pem.Decode([]byte(account.PrivateKey))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	require.NoError(s.t, err)
	s.key = key.(*rsa.PrivateKey)
	s.certID = certificate(s.t, account.SignCert).SerialNumber.String()
}

func certificate(t *testing.T, text string) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	require.NotNil(t, block, text)
	read, err := x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
	return read
}

// hashed is what is signed: SHA-256 over the hexadecimal SHA-256 of the sorted fields.
func hashed(p pairs) []byte {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(p)) {
		if name != "signature" {
			parts = append(parts, name+"="+p[name])
		}
	}
	first := sha256.Sum256([]byte(strings.Join(parts, "&")))
	second := sha256.Sum256([]byte(hex.EncodeToString(first[:])))
	return second[:]
}

func (s *till) sign(p pairs) pairs {
	signed := maps.Clone(p)
	signature, err := rsa.SignPKCS1v15(nil, s.key, crypto.SHA256, hashed(signed))
	require.NoError(s.t, err)
	signed["signature"] = base64.StdEncoding.EncodeToString(signature)
	return signed
}

// wrong says what is wrong with the signature of a message; empty: nothing.
func (s *till) wrong(p pairs) string {
	given, err := base64.StdEncoding.DecodeString(p["signature"])
	if err != nil || p["signPubKeyCert"] == "" {
		return "unsigned"
	}
	signer := certificate(s.t, p["signPubKeyCert"])
	roots, middles := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(certificate(s.t, s.account.RootCert))
	middles.AddCert(certificate(s.t, s.account.MiddleCert))
	_, err = signer.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: middles, CurrentTime: s.clock(),
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	serial, known := new(big.Int).SetString(p["certId"], 10)
	name := strings.Split(signer.Subject.CommonName, "@")
	switch {
	case err != nil:
		return "chain: " + err.Error()
	case len(name) < 3 || name[2] != "中国银联股份有限公司":
		return "subject: " + signer.Subject.CommonName
	case !known || serial.Cmp(signer.SerialNumber) != 0:
		return "certId"
	case rsa.VerifyPKCS1v15(signer.PublicKey.(*rsa.PublicKey), crypto.SHA256, hashed(p), given) != nil:
		return "signature"
	}
	return ""
}

// answered takes an answer apart: the first "=" ends a name, and "&" ends a value
// unless it stands inside {} or [].
func answered(text string) pairs {
	read, name, value, closing := pairs{}, "", strings.Builder{}, rune(0)
	inName := true
	for _, letter := range text + "&" {
		switch {
		case inName && letter == '=':
			name, inName = value.String(), false
			value.Reset()
			continue
		case letter == '&' && closing == 0:
			read[name], inName = value.String(), true
			value.Reset()
			continue
		case closing == 0 && !inName && (letter == '{' || letter == '['):
			closing = map[rune]rune{'{': '}', '[': ']'}[letter]
		case letter == closing:
			closing = 0
		}
		value.WriteRune(letter)
	}
	return read
}

const (
	gateway  = "/unionpay/gateway/api/"
	frontDo  = gateway + "frontTransReq.do"
	backDo   = gateway + "backTransReq.do"
	queryDo  = gateway + "queryTrans.do"
	appDo    = gateway + "appTransReq.do"
	fileRoad = "/unionpay/filedownload/"
)

func (s *till) post(path string, p pairs) reply {
	s.t.Helper()
	values := url.Values{}
	for name, value := range p {
		values.Set(name, value)
	}
	response, err := s.client.PostForm(s.base+path, values)
	require.NoError(s.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	return reply{status: response.StatusCode, header: response.Header, text: text}
}

// tell signs and sends a call whose answer must be signed.
func (s *till) tell(path string, p pairs) pairs {
	s.t.Helper()
	answer := s.post(path, s.sign(p))
	require.Equal(s.t, http.StatusOK, answer.status, string(answer.text))
	said := answered(string(answer.text))
	require.Empty(s.t, s.wrong(said), string(answer.text))
	return said
}

func beijing(at time.Time) string {
	return at.In(time.FixedZone("", 8*3600)).Format("20060102150405")
}

// base51 is what every call says.
func (s *till) base51(kind, number string) pairs {
	parts := strings.Split(kind, "/")
	return pairs{
		"version": "5.1.0", "encoding": "UTF-8", "signMethod": "01", "certId": s.certID, "accessType": "0",
		"txnType": parts[0], "txnSubType": parts[1], "bizType": parts[2], "merId": s.account.MerID,
		"orderId": number, "txnTime": beijing(s.clock()),
	}
}

var kinds = map[string]string{
	"wap": "01/01/000201", "pc": "01/01/000201", "app": "01/01/000201", "qr": "01/07/000000",
}

// ordered is a call that makes an order of 129 yuan which calls back to address.
func (s *till) ordered(product, number, address string) pairs {
	call := s.base51(kinds[product], number)
	maps.Copy(call, pairs{
		"txnAmt": "12900", "currencyCode": "156", "channelType": "08", "backUrl": address,
		"payTimeout": beijing(s.clock().Add(time.Hour)), "reqReserved": "YXR0",
	})
	switch product {
	case "pc":
		call["channelType"] = "07"
		fallthrough
	case "wap":
		call["frontUrl"], call["riskRateInfo"] = "https://shop.example/back", "{commodityName=咖啡 <b>&x=1}"
	default:
		call["orderDesc"] = "咖啡 <b>"
	}
	return call
}

// placed makes an order and returns the call and what the answer said.
func (s *till) placed(product, address string) (pairs, pairs) {
	s.t.Helper()
	call := s.ordered(product, newNumber(), address)
	switch product {
	case "qr":
		return call, s.tell(backDo, call)
	case "app":
		return call, s.tell(appDo, call)
	}
	answer := s.post(frontDo, s.sign(call))
	require.Equal(s.t, http.StatusSeeOther, answer.status, string(answer.text))
	return call, pairs{"location": answer.header.Get("Location")}
}

func (s *till) settled(product, address string) pairs {
	s.t.Helper()
	call, _ := s.placed(product, address)
	status, said := s.simulate("/sim/unionpay/pay", members{"number": call["orderId"]})
	require.Equal(s.t, http.StatusOK, status, said)
	return call
}

// inquire asks about a transaction by the call that made it.
func (s *till) inquire(about pairs) pairs {
	s.t.Helper()
	call := s.base51("00/00/"+about["bizType"], about["orderId"])
	call["txnTime"] = about["txnTime"]
	return s.tell(queryDo, call)
}

// returning is a call that gives money of a payment back.
func (s *till) returning(payment pairs, fen, address string) pairs {
	s.t.Helper()
	call := s.base51("04/00/"+payment["bizType"], newNumber())
	maps.Copy(call, pairs{
		"channelType": payment["channelType"], "txnAmt": fen, "backUrl": address, "reqReserved": "cmVm",
		"origOrderId": payment["orderId"], "origTxnTime": payment["txnTime"],
	})
	return call
}
