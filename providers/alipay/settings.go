package alipay

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Settings of one merchant account. They are stored encrypted. Alipay's signatures
// are verified in one of two modes, as the app was set up at Alipay: with its public
// key, or with three certificates.
type Settings struct {
	Gateway      string `json:"gateway"`       // "" is https://openapi.alipay.com/gateway.do
	AuthorizeURL string `json:"authorize_url"` // "" is https://openauth.alipay.com/oauth2/publicAppAuthorize.htm
	AppID        string `json:"app_id"`        // 16 digits
	SellerID     string `json:"seller_id"`     // 2088 and 12 more digits
	PrivateKey   string `json:"private_key"`   // the app's: PKCS#8 in PEM
	// AlipayPublicKey is for the key mode: PKIX in PEM.
	AlipayPublicKey string `json:"alipay_public_key"`
	// The three are for the certificate mode, in PEM. Each may be followed by those
	// that signed it.
	AppCert    string `json:"app_cert"`
	AlipayCert string `json:"alipay_cert"`
	RootCert   string `json:"root_cert"`
	// MinExpiry is how long an order must live at least, "" is "1m": Alipay takes no
	// shorter ones. A Go duration, shorter only where a simulator's time runs faster.
	MinExpiry string `json:"min_expiry"`
}

// setup is what the settings mean.
type setup struct {
	Settings
	gateway, authorize *url.URL
	private            *rsa.PrivateKey
	privatePEM         string
	certificates       *certificates // nil in key mode
	trust              trust
	minExpiry          time.Duration
}

var (
	appForm    = regexp.MustCompile(`^[0-9]{16}$`)
	sellerForm = regexp.MustCompile(`^2088[0-9]{12}$`)
)

// check reads the settings. Its errors name a setting and never quote one.
func (s Settings) check() (setup, error) {
	read := setup{Settings: s}
	err := errors.Join(
		when(!appForm.MatchString(s.AppID), "app_id is 16 digits"),
		when(!sellerForm.MatchString(s.SellerID), "seller_id is 2088 and 12 more digits"),
		read.addresses(), read.keys(), read.times(),
	)
	if err != nil {
		return setup{}, fmt.Errorf("alipay: %w", err)
	}
	return read, nil
}

func when(wrong bool, complaint string) error {
	if wrong {
		return errors.New(complaint)
	}
	return nil
}

const (
	usualGateway   = "https://openapi.alipay.com/gateway.do"
	usualAuthorize = "https://openauth.alipay.com/oauth2/publicAppAuthorize.htm"
)

func (s *setup) addresses() error {
	for _, a := range []struct {
		name, given, usual string
		into               **url.URL
	}{
		{"gateway", s.Gateway, usualGateway, &s.gateway},
		{"authorize_url", s.AuthorizeURL, usualAuthorize, &s.authorize},
	} {
		if a.given == "" {
			a.given = a.usual
		}
		address, err := url.Parse(a.given)
		if err != nil || !plain(address) {
			return fmt.Errorf("%s is https://host/path, or http on this machine, with nothing after it", a.name)
		}
		*a.into = address
	}
	return nil
}

// plain says whether an address may be spoken to: in the clear only where nobody
// else listens. Parameters are added by others.
func plain(a *url.URL) bool {
	return safe(a) && a.Path != "" && a.RawQuery == "" && !a.ForceQuery && a.Fragment == ""
}

func safe(a *url.URL) bool {
	secret := a.Scheme == "https" || a.Scheme == "http" && loopback(a.Hostname())
	return secret && a.Hostname() != "" && a.User == nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (s *setup) keys() error {
	block, rest := pem.Decode([]byte(s.PrivateKey))
	if block == nil || block.Type != "PRIVATE KEY" || strings.TrimSpace(string(rest)) != "" {
		return errors.New("private_key is one PKCS#8 key in PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if s.private, _ = key.(*rsa.PrivateKey); err != nil || s.private == nil || !strong(&s.private.PublicKey) {
		return errors.New("private_key is an RSA key of 2048 bits or more")
	}
	s.privatePEM = string(pem.EncodeToMemory(block))
	three := []string{s.AppCert, s.AlipayCert, s.RootCert}
	given := strings.Join(three, "")
	switch {
	case (s.AlipayPublicKey == "") == (given == ""):
		return errors.New("alipay_public_key, or app_cert, alipay_cert and root_cert, must be given, and not both")
	case given == "":
		return s.publicKey()
	default:
		return s.threeCertificates()
	}
}

func (s *setup) publicKey() error {
	block, rest := pem.Decode([]byte(s.AlipayPublicKey))
	if block == nil || block.Type != "PUBLIC KEY" || strings.TrimSpace(string(rest)) != "" {
		return errors.New("alipay_public_key is one PKIX key in PEM")
	}
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil || !strong(public) {
		return errors.New("alipay_public_key is an RSA key of 2048 bits or more")
	}
	s.trust.key, _ = public.(*rsa.PublicKey)
	if s.trust.key.Equal(&s.private.PublicKey) {
		return errors.New("alipay_public_key is the app's own; Alipay's is wanted")
	}
	s.AlipayPublicKey = string(pem.EncodeToMemory(block))
	return nil
}

// strong says whether a key is of RSA and long enough.
func strong(key any) bool {
	public, _ := key.(*rsa.PublicKey)
	return public != nil && public.N != nil && public.N.BitLen() >= 2048
}

const maxMinExpiry = 24 * time.Hour

func (s *setup) times() error {
	s.minExpiry = time.Minute
	if s.MinExpiry == "" {
		return nil
	}
	length, err := time.ParseDuration(s.MinExpiry)
	if err != nil || length < 0 || length > maxMinExpiry {
		return errors.New("min_expiry is a duration such as 1m, of a day at most")
	}
	s.minExpiry = length
	return nil
}
