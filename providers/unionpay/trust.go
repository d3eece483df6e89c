package unionpay

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"strings"
	"sync"
	"time"
)

// maxKnown bounds the certificates that are remembered. UnionPay signs with one for
// years; strangers' are never remembered, since only those that verify are.
const maxKnown = 16

// trust says whose certificates count: those that descend from the root by way of
// the middle one and name UnionPay. Merchants' descend from the same two.
type trust struct {
	root, middle *x509.Certificate
	cn           string // the part of the common name that is UnionPay

	mu    sync.Mutex
	known map[[sha256.Size]byte]*x509.Certificate
}

func newTrust(s setup) *trust {
	return &trust{
		root: s.root, middle: s.middle, cn: s.AcquirerCN, known: map[[sha256.Size]byte]*x509.Certificate{},
	}
}

var errCertificate = errors.New("the certificate is not UnionPay's")

// key is the public key of a certificate that came with a message, if it counts at
// this moment.
func (t *trust) key(text string, now time.Time) (*rsa.PublicKey, error) {
	id := sha256.Sum256([]byte(text))
	t.mu.Lock()
	found := t.known[id]
	t.mu.Unlock()
	if found == nil {
		var err error
		if found, err = t.judge(text, now); err != nil {
			return nil, err
		}
		t.remember(id, found)
	}
	for _, c := range []*x509.Certificate{found, t.middle, t.root} {
		if now.Before(c.NotBefore) || now.After(c.NotAfter) {
			return nil, errCertificate
		}
	}
	public, _ := found.PublicKey.(*rsa.PublicKey)
	return public, nil
}

func (t *trust) remember(id [sha256.Size]byte, c *x509.Certificate) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.known) >= maxKnown {
		clear(t.known)
	}
	t.known[id] = c
}

func (t *trust) judge(text string, now time.Time) (*x509.Certificate, error) {
	leaf, err := certificate(text)
	if err != nil {
		return nil, errCertificate
	}
	public, isRSA := leaf.PublicKey.(*rsa.PublicKey)
	signs := leaf.KeyUsage == 0 || leaf.KeyUsage&x509.KeyUsageDigitalSignature != 0
	if !isRSA || public.N.BitLen() < minBits || leaf.IsCA || !signs || !named(leaf, t.cn) {
		return nil, errCertificate
	}
	roots, middles := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(t.root)
	middles.AddCert(t.middle)
	chains, err := leaf.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: middles, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return nil, errCertificate
	}
	for _, chain := range chains {
		if len(chain) == 3 && chain[1].Equal(t.middle) {
			return leaf, nil
		}
	}
	return nil, errCertificate
}

var commonName = asn1.ObjectIdentifier{2, 5, 4, 3}

// named says whether the one common name has this as its third part, as in
// 041@8310000000083040@中国银联股份有限公司@00016494. With several, somebody else
// might read another one.
func named(c *x509.Certificate, want string) bool {
	var names []string
	for _, attribute := range c.Subject.Names {
		if name, ok := attribute.Value.(string); ok && attribute.Type.Equal(commonName) {
			names = append(names, name)
		}
	}
	if len(names) != 1 {
		return false
	}
	parts := strings.Split(names[0], "@")
	return len(parts) > 2 && parts[2] == want
}

// certificate reads one in PEM, with nothing but blanks behind it.
func certificate(text string) (*x509.Certificate, error) {
	block, rest := pem.Decode([]byte(text))
	if block == nil || block.Type != "CERTIFICATE" || len(block.Headers) > 0 || hasText(rest) {
		return nil, errCertificate
	}
	return x509.ParseCertificate(block.Bytes)
}

// hasText says whether more than blanks follow a PEM block.
func hasText(rest []byte) bool { return strings.TrimSpace(string(rest)) != "" }
