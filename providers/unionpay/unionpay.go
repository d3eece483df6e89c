// Package unionpay speaks UnionPay's ACP 5.1.0 (Cloud QuickPass) for one merchant
// account, on the standard library: there is no SDK in Go that is kept. Orders,
// queries and refunds are signed forms; answers are forms that nobody encoded, and
// bring the certificate they are signed with.
package unionpay

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/friendpay/friendpay/providers"
)

// Adapter implements providers.Adapter for one account.
type Adapter struct {
	setup
	patience time.Duration // how long a call may take
	client   *http.Client
	trust    *trust
}

var (
	_ providers.Adapter   = (*Adapter)(nil)
	_ providers.Returning = (*Adapter)(nil)
)

var numberForm = regexp.MustCompile(`^[0-9A-Z]{26}$`)

// shanghai is fixed, so that machines without a time zone database agree.
var shanghai = time.FixedZone("CST", 8*60*60)

// patience bounds a call where the client given does not.
const patience = 10 * time.Second

// Open is the providers.Factory of unionpay. The error never quotes the settings.
func Open(settings []byte, client *http.Client) (providers.Adapter, error) {
	var s Settings
	if err := providers.ReadSettings(settings, &s); err != nil {
		return nil, fmt.Errorf("unionpay: %w", err)
	}
	return New(s, client)
}

// New checks the settings and calls nobody. A nil client means one of its own;
// redirects are never followed, since a signed form is for one address.
func New(settings Settings, client *http.Client) (*Adapter, error) {
	read, err := settings.check()
	if err != nil {
		return nil, err
	}
	a := &Adapter{setup: read, patience: patience, trust: newTrust(read)}
	own := http.Client{}
	if client != nil {
		own = *client
		a.patience = cmp.Or(client.Timeout, patience)
	}
	own.Timeout = 0 // a statement takes longer than a call: each has a context of its own
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	a.client = &own
	return a, nil
}

// Products are "wap" (a mobile browser or UnionPay's app), "pc" (a desktop's), "qr"
// (a code that the payer scans) and "app" (UnionPay's SDK in an app).
func (a *Adapter) Products() []string { return []string{"wap", "pc", "qr", "app"} }

// Seller is the merchant number of the settings; UnionPay knows no apps.
func (a *Adapter) Seller() providers.Seller { return providers.Seller{Account: a.MerID} }

// Close says that there is no such thing: an order stays payable until the end it
// was made with, payTimeout.
func (a *Adapter) Close(context.Context, providers.Ref) error { return providers.ErrNotSupported }
