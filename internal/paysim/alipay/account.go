// Package alipay simulates Alipay's gateway over HTTP as its documents describe
// it: forms signed by the merchant, answers signed over their very bytes, trades
// that do not exist before a payer comes, notifications that are repeated until
// somebody says success, refunds, bills, the login of the Alipay browser, and
// pages that stand for the app and its cashier. It shares no code with the
// adapter that speaks to it.
package alipay

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"
)

// Account is one merchant's app at Alipay, with the keys of both sides. What the
// merchant knows bears the names of the adapter's settings.
type Account struct {
	Name     string `json:"name,omitempty"` // shown to the payer
	AppID    string `json:"app_id"`
	SellerID string `json:"seller_id"`        // 2088 and twelve more digits
	Domain   string `json:"domain,omitempty"` // host[:port] that logins may return to; empty: any

	PrivateKey      string `json:"private_key"`       // of the app, PKCS #8 PEM
	AlipayPublicKey string `json:"alipay_public_key"` // PKIX PEM; unused in certificate mode

	// What takes the public key's place in certificate mode. AlipayCert is the
	// certificate and the one that signed it, RootCert a bundle of several roots.
	AppCert    string `json:"app_cert"`
	AlipayCert string `json:"alipay_cert"`
	RootCert   string `json:"root_cert"`
	// CertMode says which of the two modes the app is in.
	CertMode bool `json:"cert_mode,omitempty"`
	// NoticeSerial names the certificate in notifications too, unsigned. Alipay's own
	// programs fail where it does, others look for it.
	NoticeSerial bool `json:"notice_serial,omitempty"`

	// What only Alipay knows.
	AlipayKey     string `json:"alipay_key"`      // of AlipayPublicKey, PKCS #8 PEM
	AlipayCertKey string `json:"alipay_cert_key"` // of AlipayCert

	// UserIDs: this app is told user ids of old (2088…), not open ids.
	UserIDs bool `json:"user_ids,omitempty"`
}

const keyBits = 2048

// NewAccount makes an account with fresh keys and certificates on both sides. It
// is in key mode until CertMode is set.
func NewAccount(name, appID, sellerID string) (Account, error) {
	a := Account{Name: name, AppID: appID, SellerID: sellerID}
	app, err := newKey(&a.PrivateKey)
	if err != nil {
		return Account{}, err
	}
	own, err := newKey(&a.AlipayKey)
	if err != nil {
		return Account{}, err
	}
	public, err := x509.MarshalPKIXPublicKey(own.Public())
	if err != nil {
		return Account{}, fmt.Errorf("public key: %w", err)
	}
	a.AlipayPublicKey = armor("PUBLIC KEY", public)
	certified, err := newKey(&a.AlipayCertKey)
	if err != nil {
		return Account{}, err
	}
	return a, a.certify(app, certified)
}

// newKey makes a key and writes it down as PKCS #8 PEM.
func newKey(text *string) (*rsa.PrivateKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	bytes, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	*text = armor("PRIVATE KEY", bytes)
	return key, nil
}

func armor(kind string, bytes []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}))
}

// digits is n random digits; that some come a little more often harms nobody.
func digits(n int) string {
	bytes := make([]byte, n)
	_, _ = rand.Read(bytes) // ends the program rather than fail
	for i := range bytes {
		bytes[i] = '0' + bytes[i]%10
	}
	return string(bytes)
}

// userIDForm is that of sellers and of users of old.
var userIDForm = regexp.MustCompile(`^2088\d{12}$`)

func (a Account) check() error {
	switch {
	case a.AppID == "":
		return errors.New("an account needs an app id")
	case !userIDForm.MatchString(a.SellerID):
		return fmt.Errorf("account %s: the seller id is 2088 and twelve more digits", a.AppID)
	}
	return nil
}

// title is the name a payer reads.
func (a Account) title() string {
	if a.Name != "" {
		return a.Name
	}
	return a.SellerID
}
