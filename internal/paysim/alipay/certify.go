package alipay

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/md5" // what serials of certificates are hashed with
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// issuer is a certificate that may sign others.
type issuer struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

// certify makes the certificates of both sides: two roots of RSA and one of
// another kind, an authority under the first, and under that the app's and
// Alipay's own.
func (a *Account) certify(app, own *rsa.PrivateKey) error {
	var kept string // the roots' keys are kept nowhere
	first, err := newKey(&kept)
	if err != nil {
		return err
	}
	odd, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	root, err1 := issue("Simulated Root Authority R1", first, first.Public(), nil)
	second, err2 := issue("Simulated Root Authority R2", first, first.Public(), nil)
	other, err3 := issue("Simulated Root Authority E1", odd, odd.Public(), nil)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	a.RootCert = pems(other.certificate, root.certificate, second.certificate)
	middle, err := issue("Simulated Authority Class 2 R1", first, first.Public(), root)
	if err != nil {
		return err
	}
	appCert, err1 := issue(a.AppID, nil, app.Public(), middle)
	alipayCert, err2 := issue("Simulated Alipay (gateway)", nil, own.Public(), middle)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	a.AppCert = pems(appCert.certificate)
	a.AlipayCert = pems(alipayCert.certificate, middle.certificate)
	return nil
}

// issue makes a certificate, valid for five years; without an issuer it signs
// itself, and without a key it may sign no others.
func issue(name string, key crypto.Signer, public any, by *issuer) (*issuer, error) {
	serial := make([]byte, 16)
	_, _ = rand.Read(serial) // ends the program rather than fail
	serial[0] = serial[0]&0x3f | 0x40
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial), NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(5, 0, 0),
		Subject: pkix.Name{
			Country: []string{"CN"}, Organization: []string{"paysim"},
			OrganizationalUnit: []string{"Certification Authority"}, CommonName: name,
		},
		KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true, IsCA: key != nil,
	}
	if template.IsCA {
		template.KeyUsage |= x509.KeyUsageCertSign
	}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.certificate, by.key
	}
	text, err := x509.CreateCertificate(rand.Reader, template, parent, public, signer)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	certificate, err := x509.ParseCertificate(text)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	return &issuer{certificate, key}, nil
}

func pems(list ...*x509.Certificate) string {
	var text strings.Builder
	for _, certificate := range list {
		text.WriteString(armor("CERTIFICATE", certificate.Raw))
	}
	return text.String()
}

// serialOf is what Alipay calls a certificate: the MD5 of who issued it and of its
// number in decimal digits.
func serialOf(certificate *x509.Certificate) string {
	digest := md5.Sum([]byte(certificate.Issuer.String() + certificate.SerialNumber.String()))
	return hex.EncodeToString(digest[:])
}

// serialOfRoots joins the serials of those roots that are signed by RSA.
func serialOfRoots(list []*x509.Certificate) string {
	var serials []string
	for _, certificate := range list {
		if certificate.PublicKeyAlgorithm == x509.RSA {
			serials = append(serials, serialOf(certificate))
		}
	}
	return strings.Join(serials, "_")
}

func readCertificates(text string) ([]*x509.Certificate, error) {
	var list []*x509.Certificate
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		list = append(list, certificate)
	}
	if len(list) == 0 {
		return nil, errors.New("no PEM")
	}
	return list, nil
}
