package alipay

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// merchant is an account with its keys and serials ready for use.
type merchant struct {
	Account
	app        *rsa.PublicKey  // checks what the merchant signs
	own        *rsa.PrivateKey // signs what Alipay says, in the app's mode
	appCertSN  string
	certSN     string // of Alipay's certificate
	rootCertSN string
}

func open(a Account) (*merchant, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	m := &merchant{Account: a}
	app, err := readKey(a.PrivateKey)
	if err != nil {
		return nil, fmt.Errorf("account %s: app's key: %w", a.AppID, err)
	}
	m.app = &app.PublicKey
	mode := a.AlipayKey
	if a.CertMode {
		mode = a.AlipayCertKey
	}
	if m.own, err = readKey(mode); err != nil {
		return nil, fmt.Errorf("account %s: Alipay's key: %w", a.AppID, err)
	}
	appCert, err1 := readCertificates(a.AppCert)
	alipayCert, err2 := readCertificates(a.AlipayCert)
	roots, err3 := readCertificates(a.RootCert)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, fmt.Errorf("account %s: certificates: %w", a.AppID, err)
	}
	m.appCertSN, m.certSN, m.rootCertSN = serialOf(appCert[0]), serialOf(alipayCert[0]), serialOfRoots(roots)
	return m, nil
}

func readKey(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("no PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	if private, ok := key.(*rsa.PrivateKey); ok {
		return private, nil
	}
	return nil, errors.New("not an RSA key")
}

// signature is the base64 RSA-SHA256 of a text; it fails for no key that was read.
func signature(key *rsa.PrivateKey, text []byte) string {
	digest := sha256.Sum256(text)
	signed, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(signed)
}

// signedBy says whether the merchant signed that text.
func (m *merchant) signedBy(text, given string) bool {
	bytes, err := base64.StdEncoding.Strict().DecodeString(given)
	if err != nil {
		return false
	}
	digest := sha256.Sum256([]byte(text))
	return rsa.VerifyPKCS1v15(m.app, crypto.SHA256, digest[:], bytes) == nil
}

// signedText is what is signed of a form: its values as decoded, in the order of
// their names, without those left out and those that are empty.
func signedText(form url.Values, without ...string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if value := form.Get(name); value != "" && !slices.Contains(without, name) {
			parts = append(parts, name+"="+value)
		}
	}
	return strings.Join(parts, "&")
}

// registered says whether logins may return to a host; where none is named, to any.
func (m *merchant) registered(host string) bool {
	return m.Domain == "" || strings.EqualFold(host, m.Domain)
}
