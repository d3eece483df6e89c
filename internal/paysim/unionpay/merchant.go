package unionpay

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// merchant is an account with its keys ready for use.
type merchant struct {
	Account
	own      *rsa.PublicKey // checks what the merchant signs
	ownID    string         // the certId it must name
	mine     *issued        // the merchant's certificate and key, for a fault that borrows them
	middle   *issued
	unionPay *issued
}

func open(a Account) (*merchant, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	m := &merchant{Account: a}
	for _, part := range []struct {
		name, certificate, key string
		into                   **issued
	}{
		{"merchant", a.SignCert, a.PrivateKey, &m.mine}, {"middle", a.MiddleCert, a.MiddleKey, &m.middle},
		{"UnionPay", a.UnionPayCert, a.UnionPayKey, &m.unionPay},
	} {
		read, err := readIssued(part.certificate, part.key)
		if err != nil {
			return nil, fmt.Errorf("account %s: %s: %w", a.MerID, part.name, err)
		}
		*part.into = read
	}
	own, ok := m.mine.certificate.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("the merchant's certificate has no RSA key")
	}
	m.own, m.ownID = own, m.mine.certificate.SerialNumber.String()
	return m, nil
}

// digest is what is signed: the SHA-256 of the hexadecimal SHA-256 of the text.
func digest(text string) []byte {
	inner := sha256.Sum256([]byte(text))
	outer := sha256.Sum256([]byte(hex.EncodeToString(inner[:])))
	return outer[:]
}

// signedBy says whether the merchant signed these fields.
func (m *merchant) signedBy(f fields) bool {
	given, err := base64.StdEncoding.Strict().DecodeString(f["signature"])
	return err == nil && rsa.VerifyPKCS1v15(m.own, crypto.SHA256, digest(f.canonical()), given) == nil
}

// sign puts UnionPay's certificate and signature on fields that are about to be
// sent, or spoils that as asked. Empty fields are not sent.
func (p *Provider) sign(m *merchant, f fields, mode faults.Mode) fields {
	signed := f.filled()
	signer := m.unionPay
	switch mode {
	case faults.Unsigned:
		return signed
	case faults.WrongChain:
		signer = stranger().unionPay
	case faults.ExpiredCert:
		signer = m.expired(p.deps.Pace.Now())
	case faults.MerchantCert:
		signer = m.mine
	default: // the other modes are about other things
	}
	signed["signMethod"], signed["certId"] = "01", signer.certificate.SerialNumber.String()
	// Readers that trim values before they verify must not meet a newline at the end.
	signed["signPubKeyCert"] = strings.TrimSpace(signer.text())
	text := signed.canonical()
	if mode == faults.BadSignature || mode == faults.Forged {
		text += "?"
	}
	signature, err := rsa.SignPKCS1v15(nil, signer.key, crypto.SHA256, digest(text))
	if err != nil {
		panic(err) // no key that was read fails
	}
	signed["signature"] = base64.StdEncoding.EncodeToString(signature)
	return signed
}

// expired is UnionPay's certificate from the right chain, out of date for an hour.
func (m *merchant) expired(now time.Time) *issued {
	old, err := certify(subject{SignerCN, expiredSerial, false,
		period{now.AddDate(-2, 0, 0), now.Add(-time.Hour)}}, m.unionPay.key, m.middle)
	if err != nil {
		panic(err) // the same call made the account
	}
	return old
}

// stranger is an account of nobody here with a chain of its own, made when it is
// first needed.
var stranger = sync.OnceValue(func() *merchant {
	account, err := NewAccount("", "777290000000000")
	if err != nil {
		panic(err) // the system's source of chance failed
	}
	m, err := open(account)
	if err != nil {
		panic(err)
	}
	return m
})

// another is a second account of this simulator, or a stranger's.
func (p *Provider) another(m *merchant) *merchant {
	for _, account := range p.deps.Accounts {
		if account.MerID != m.MerID {
			return p.byMerchant[account.MerID]
		}
	}
	return stranger()
}
