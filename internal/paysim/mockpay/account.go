// Package mockpay simulates a complete payment provider over HTTP: signed
// calls, a page for the payer, callbacks that are repeated, refunds that take
// time, and statements. It shares no code with the adapter that speaks to it.
package mockpay

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
)

// Account is one merchant at the provider. Its JSON, with base_url added, is
// what the adapter wants as settings.
type Account struct {
	Name           string `json:"name,omitempty"` // shown to the payer
	AppID          string `json:"app_id"`
	Merchant       string `json:"merchant"`
	KeyID          string `json:"key_id"`
	Secret         string `json:"secret"`          // signs calls and answers
	CallbackSecret string `json:"callback_secret"` // signs callbacks
}

// NewAccount makes an account with fresh random keys of 256 bits.
func NewAccount(name, appID, merchant string) Account {
	return Account{
		Name: name, AppID: appID, Merchant: merchant,
		KeyID: "key_" + random(9), Secret: random(32), CallbackSecret: random(32),
	}
}

// random is n bytes from the system's source, in base64url; crypto/rand ends
// the program rather than return an error.
func random(n int) string {
	bytes := make([]byte, n)
	_, _ = rand.Read(bytes)
	return base64.RawURLEncoding.EncodeToString(bytes)
}

func (a Account) check() error {
	if a.AppID == "" || a.Merchant == "" || a.KeyID == "" {
		return errors.New("an account needs an app id, a merchant and a key id")
	}
	if len(a.Secret) < 16 || len(a.CallbackSecret) < 16 {
		return fmt.Errorf("account %s: secrets are at least 16 characters", a.Merchant)
	}
	return nil
}

// title is the name a payer reads.
func (a Account) title() string {
	if a.Name != "" {
		return a.Name
	}
	return a.Merchant
}
