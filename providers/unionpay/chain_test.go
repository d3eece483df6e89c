package unionpay_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"sync"
	"time"
)

// certified is a certificate with its key.
type certified struct {
	cert *x509.Certificate
	key  *rsa.PrivateKey
	pem  string
}

const company = "041@8310000000083040@中国银联股份有限公司@00016494"

var (
	lately = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	later  = time.Date(2120, 1, 1, 0, 0, 0, 0, time.UTC)
)

// Made once: a key takes a while.
var chain = sync.OnceValue(func() (c struct{ root, middle, unionpay, merchant *certified }) {
	c.root = issue(nil, "root", nil)
	c.middle = issue(c.root, "middle", authority)
	c.unionpay = issue(c.middle, company, nil)
	c.merchant = issue(c.middle, "041@"+mer+"@a shop@00000001", func(t *x509.Certificate) {
		t.SerialNumber = big.NewInt(69026276696)
	})
	return c
})

func authority(t *x509.Certificate) {
	t.IsCA, t.BasicConstraintsValid, t.KeyUsage = true, true, x509.KeyUsageCertSign
}

// issue makes a certificate: by nobody it is an authority of its own.
func issue(by *certified, name string, change func(*x509.Certificate)) *certified {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return issueFor(key, by, name, change)
}

func issueFor(key *rsa.PrivateKey, by *certified, name string, change func(*x509.Certificate)) *certified {
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: lately, NotAfter: later,
		KeyUsage: x509.KeyUsageDigitalSignature,
	}
	if by == nil {
		authority(template)
	}
	if change != nil {
		change(template)
	}
	parent, signer := template, crypto.Signer(key)
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		panic(err)
	}
	return &certified{certOf(der), key, pemOf("CERTIFICATE", der)}
}

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func privatePEM(key *rsa.PrivateKey) string {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	return pemOf("PRIVATE KEY", der)
}
