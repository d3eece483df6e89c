package unionpay

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

// Settings of one merchant account. They are stored encrypted. Certificates and
// keys are PEM; what UnionPay hands out as a PFX has to be unpacked first.
type Settings struct {
	Gateway      string `json:"gateway"`       // "" is https://gateway.95516.com/gateway/api
	StatementURL string `json:"statement_url"` // "" is https://filedownload.95516.com/
	MerID        string `json:"mer_id"`        // 15 digits
	// SignCert is the merchant's signing certificate, and PrivateKey belongs to it:
	// PKCS#8. Together they sign our calls.
	SignCert   string `json:"sign_cert"`
	PrivateKey string `json:"private_key"`
	// RootCert and MiddleCert are what UnionPay's own signing certificate must
	// descend from. It comes along with each answer.
	RootCert   string `json:"root_cert"`
	MiddleCert string `json:"middle_cert"`
	// AcquirerCN is the third part, between @, of that certificate's common name.
	// "" is UnionPay's company name; the test environment has 00040000:SIGN.
	AcquirerCN string `json:"acquirer_cn"`
	// MinExpiry is how long an order must live at least, a Go duration, "" is "1m".
	MinExpiry string `json:"min_expiry"`
}

// setup is what the settings mean.
type setup struct {
	Settings
	gateway, statements string // addresses; the gateway's ends without a slash
	certID              string // the signing certificate's serial number, decimal
	private             *rsa.PrivateKey
	root, middle        *x509.Certificate
	minExpiry           time.Duration
}

const (
	usualGateway    = "https://gateway.95516.com/gateway/api"
	usualStatements = "https://filedownload.95516.com/"
	company         = "中国银联股份有限公司"
	minBits         = 2048
)

var merForm = regexp.MustCompile(`^[0-9]{15}$`)

// check reads the settings. Its errors name a setting and never quote one.
func (s Settings) check() (setup, error) {
	read := setup{Settings: s}
	if read.AcquirerCN == "" {
		read.AcquirerCN = company
	}
	var mer error
	if !merForm.MatchString(s.MerID) {
		mer = errors.New("mer_id is 15 digits")
	}
	err := errors.Join(mer, read.addresses(), read.keys(), read.authorities(), read.times())
	if err != nil {
		return setup{}, fmt.Errorf("unionpay: %w", err)
	}
	return read, nil
}

func (s *setup) addresses() error {
	for _, a := range []struct {
		name, given, usual string
		into               *string
	}{
		{"gateway", s.Gateway, usualGateway, &s.gateway},
		{"statement_url", s.StatementURL, usualStatements, &s.statements},
	} {
		if a.given == "" {
			a.given = a.usual
		}
		address, err := url.Parse(a.given)
		if err != nil || !bare(address) {
			return fmt.Errorf("%s is https, or http on this machine, without a query", a.name)
		}
		*a.into = a.given
	}
	s.gateway = strings.TrimRight(s.gateway, "/")
	return nil
}

// bare says whether an address may be spoken to: in the clear only where nobody
// else listens.
func bare(a *url.URL) bool {
	safe := a.Scheme == "https" || a.Scheme == "http" && loopback(a.Hostname())
	return safe && a.Hostname() != "" && a.User == nil && a.RawQuery == "" && !a.ForceQuery && a.Fragment == ""
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// keys reads what signs our calls.
func (s *setup) keys() error {
	block, rest := pem.Decode([]byte(s.PrivateKey))
	if block == nil || block.Type != "PRIVATE KEY" || hasText(rest) {
		return errors.New("private_key is one PKCS#8 key in PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if s.private, _ = key.(*rsa.PrivateKey); err != nil || s.private == nil || s.private.N.BitLen() < minBits {
		return errors.New("private_key is an RSA key of 2048 bits or more")
	}
	signer, err := certificate(s.SignCert)
	if err != nil {
		return errors.New("sign_cert is one certificate in PEM")
	}
	if !s.private.PublicKey.Equal(signer.PublicKey) {
		return errors.New("private_key does not belong to sign_cert")
	}
	s.certID = signer.SerialNumber.String()
	return nil
}

// authorities reads what UnionPay's certificate must descend from.
func (s *setup) authorities() (err error) {
	if s.root, err = certificate(s.RootCert); err != nil || !s.root.IsCA {
		return errors.New("root_cert is the certificate of an authority, in PEM")
	}
	if s.middle, err = certificate(s.MiddleCert); err != nil || !s.middle.IsCA {
		return errors.New("middle_cert is the certificate of an authority, in PEM")
	}
	if s.middle.CheckSignatureFrom(s.root) != nil || s.middle.Equal(s.root) {
		return errors.New("middle_cert does not descend from root_cert")
	}
	return nil
}

func (s *setup) times() error {
	s.minExpiry = time.Minute
	if s.MinExpiry == "" {
		return nil
	}
	length, err := time.ParseDuration(s.MinExpiry)
	if err != nil || length < 0 || length > 24*time.Hour {
		return errors.New("min_expiry is a duration such as 1m, of a day at most")
	}
	s.minExpiry = length
	return nil
}
