package wechatpay

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"time"
)

// Settings of one merchant account. They are stored encrypted. At least one way
// of verifying WeChat Pay's signatures is needed: its public key (new merchants),
// its certificates (old ones), or both while a merchant migrates.
type Settings struct {
	BaseURL   string `json:"base_url"`   // "" is https://api.mch.weixin.qq.com
	BackupURL string `json:"backup_url"` // "" is none; WeChat's is https://api2.mch.weixin.qq.com
	AppID     string `json:"app_id"`
	AppSecret string `json:"app_secret"` // "" is an account without login
	MchID     string `json:"mch_id"`
	// SerialNo is of the merchant's certificate, 40 digits [0-9A-F], and
	// PrivateKey belongs to it: PKCS#8 in PEM. Together they sign our calls.
	SerialNo   string `json:"serial_no"`
	PrivateKey string `json:"private_key"`
	// APIv3Key decrypts callbacks and certificates, 32 bytes. While it is being
	// rotated, what was encrypted with PreviousAPIv3Key is read as well.
	APIv3Key         string `json:"api_v3_key"`
	PreviousAPIv3Key string `json:"previous_api_v3_key"`
	PublicKeyID      string `json:"public_key_id"` // PUB_KEY_ID_…
	PublicKey        string `json:"public_key"`    // PKIX in PEM
	Certificates     bool   `json:"certificates"`  // download WeChat Pay's certificates
	OAuthURL         string `json:"oauth_url"`     // "" is https://open.weixin.qq.com
	OAuthAPIURL      string `json:"oauth_api_url"` // "" is https://api.weixin.qq.com
	// CloseAfter is how old an order must be before it is closed, "" is "5m".
	// MinExpiry is how long an order must live at least, "" is "1m": WeChat Pay
	// quietly lengthens what is shorter, and would take money after the attempt's
	// end. H5Life is how long an h5 address is good, "" is "5m". All are Go durations,
	// shorter only where a simulator's time runs faster.
	CloseAfter string `json:"close_after"`
	MinExpiry  string `json:"min_expiry"`
	H5Life     string `json:"h5_life"`
}

// setup is what the settings mean.
type setup struct {
	Settings
	base, backup, oauth, oauthAPI *url.URL // backup may be nil
	private                       *rsa.PrivateKey
	public                        *rsa.PublicKey // nil without public-key mode
	closeAfter, minExpiry, h5Life time.Duration
}

var (
	mchForm    = regexp.MustCompile(`^[0-9]{6,32}$`)
	appForm    = regexp.MustCompile(`^[0-9A-Za-z_-]{1,32}$`)
	serialForm = regexp.MustCompile(`^[0-9A-F]{40}$`)
	keyIDForm  = regexp.MustCompile(`^PUB_KEY_ID_[0-9A-Za-z]{1,64}$`)
)

// keyLength is of AES-256. The SDK takes shorter keys without a word, and a key
// cut short in a form would only show when the first callback is lost.
const keyLength = 32

// check reads the settings. Its errors name a setting and never quote one.
func (s Settings) check() (setup, error) {
	read := setup{Settings: s}
	err := errors.Join(
		when(!mchForm.MatchString(s.MchID), "mch_id is 6 to 32 digits"),
		when(!appForm.MatchString(s.AppID), "app_id is 1 to 32 letters and digits"),
		when(!serialForm.MatchString(s.SerialNo), "serial_no is 40 digits [0-9A-F]"),
		when(len(s.APIv3Key) != keyLength, "api_v3_key is exactly 32 bytes long"),
		when(s.PreviousAPIv3Key != "" && len(s.PreviousAPIv3Key) != keyLength,
			"previous_api_v3_key is exactly 32 bytes long, or absent"),
		when(s.PublicKey == "" && !s.Certificates, "public_key or certificates must be given"),
		when((s.PublicKey == "") != (s.PublicKeyID == ""), "public_key and public_key_id belong together"),
		when(s.PublicKeyID != "" && !keyIDForm.MatchString(s.PublicKeyID), "public_key_id begins with PUB_KEY_ID_"),
		read.addresses(), read.keys(), read.times(),
	)
	if err != nil {
		return setup{}, fmt.Errorf("wechatpay: %w", err)
	}
	return read, nil
}

func when(wrong bool, complaint string) error {
	if wrong {
		return errors.New(complaint)
	}
	return nil
}

func (s *setup) addresses() error {
	for _, a := range []struct {
		name, given, usual string
		into               **url.URL
	}{
		{"base_url", s.BaseURL, "https://" + mainHost, &s.base},
		{"backup_url", s.BackupURL, "", &s.backup},
		{"oauth_url", s.OAuthURL, "https://open.weixin.qq.com", &s.oauth},
		{"oauth_api_url", s.OAuthAPIURL, "https://api.weixin.qq.com", &s.oauthAPI},
	} {
		if a.given == "" {
			a.given = a.usual
		}
		if a.given == "" {
			continue
		}
		address, err := url.Parse(a.given)
		if err != nil || !bare(address) {
			return fmt.Errorf("%s is https://host, or http on this machine, with nothing after it", a.name)
		}
		*a.into = address
	}
	return nil
}

// bare says whether an address is a scheme and a host that may be spoken to: in
// the clear only where nobody else listens.
func bare(a *url.URL) bool {
	safe := a.Scheme == "https" || a.Scheme == "http" && loopback(a.Hostname())
	return safe && a.Hostname() != "" && a.User == nil && a.Path == "" && a.RawQuery == "" &&
		!a.ForceQuery && a.Fragment == ""
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (s *setup) keys() error {
	block, rest := pem.Decode([]byte(s.PrivateKey))
	if block == nil || block.Type != "PRIVATE KEY" || hasText(rest) {
		return errors.New("private_key is one PKCS#8 key in PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if s.private, _ = key.(*rsa.PrivateKey); err != nil || s.private == nil || s.private.N.BitLen() < 2048 {
		return errors.New("private_key is an RSA key of 2048 bits or more")
	}
	if s.PublicKey == "" {
		return nil
	}
	block, rest = pem.Decode([]byte(s.PublicKey))
	if block == nil || block.Type != "PUBLIC KEY" || hasText(rest) {
		return errors.New("public_key is one PKIX key in PEM")
	}
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if s.public, _ = public.(*rsa.PublicKey); err != nil || s.public == nil || s.public.N.BitLen() < 2048 {
		return errors.New("public_key is an RSA key of 2048 bits or more")
	}
	if s.public.Equal(s.private.Public()) {
		return errors.New("public_key is the merchant's own; WeChat Pay's is wanted")
	}
	return nil
}

// hasText says whether more than blanks follow a PEM block.
func hasText(rest []byte) bool {
	for _, c := range rest {
		if c != '\n' && c != '\r' && c != ' ' {
			return true
		}
	}
	return false
}

func (s *setup) times() error {
	for _, d := range []struct {
		name, given string
		usual       time.Duration
		into        *time.Duration
	}{
		{"close_after", s.CloseAfter, 5 * time.Minute, &s.closeAfter},
		{"min_expiry", s.MinExpiry, time.Minute, &s.minExpiry},
		{"h5_life", s.H5Life, 5 * time.Minute, &s.h5Life},
	} {
		*d.into = d.usual
		if d.given == "" {
			continue
		}
		length, err := time.ParseDuration(d.given)
		if err != nil || length < 0 || length > 24*time.Hour {
			return fmt.Errorf("%s is a duration such as 5m, of a day at most", d.name)
		}
		*d.into = length
	}
	return nil
}
