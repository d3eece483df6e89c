package alipay

import (
	"crypto/md5"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"strings"
	"time"
)

// certificates are what the library reads, each in plain PEM.
type certificates struct {
	app, alipay, roots string
}

// threeCertificates checks that they belong together. The library checks nothing of
// that, and leaves out in silence what it cannot read.
func (s *setup) threeCertificates() error {
	app, alipay, roots := parsed(s.AppCert), parsed(s.AlipayCert), parsed(s.RootCert)
	if len(app) == 0 || len(alipay) == 0 || len(roots) == 0 {
		return errors.New("app_cert, alipay_cert and root_cert are certificates in PEM, all three of them")
	}
	mine, theirs := app[0], alipay[0]
	if key, _ := mine.PublicKey.(*rsa.PublicKey); key == nil || !key.Equal(&s.private.PublicKey) {
		return errors.New("app_cert is not of private_key")
	}
	if !strong(theirs.PublicKey) || s.private.PublicKey.Equal(theirs.PublicKey) {
		return errors.New("alipay_cert is not of an RSA key of Alipay's, of 2048 bits or more")
	}
	named := rsaSigned(roots)
	if named == "" {
		return errors.New("root_cert has no certificate that is signed with RSA")
	}
	if !signedBy(theirs, alipay[1:], roots) {
		return errors.New("alipay_cert is not signed by one of root_cert")
	}
	s.certificates = &certificates{app: pemOf(mine), alipay: pemOf(theirs), roots: named}
	s.trust.key, _ = theirs.PublicKey.(*rsa.PublicKey)
	s.trust.serial = serial(theirs)
	return nil
}

// parsed are the certificates of a text that can be read: Alipay's bundle of roots
// has some of algorithms that Go does not know.
func parsed(text string) []*x509.Certificate {
	var all []*x509.Certificate
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return all
		}
		if certificate, err := x509.ParseCertificate(block.Bytes); err == nil {
			all = append(all, certificate)
		}
	}
}

// rsaSigned is those of the roots that count for their serial number.
func rsaSigned(roots []*x509.Certificate) string {
	var text strings.Builder
	for _, root := range roots {
		if root.SignatureAlgorithm == x509.SHA256WithRSA || root.SignatureAlgorithm == x509.SHA1WithRSA {
			text.WriteString(pemOf(root))
		}
	}
	return text.String()
}

// signedBy says whether a chain leads from a certificate to a root. Time is not
// looked at: whoever runs past a certificate's end is told so by Alipay, and must
// not lose the refunds that are under way.
func signedBy(leaf *x509.Certificate, between, roots []*x509.Certificate) bool {
	options := x509.VerifyOptions{
		Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(),
		CurrentTime: leaf.NotBefore.Add(time.Second), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	}
	for _, root := range roots {
		options.Roots.AddCert(root)
	}
	for _, one := range between {
		options.Intermediates.AddCert(one)
	}
	_, err := leaf.Verify(options)
	return err == nil
}

// serial is Alipay's own name of a certificate, 32 digits [0-9a-f].
func serial(c *x509.Certificate) string {
	sum := md5.Sum([]byte(c.Issuer.String() + c.SerialNumber.String()))
	return hex.EncodeToString(sum[:])
}

func pemOf(c *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}
