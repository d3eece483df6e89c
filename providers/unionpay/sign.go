package unionpay

import (
	"crypto"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"maps"
	"time"

	"github.com/friendpay/friendpay/internal/bug"
)

const (
	version    = "5.1.0"
	signMethod = "01" // RSA over SHA-256
	charset    = "UTF-8"
)

// signed is a message of ours: what each has, what this one says, and the
// signature over both. Empty fields are left out, as UnionPay leaves them out when
// it verifies.
func (a *Adapter) signed(said fields) (fields, error) {
	all := fields{
		"version": version, "encoding": charset, "signMethod": signMethod, "certId": a.certID,
		"accessType": "0", "merId": a.MerID,
	}
	maps.Copy(all, said)
	maps.DeleteFunc(all, func(_, value string) bool { return value == "" })
	digest, err := compose(all).digest()
	if err != nil {
		return nil, err
	}
	signature, err := rsa.SignPKCS1v15(nil, a.private, crypto.SHA256, digest)
	if err != nil {
		return nil, errors.New("the private key does not sign")
	}
	all["signature"] = base64.StdEncoding.EncodeToString(signature)
	return all, nil
}

var errSignature = errors.New("the signature is not UnionPay's")

// verify checks that UnionPay signed a message, with a certificate that counts at
// this moment. Nothing of it is to be read before.
func (a *Adapter) verify(m message, now time.Time) error {
	if bug.SkipVerify {
		return nil
	}
	if m.get("version") != version || m.get("signMethod") != signMethod {
		return errSignature
	}
	key, err := a.trust.key(m.get("signPubKeyCert"), now)
	if err != nil {
		return err
	}
	signature, ok := exact(m.get("signature"))
	if !ok {
		return errSignature
	}
	digest, err := m.digest()
	if err != nil {
		return err
	}
	if rsa.VerifyPKCS1v15(key, crypto.SHA256, digest, signature) != nil {
		return errSignature
	}
	return nil
}

// exact reads base64 in its one proper spelling; the library would also take others
// of the same bytes.
func exact(text string) ([]byte, bool) {
	decoded, err := base64.StdEncoding.DecodeString(text)
	return decoded, err == nil && base64.StdEncoding.EncodeToString(decoded) == text
}
