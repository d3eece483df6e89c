package wechatpay

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/core/auth/validators"
	"github.com/wechatpay-apiv3/wechatpay-go/core/auth/verifiers"
)

const (
	// renewal is how old downloaded certificates may get; WeChat Pay advises less
	// than twelve hours.
	renewal = 11 * time.Hour
	// respite is between two downloads that a stranger could cause, by sending
	// callbacks with serial numbers that nobody knows.
	respite = time.Minute
)

// certificates are WeChat Pay's, as downloaded and still valid. They implement
// core.CertificateGetter and are safe for concurrent use.
type certificates struct {
	turn  chan struct{} // one download at a time
	clock func() time.Time

	mu       sync.Mutex
	download func(ctx context.Context) (map[string]*x509.Certificate, error)
	held     map[string]*x509.Certificate
	came     time.Time // when held was downloaded
	tried    time.Time // when a download was last begun
	used     time.Time // when they were last asked for
}

var _ core.CertificateGetter = (*certificates)(nil)

func (c *certificates) source(download func(ctx context.Context) (map[string]*x509.Certificate, error)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.download, c.used = download, c.clock()
}

func (c *certificates) idle() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.clock().Sub(c.used)
}

// ready makes sure that answers can be verified. Only who holds no certificate at
// all waits for a download; what is held and valid is renewed beside the call.
func (c *certificates) ready(ctx context.Context) error {
	held, age := c.all()
	switch {
	case len(held) == 0:
		return c.renew(ctx, false)
	case age >= renewal:
		c.renewBeside(ctx)
	}
	return nil
}

// renewBeside downloads without holding the caller up, one at a time. That it fails
// is no trouble yet: the next call tries again after the respite.
func (c *certificates) renewBeside(ctx context.Context) {
	select {
	case c.turn <- struct{}{}:
	default:
		return
	}
	asked := c.clock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	go func() {
		defer func() { <-c.turn }()
		defer cancel()
		_ = c.fetch(ctx, asked, true)
	}()
}

// renew downloads, unless somebody else just did. Patient callers have another
// certificate to go on with and ask at most once a respite.
func (c *certificates) renew(ctx context.Context, patient bool) error {
	asked := c.clock()
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return c.fetch(ctx, asked, patient)
}

// fetch is for who has the turn.
func (c *certificates) fetch(ctx context.Context, asked time.Time, patient bool) error {
	c.mu.Lock()
	download, done := c.download, c.came.After(asked)
	if wait := c.clock().Sub(c.tried) < respite; done || patient && wait {
		c.mu.Unlock()
		return nil
	}
	c.tried = c.clock()
	c.mu.Unlock()
	fresh, err := download(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held, c.came = fresh, c.clock()
	return nil
}

func (c *certificates) all() (map[string]*x509.Certificate, time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	valid, now := map[string]*x509.Certificate{}, c.clock()
	c.used = now
	for serial, certificate := range c.held {
		if !now.Before(certificate.NotBefore) && now.Before(certificate.NotAfter) {
			valid[serial] = certificate
		}
	}
	return valid, now.Sub(c.came)
}

// Get looks for a certificate, also among newer ones than are held.
func (c *certificates) Get(ctx context.Context, serial string) (*x509.Certificate, bool) {
	held, _ := c.all()
	if certificate, ok := held[serial]; ok {
		return certificate, true
	}
	if c.renew(ctx, true) != nil {
		return nil, false
	}
	held, _ = c.all()
	certificate, ok := held[serial]
	return certificate, ok
}

// GetAll is what is held and valid.
func (c *certificates) GetAll(context.Context) map[string]*x509.Certificate {
	held, _ := c.all()
	return held
}

// GetNewestSerial is the one that our calls ask to be answered with.
func (c *certificates) GetNewestSerial(context.Context) string {
	var newest string
	held, _ := c.all()
	for serial, certificate := range held {
		if newest == "" || certificate.NotBefore.After(held[newest].NotBefore) {
			newest = serial
		}
	}
	return newest
}

// certificateList is the answer of /v3/certificates.
type certificateList struct {
	Data []struct {
		SerialNo  string   `json:"serial_no"`
		Encrypted resource `json:"encrypt_certificate"`
	} `json:"data"`
}

// downloadCertificates asks through the same road as all calls. The first answer
// of all cannot be verified by what is held: that it was encrypted with the APIv3
// key, and is signed by a certificate it brings, proves it.
func (a *Adapter) downloadCertificates(ctx context.Context) (map[string]*x509.Certificate, error) {
	fetch := func(ctx context.Context) (*core.APIResult, error) {
		return a.unsigned.Get(ctx, "https://"+mainHost+"/v3/certificates")
	}
	result, err := fetch(ctx)
	if err != nil && a.backup != nil && ctx.Err() == nil {
		result, err = fetch(onBackup(ctx))
	}
	if err != nil {
		return nil, fmt.Errorf("download certificates: %w", err)
	}
	defer result.Response.Body.Close()
	brought, err := a.bring(ctx, result.Response)
	if err != nil {
		return nil, fmt.Errorf("download certificates: %w", err)
	}
	return brought, nil
}

var errCertificate = errors.New("a certificate cannot be read or is not the one it is said to be")

func (a *Adapter) bring(ctx context.Context, answer *http.Response) (map[string]*x509.Certificate, error) {
	body, err := peek(answer)
	if err != nil {
		return nil, err
	}
	var list certificateList
	if err := unmarshal(body, &list); err != nil {
		return nil, err
	}
	brought := map[string]*x509.Certificate{}
	for _, one := range list.Data {
		plain, err := a.decrypt(one.Encrypted)
		if err != nil {
			return nil, err
		}
		certificate, err := readCertificate(plain, one.SerialNo)
		if err != nil {
			return nil, err
		}
		brought[one.SerialNo] = certificate
	}
	by := verifiers.NewSHA256WithRSAVerifier(core.NewCertificateMap(brought))
	if err := validators.NewWechatPayResponseValidator(by).Validate(ctx, answer); err != nil {
		return nil, errors.New("the list of certificates is not signed by one of them")
	}
	return brought, nil
}

func readCertificate(text []byte, serial string) (*x509.Certificate, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, errCertificate
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, errCertificate
	}
	if _, usable := certificate.PublicKey.(*rsa.PublicKey); !usable ||
		fmt.Sprintf("%X", certificate.SerialNumber) != strings.TrimLeft(strings.ToUpper(serial), "0") {
		return nil, errCertificate
	}
	return certificate, nil
}
