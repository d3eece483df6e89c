// Package alipay speaks the protocol of Alipay's gateway for one merchant account,
// with smartwalle's library for framing, signing and verifying. What the library
// leaves open is closed here: refusals it does not verify, certificates it would
// download and trust, answers and callbacks without limit or for somebody else,
// panics, bills, and login by Alipay.
package alipay

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	library "github.com/smartwalle/alipay/v3"

	"github.com/friendpay/friendpay/providers"
)

// Adapter implements providers.Adapter and providers.Identifier for one account.
type Adapter struct {
	setup
	patience time.Duration // how long a call may take
	client   *library.Client
	files    *http.Client // for bills, which nobody signs
}

var (
	_ providers.Adapter    = (*Adapter)(nil)
	_ providers.Identifier = (*Adapter)(nil)
	_ providers.Returning  = (*Adapter)(nil)
)

var numberForm = regexp.MustCompile(`^[0-9A-Z]{26}$`)

// shanghai is fixed, so that machines without a time zone database agree.
var shanghai = time.FixedZone("CST", 8*60*60)

// Open is the providers.Factory of alipay. The error never quotes the settings.
func Open(settings []byte, client *http.Client) (providers.Adapter, error) {
	var s Settings
	if err := providers.ReadSettings(settings, &s); err != nil {
		return nil, fmt.Errorf("alipay: %w", err)
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
	own.Timeout = 0 // each call's context has its own, and a bill takes longer
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	wire := own.Transport
	if wire == nil {
		wire = http.DefaultTransport
	}
	files := own
	files.Transport = bounded{next: wire, limit: maxFile}
	a.files = &files
	own.Transport = road{gateway: read.gateway, trust: read.trust, next: bounded{next: wire, limit: maxAnswer}}
	a.client, err = read.library(&own)
	return a, err
}

// library makes the SDK's client. It is told that this is not production, whatever
// gateway it speaks to: in production it downloads certificates that it does not
// know, and trusts them.
func (s *setup) library(over *http.Client) (*library.Client, error) {
	client, err := library.New(s.AppID, s.privatePEM, false,
		library.WithSandboxGateway(s.gateway.String()), library.WithHTTPClient(over),
		library.WithTimeLocation(shanghai))
	if err != nil {
		return nil, errors.New("alipay: the library takes no such settings")
	}
	if s.certificates == nil {
		err = client.LoadAliPayPublicKey(s.AlipayPublicKey)
	} else {
		err = errors.Join(
			client.LoadAppCertPublicKey(s.certificates.app),
			client.LoadAliPayRootCert(s.certificates.roots),
			client.LoadAlipayCertPublicKey(s.certificates.alipay),
		)
	}
	if err != nil {
		return nil, errors.New("alipay: the library cannot read the keys")
	}
	return client, nil
}

// Seller is the merchant's user number and app of the settings.
func (a *Adapter) Seller() providers.Seller {
	return providers.Seller{Account: a.SellerID, App: a.AppID}
}
