package unionpay

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"
)

const keyBits = 2048

type period struct{ from, to time.Time }

// subject is whom a certificate is for.
type subject struct {
	name      string
	serial    int64
	authority bool
	valid     period
}

// issued is a certificate with its key.
type issued struct {
	certificate *x509.Certificate
	key         *rsa.PrivateKey
}

// issue makes a key and a certificate for it; without an issuer it signs itself.
func issue(s subject, by *issued) (*issued, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("key of %s: %w", s.name, err)
	}
	return certify(s, key, by)
}

func certify(s subject, key *rsa.PrivateKey, by *issued) (*issued, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(s.serial), NotBefore: s.valid.from, NotAfter: s.valid.to,
		Subject:  pkix.Name{CommonName: s.name, Organization: []string{"paysim"}, Country: []string{"CN"}},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment, BasicConstraintsValid: true,
	}
	if s.authority {
		template.IsCA, template.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	}
	if by == nil {
		by = &issued{template, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by.certificate, key.Public(), by.key)
	if err != nil {
		return nil, fmt.Errorf("certificate of %s: %w", s.name, err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("certificate of %s: %w", s.name, err)
	}
	return &issued{certificate, key}, nil
}

func (i *issued) text() string { return armor("CERTIFICATE", i.certificate.Raw) }

func (i *issued) keyText() (string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(i.key)
	if err != nil {
		return "", fmt.Errorf("key: %w", err)
	}
	return armor("PRIVATE KEY", der), nil
}

func armor(kind string, bytes []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}))
}

// readIssued reads a certificate and its key.
func readIssued(certificate, key string) (*issued, error) {
	read, err := readCertificate(certificate)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode([]byte(key))
	if block == nil {
		return nil, errors.New("the key is no PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok || !private.PublicKey.Equal(read.PublicKey) {
		return nil, errors.New("the key is not the certificate's")
	}
	return &issued{read, private}, nil
}

func readCertificate(text string) (*x509.Certificate, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("the certificate is no PEM")
	}
	read, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	return read, nil
}
