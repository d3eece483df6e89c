// Package unionpay simulates UnionPay's ACP 5.1.0 over HTTP as its documents
// describe it: signed forms and answers, a chain of certificates, orders that
// nothing closes, refunds that are accepted first and done later, back and front
// notifications, the zipped statement, and pages that stand for Cloud QuickPass
// (云闪付). It shares no code with the adapter that speaks to it.
package unionpay

import (
	"errors"
	"fmt"
	"regexp"
	"time"
)

// Account is one merchant at UnionPay, with the keys of both sides. What the
// merchant knows bears the names of the adapter's settings. All certificates and
// keys are PEM, keys PKCS #8.
type Account struct {
	Name       string `json:"name,omitempty"` // shown to the payer
	MerID      string `json:"mer_id"`         // 15 digits
	SignCert   string `json:"sign_cert"`      // of the merchant
	PrivateKey string `json:"private_key"`    // of SignCert
	RootCert   string `json:"root_cert"`
	MiddleCert string `json:"middle_cert"`

	// What only UnionPay and the authority know, but for the certificate, which every answer carries.
	RootKey      string `json:"root_key"`
	MiddleKey    string `json:"middle_key"`
	UnionPayCert string `json:"unionpay_cert"`
	UnionPayKey  string `json:"unionpay_key"`
}

// The subjects that section 4.4 of the provider paper shows; the third part of
// UnionPay's own is what merchants look for. SignerCN is exported for tests.
const (
	SignerCN = "041@8310000000083040@中国银联股份有限公司@00016494"

	merchantCN = "041@Z2025@%s@00000001"
	rootCN     = "CFCA ACS CA (simulated)"
	middleCN   = "CFCA ACS OCA31 (simulated)"
)

// Serials are decimal on the wire; these are those of the documents' examples.
const (
	rootSerial     = 4000000000
	middleSerial   = 4000000001
	signerSerial   = 4000000002
	expiredSerial  = 4000000003
	merchantSerial = 69026276696
)

// NewAccount makes an account with fresh keys and certificates on both sides.
// The merchant's certificate comes from the same authority as UnionPay's, as it
// does in life: only the subject tells them apart.
func NewAccount(name, merID string) (Account, error) {
	a := Account{Name: name, MerID: merID}
	now := time.Now()
	whole := period{now.AddDate(-2, 0, 0), now.AddDate(10, 0, 0)} // clocks of tests stand anywhere
	root, err := issue(subject{rootCN, rootSerial, true, whole}, nil)
	if err != nil {
		return Account{}, err
	}
	middle, err := issue(subject{middleCN, middleSerial, true, whole}, root)
	if err != nil {
		return Account{}, err
	}
	signer, err := issue(subject{SignerCN, signerSerial, false, whole}, middle)
	if err != nil {
		return Account{}, err
	}
	merchant, err := issue(subject{fmt.Sprintf(merchantCN, merID), merchantSerial, false, whole}, middle)
	if err != nil {
		return Account{}, err
	}
	for _, made := range []struct {
		from      *issued
		cert, key *string
	}{
		{root, &a.RootCert, &a.RootKey}, {middle, &a.MiddleCert, &a.MiddleKey},
		{signer, &a.UnionPayCert, &a.UnionPayKey}, {merchant, &a.SignCert, &a.PrivateKey},
	} {
		*made.cert = made.from.text()
		if *made.key, err = made.from.keyText(); err != nil {
			return Account{}, err
		}
	}
	return a, nil
}

var merIDForm = regexp.MustCompile(`^\d{15}$`)

func (a Account) check() error {
	if !merIDForm.MatchString(a.MerID) {
		return errors.New("a merchant id has 15 digits")
	}
	return nil
}

// title is the name a payer reads.
func (a Account) title() string {
	if a.Name != "" {
		return a.Name
	}
	return a.MerID
}
