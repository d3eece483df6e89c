package unionpay_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/unionpay"
)

// believes says whether a callback signed with this certificate is believed.
func believes(a *unionpay.Adapter, c *certified, at time.Time) bool {
	_, err := a.ParseNotice(header(), []byte(told.signedBy(c).encoded()), at)
	return err == nil
}

func TestCertificatesThatProveNothingAreNotBelieved(t *testing.T) {
	t.Parallel()
	root, middle := chain().root, chain().middle
	key := chain().unionpay.key
	strangeRoot := issue(nil, "root", nil)
	strange := issueFor(strangeRoot.key, strangeRoot, "middle", authority)
	other := issueFor(strangeRoot.key, root, "another middle", authority)
	now := time.Now()
	for name, c := range map[string]*certified{
		"a merchant's":        chain().merchant,
		"of another root":     issueFor(key, strange, company, nil),
		"of another middle":   issueFor(key, other, company, nil),
		"of the root itself":  issueFor(key, root, company, nil),
		"signed by itself":    issueFor(key, nil, company, nil),
		"by a merchant":       issueFor(key, chain().merchant, company, nil),
		"an authority's":      issueFor(key, middle, company, signingAuthority),
		"ended":               issueFor(key, middle, company, ended),
		"not yet":             issueFor(key, middle, company, notYet),
		"not for signing":     issueFor(key, middle, company, notForSigning),
		"no name":             issueFor(key, middle, "", nil),
		"no @":                issueFor(key, middle, "中国银联股份有限公司", nil),
		"one @":               issueFor(key, middle, "041@中国银联股份有限公司", nil),
		"the wrong part":      issueFor(key, middle, "中国银联股份有限公司@a@b@c", nil),
		"another company":     issueFor(key, middle, "041@a@中国银联股份有限公司上海分公司@b", nil),
		"the test system's":   issueFor(key, middle, "041@Z12@00040000:SIGN@00000001", nil),
		"with a name before":  issueFor(key, middle, "", names("041@a@a shop@b", company)),
		"with a name behind":  issueFor(key, middle, "", names(company, "041@a@a shop@b")),
		"another's signature": {chain().unionpay.cert, chain().merchant.key, chain().unionpay.pem},
		"no PEM":              {chain().unionpay.cert, key, "no PEM"},
		"with headers": {chain().unionpay.cert, key, strings.Replace(
			chain().unionpay.pem, "CERTIFICATE-----\n", "CERTIFICATE-----\na: b\n\n", 1)},
		"two of them": {chain().unionpay.cert, key, chain().unionpay.pem + chain().merchant.pem},
		"none":        {chain().unionpay.cert, key, ""},
		"on a curve":  {chain().unionpay.cert, key, curved()},
	} {
		require.False(t, believes(adapter(t, nil, nil), c, now), name)
	}
	require.True(t, believes(adapter(t, nil, nil), chain().unionpay, now))
	require.True(t, believes(adapter(t, nil, nil), issueFor(key, middle, company, func(t *x509.Certificate) {
		t.KeyUsage = 0 // says nothing of what it is for
	}), now))
}

func signingAuthority(t *x509.Certificate) {
	authority(t)
	t.KeyUsage |= x509.KeyUsageDigitalSignature
}

func ended(t *x509.Certificate) { t.NotAfter = time.Now().Add(-time.Second) }

func notYet(t *x509.Certificate) { t.NotBefore = time.Now().Add(time.Hour) }

func notForSigning(t *x509.Certificate) { t.KeyUsage = x509.KeyUsageKeyEncipherment }

func names(all ...string) func(*x509.Certificate) {
	return func(t *x509.Certificate) {
		for _, name := range all {
			t.Subject.ExtraNames = append(t.Subject.ExtraNames, pkix.AttributeTypeAndValue{
				Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: name,
			})
		}
	}
}

// curved is a certificate of UnionPay's, by name and chain, whose key is not RSA.
func curved() string {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template, by := *chain().unionpay.cert, chain().middle
	der, err := x509.CreateCertificate(rand.Reader, &template, by.cert, &key.PublicKey, by.key)
	if err != nil {
		panic(err)
	}
	return pemOf("CERTIFICATE", der)
}

func TestACertificateCountsAtItsTime(t *testing.T) {
	t.Parallel()
	a := adapter(t, nil, nil)
	require.True(t, believes(a, chain().unionpay, time.Now())) // which remembers it
	require.False(t, believes(a, chain().unionpay, lately.Add(-time.Second)))
	require.False(t, believes(a, chain().unionpay, later.Add(time.Second)))
	short := issue(chain().root, "a short middle", func(c *x509.Certificate) {
		authority(c)
		c.NotAfter = time.Now().Add(time.Hour)
	})
	leaf := issueFor(chain().unionpay.key, short, company, nil)
	b := adapter(t, nil, func(s *unionpay.Settings) { s.MiddleCert = short.pem })
	require.True(t, believes(b, leaf, time.Now()))
	require.False(t, believes(b, leaf, time.Now().Add(2*time.Hour)), "the middle one has ended")
}

func TestTheTestSystemHasAnotherName(t *testing.T) {
	t.Parallel()
	of := issueFor(chain().unionpay.key, chain().middle, "041@Z12@00040000:SIGN@00000001", nil)
	a := adapter(t, nil, func(s *unionpay.Settings) { s.AcquirerCN = "00040000:SIGN" })
	require.True(t, believes(a, of, time.Now()))
	require.False(t, believes(a, chain().unionpay, time.Now()), "not both")
}

func TestACertificateMayEndWithANewline(t *testing.T) {
	t.Parallel()
	said := told.with(form{"signPubKeyCert": chain().unionpay.pem}).signedBy(chain().unionpay)
	require.Equal(t, "\n", said["signPubKeyCert"][len(said["signPubKeyCert"])-1:])
	_, err := adapter(t, nil, nil).ParseNotice(header(), []byte(said.encoded()), time.Now())
	require.NoError(t, err)
}

func TestManyCertificatesTakeNoRoom(t *testing.T) {
	t.Parallel()
	a := adapter(t, nil, nil)
	for i := range 40 { // more than are remembered, each in several spellings
		c := issueFor(chain().unionpay.key, chain().middle, fmt.Sprintf("041@%d@中国银联股份有限公司@b", i), nil)
		require.True(t, believes(a, c, time.Now()))
		require.LessOrEqual(t, unionpay.Remembered(a), 16)
	}
	before := unionpay.Remembered(a)
	require.False(t, believes(a, chain().merchant, time.Now()))
	require.Equal(t, before, unionpay.Remembered(a), "strangers' are not remembered")
}

func TestOnlyWhatVerifiesIsBelieved(t *testing.T) {
	t.Parallel()
	stolen := &certified{chain().unionpay.cert, chain().merchant.key, chain().unionpay.pem}
	for _, by := range []*certified{chain().merchant, stolen} {
		said := echo(form{"orderId": number, "txnTime": "20250101100000"}).with(paid).signedBy(by)
		for _, code := range []string{"00", "34", "35"} {
			a := adapter(t, open(t, raw(200, said.with(form{"respCode": code}).text())), nil)
			_, err := a.Query(t.Context(), ref)
			classed(t, err, providers.Ambiguous, "ANSWER")
			_, err = a.Create(t.Context(), payment("qr"))
			classed(t, err, providers.Ambiguous, "ANSWER")
			_, err = a.Refund(t.Context(), refund())
			classed(t, err, providers.Ambiguous, "ANSWER")
		}
	}
}
