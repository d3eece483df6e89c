package wechatpay

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"time"
)

// merchant is an account with its keys ready for use.
type merchant struct {
	Account
	own         *rsa.PublicKey  // checks what the merchant signs
	platform    *rsa.PrivateKey // of the public key
	certified   *rsa.PrivateKey // of the certificate
	certificate *x509.Certificate
}

func open(a Account) (*merchant, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	m := &merchant{Account: a}
	own, err := readKey(a.PrivateKey)
	if err != nil {
		return nil, fmt.Errorf("account %s: merchant's key: %w", a.MchID, err)
	}
	m.own = &own.PublicKey
	if m.platform, err = readKey(a.PlatformKey); err != nil {
		return nil, fmt.Errorf("account %s: platform's key: %w", a.MchID, err)
	}
	if m.certified, err = readKey(a.CertificateKey); err != nil {
		return nil, fmt.Errorf("account %s: certificate's key: %w", a.MchID, err)
	}
	block, _ := pem.Decode([]byte(a.Certificate))
	if block == nil {
		return nil, fmt.Errorf("account %s: the certificate is no PEM", a.MchID)
	}
	if m.certificate, err = x509.ParseCertificate(block.Bytes); err != nil {
		return nil, fmt.Errorf("account %s: certificate: %w", a.MchID, err)
	}
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

// signer picks the key that an answer is signed with: the one the request names,
// or the public key's where it names none of the merchant's.
func (m *merchant) signer(asked string) (string, *rsa.PrivateKey) {
	if asked == m.CertificateSerial {
		return m.CertificateSerial, m.certified
	}
	return m.PublicKeyID, m.platform
}

// signature is the base64 RSA-SHA256 of a text; it fails for no key that was read.
func signature(key *rsa.PrivateKey, text string) string {
	digest := sha256.Sum256([]byte(text))
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
	return rsa.VerifyPKCS1v15(m.own, crypto.SHA256, digest[:], bytes) == nil
}

// sealed is text under AEAD_AES_256_GCM, as in callbacks and certificates.
type sealed struct {
	OriginalType   string `json:"original_type,omitempty"`
	Algorithm      string `json:"algorithm"`
	Ciphertext     string `json:"ciphertext"`
	AssociatedData string `json:"associated_data"`
	Nonce          string `json:"nonce"`
}

// seal encrypts under the 32 bytes of an APIv3 key.
func seal(key, about string, text []byte) sealed {
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		panic(err) // the length was checked
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	nonce := hexadecimal(gcm.NonceSize() / 2)
	return sealed{
		Algorithm: "AEAD_AES_256_GCM", AssociatedData: about, Nonce: nonce,
		Ciphertext: base64.StdEncoding.EncodeToString(gcm.Seal(nil, []byte(nonce), text, []byte(about))),
	}
}

// stamp is how WeChat Pay writes a moment.
func stamp(at time.Time) string { return at.In(shanghai).Format("2006-01-02T15:04:05-07:00") }
