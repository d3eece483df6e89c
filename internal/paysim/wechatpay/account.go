// Package wechatpay simulates WeChat Pay's APIv3 over HTTP as its documents
// describe it: signed calls and answers, orders bound to one payer, encrypted
// callbacks that are repeated, refunds that take time, bills, the login of the
// WeChat browser, and pages that stand for the WeChat app. It shares no code
// with the adapter that speaks to it.
package wechatpay

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// Account is one merchant at WeChat Pay, with the keys of both sides. What the
// merchant knows bears the names of the adapter's settings.
type Account struct {
	Name      string `json:"name,omitempty"` // shown to the payer
	AppID     string `json:"app_id"`
	AppSecret string `json:"app_secret"` // of the login
	MchID     string `json:"mch_id"`
	Domain    string `json:"domain,omitempty"` // host[:port] registered for H5 and login; empty: any

	SerialNo         string `json:"serial_no"`   // of the merchant's certificate
	PrivateKey       string `json:"private_key"` // of the merchant, PKCS #8 PEM
	APIv3Key         string `json:"api_v3_key"`
	PreviousAPIv3Key string `json:"previous_api_v3_key,omitempty"` // from before a rotation
	PublicKeyID      string `json:"public_key_id"`
	PublicKey        string `json:"public_key"` // PKIX PEM

	// What only WeChat Pay knows, but for the certificate, which /v3/certificates hands out.
	PlatformKey       string `json:"platform_key"` // of PublicKey, PKCS #8 PEM
	CertificateSerial string `json:"certificate_serial"`
	Certificate       string `json:"certificate"` // X.509 PEM
	CertificateKey    string `json:"certificate_key"`
	// CertificateCallbacks signs callbacks with the certificate's key, as for
	// merchants that have not moved to the public key.
	CertificateCallbacks bool `json:"certificate_callbacks,omitempty"`
}

const (
	keyBits     = 2048
	secretBytes = 32
)

// NewAccount makes an account with fresh keys on both sides.
func NewAccount(name, appID, mchID string) (Account, error) {
	a := Account{
		Name: name, AppID: appID, MchID: mchID, AppSecret: hexadecimal(secretBytes / 2),
		APIv3Key: hexadecimal(secretBytes / 2), PreviousAPIv3Key: hexadecimal(secretBytes / 2),
		SerialNo: strings.ToUpper(hexadecimal(20)), PublicKeyID: "PUB_KEY_ID_01" + mchID + digits(20),
	}
	var err error
	if a.PrivateKey, _, err = newKey(); err != nil {
		return Account{}, err
	}
	var platform, certified *rsa.PrivateKey
	if a.PlatformKey, platform, err = newKey(); err != nil {
		return Account{}, err
	}
	public, err := x509.MarshalPKIXPublicKey(platform.Public())
	if err != nil {
		return Account{}, fmt.Errorf("public key: %w", err)
	}
	a.PublicKey = armor("PUBLIC KEY", public)
	if a.CertificateKey, certified, err = newKey(); err != nil {
		return Account{}, err
	}
	return a, a.certify(certified)
}

// certify makes the platform's certificate, valid for five years.
func (a *Account) certify(key *rsa.PrivateKey) error {
	serial := make([]byte, 20)
	_, _ = rand.Read(serial) // ends the program rather than fail
	serial[0] = serial[0]&0x3f | 0x40
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial), NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(5, 0, 0),
		Subject: pkix.Name{CommonName: "Tenpay.com sign (simulated)", Organization: []string{"paysim"}},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	a.Certificate = armor("CERTIFICATE", certificate)
	a.CertificateSerial = strings.ToUpper(hex.EncodeToString(serial))
	return nil
}

func newKey() (string, *rsa.PrivateKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return "", nil, fmt.Errorf("key: %w", err)
	}
	text, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", nil, fmt.Errorf("key: %w", err)
	}
	return armor("PRIVATE KEY", text), key, nil
}

func armor(kind string, bytes []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}))
}

// hexadecimal is 2n random characters [0-9a-f].
func hexadecimal(n int) string {
	bytes := make([]byte, n)
	_, _ = rand.Read(bytes) // ends the program rather than fail
	return hex.EncodeToString(bytes)
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

func (a Account) check() error {
	if a.AppID == "" || a.MchID == "" || a.SerialNo == "" || a.PublicKeyID == "" || a.CertificateSerial == "" {
		return errors.New("an account needs an app id, a merchant id and three serials")
	}
	if len(a.APIv3Key) != secretBytes {
		return fmt.Errorf("account %s: the APIv3 key has 32 bytes", a.MchID)
	}
	if a.PreviousAPIv3Key != "" && len(a.PreviousAPIv3Key) != secretBytes {
		return fmt.Errorf("account %s: the previous APIv3 key has 32 bytes", a.MchID)
	}
	return nil
}

// title is the name a payer reads.
func (a Account) title() string {
	if a.Name != "" {
		return a.Name
	}
	return a.MchID
}
