// Package wechatpay speaks WeChat Pay's APIv3 for one merchant account, with the
// official SDK for signing, verifying and decrypting. What the SDK leaves open is
// closed here: its fixed host, answers it does not verify, bodies without limit,
// callbacks it panics on, bills, and login by WeChat.
package wechatpay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/core/auth"
	"github.com/wechatpay-apiv3/wechatpay-go/core/auth/validators"
	"github.com/wechatpay-apiv3/wechatpay-go/core/auth/verifiers"
	"github.com/wechatpay-apiv3/wechatpay-go/core/option"

	"github.com/friendpay/friendpay/providers"
)

// Adapter implements providers.Adapter and providers.Identifier for one account.
type Adapter struct {
	setup
	patience time.Duration // how long a call may take
	signed   *core.Client  // for answers whose signature the SDK verifies
	unsigned *core.Client  // for bill files, which are proven by a hash
	login    *http.Client
	certs    *certificates // nil without certificate mode
	verifier auth.Verifier
	answers  *validators.WechatPayResponseValidator
}

var (
	_ providers.Adapter    = (*Adapter)(nil)
	_ providers.Bookkeeper = (*Adapter)(nil)
	_ providers.Identifier = (*Adapter)(nil)
	_ providers.Messenger  = (*Adapter)(nil)
)

var numberForm = regexp.MustCompile(`^[0-9A-Z]{26}$`)

// shanghai is fixed, so that machines without a time zone database agree.
var shanghai = time.FixedZone("CST", 8*60*60)

// Open is the providers.Factory of wechatpay. The error never quotes the settings.
func Open(settings []byte, client *http.Client) (providers.Adapter, error) {
	var s Settings
	if err := providers.ReadSettings(settings, &s); err != nil {
		return nil, fmt.Errorf("wechatpay: %w", err)
	}
	return New(s, client)
}

// New checks the settings and calls nobody. A nil client means one of its own;
// redirects are never followed, since a signature is for one address.
func New(settings Settings, client *http.Client) (*Adapter, error) {
	read, err := settings.check()
	if err != nil {
		return nil, err
	}
	a := &Adapter{setup: read, patience: patience}
	own := http.Client{}
	if client != nil {
		own = *client
		a.patience = cmp.Or(client.Timeout, patience)
	}
	// The SDK does not close what it has read. With a time-out of the client's own each
	// call would leave something running until that is over; a context's ends with it.
	own.Timeout = 0
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	wire := own.Transport
	if wire == nil {
		wire = http.DefaultTransport
	}
	login := own
	login.Transport = bounded{wire}
	a.login = &login
	own.Transport = road{main: read.base, backup: read.backup, next: bounded{wire}}
	if a.unsigned, err = a.client(&own, option.WithoutValidator()); err != nil {
		return nil, err
	}
	a.trust()
	a.answers = validators.NewWechatPayResponseValidator(a.verifier)
	if a.signed, err = a.client(&own, option.WithVerifier(a.verifier)); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *Adapter) client(over *http.Client, validator core.ClientOption) (*core.Client, error) {
	client, err := core.NewClient(context.Background(),
		option.WithMerchantCredential(a.MchID, a.SerialNo, a.private), validator, option.WithHTTPClient(over))
	if err != nil {
		return nil, errors.New("wechatpay: the SDK takes no such settings")
	}
	return client, nil
}

// trust decides whose signatures count: the public key's, those of downloaded
// certificates, or either. Our calls ask for the public key's where there is one.
func (a *Adapter) trust() {
	if a.Certificates {
		a.certs = shelf.certificates(a)
	}
	switch {
	case a.certs == nil:
		a.verifier = verifiers.NewSHA256WithRSAPubkeyVerifier(a.PublicKeyID, *a.public)
	case a.public == nil:
		a.verifier = verifiers.NewSHA256WithRSAVerifier(a.certs)
	default:
		a.verifier = verifiers.NewSHA256WithRSACombinedVerifier(a.certs, a.PublicKeyID, *a.public)
	}
}

// Seller is the merchant number and app of the settings.
func (a *Adapter) Seller() providers.Seller {
	return providers.Seller{Account: a.MchID, App: a.AppID}
}
