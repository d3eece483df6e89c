package wechatpay_test

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/wechatpay"
)

// office hands out certificates and signs its answers with one of them.
type office struct {
	serial    string // that it signs with
	key       *rsa.PrivateKey
	listKey   *rsa.PrivateKey // that signs the list, if not key
	list      string          // the body of /v3/certificates
	downloads atomic.Int32
}

func newOffice(n int64, key *rsa.PrivateKey, apiKey string, from, to time.Time) *office {
	serial, pem := certificate(key, n, from, to)
	return &office{serial: serial, key: key, list: listOf(serial, sealed(apiKey, "certificate", pem))}
}

// listing is the same office with another list.
func (o *office) listing(list string) *office {
	return &office{serial: o.serial, key: o.key, list: list}
}

func listOf(serial string, sealed any) string {
	return text(map[string]any{"data": []any{map[string]any{
		"serial_no": serial, "effective_time": "2025-01-01T00:00:00+08:00", "encrypt_certificate": sealed,
	}}})
}

func (o *office) answer(w http.ResponseWriter, r *http.Request, _ []byte) {
	body, key := paidOrder, o.key
	if r.URL.Path == "/v3/certificates" {
		o.downloads.Add(1)
		body, key = o.list, cmp.Or(o.listKey, o.key)
	}
	copyInto(w.Header(), signedBy(key, o.serial, body, time.Now()))
	_, _ = io.WriteString(w, body)
}

// curved is the certificate of a key that is not RSA, with the first office's serial number.
func curved(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: certificateNumber(1), NotBefore: lately, NotAfter: later}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return pemOf("CERTIFICATE", der)
}

func certificateMode(s *wechatpay.Settings) {
	s.Certificates, s.PublicKey, s.PublicKeyID = true, "", ""
}

var (
	lately = time.Now().Add(-time.Hour)
	later  = time.Now().Add(time.Hour)
)

func TestCertificatesAreDownloadedThroughTheSameRoad(t *testing.T) {
	t.Parallel()
	o := newOffice(1, keys().stranger, apiKey, lately, later)
	s := open(t, o.answer)
	for range 3 { // adapters come and go, the certificates stay
		_, err := adapter(t, s, certificateMode).Query(t.Context(), ref)
		require.NoError(t, err)
	}
	require.EqualValues(t, 1, o.downloads.Load())
	require.Equal(t, "/v3/certificates", s.calls()[0].URL.Path)
	require.Equal(t, o.serial, s.calls()[1].Header.Get("Wechatpay-Serial"))
}

func TestCertificatesThatProveNothingAreNotBelieved(t *testing.T) {
	t.Parallel()
	genuine := newOffice(1, keys().stranger, apiKey, lately, later)
	short := sealed(apiKey, "certificate", "x")
	short["nonce"] = "short"
	for name, o := range map[string]*office{
		"another APIv3 key": newOffice(2, keys().stranger, "another key of thirty-two bytes!", lately, later),
		"ended":             newOffice(3, keys().stranger, apiKey, lately, lately.Add(time.Minute)),
		"not yet":           newOffice(4, keys().stranger, apiKey, later, later.Add(time.Hour)),
		"signed by another": {serial: genuine.serial, key: genuine.key, listKey: keys().wechat, list: genuine.list},
		"another serial": {
			serial: serial, key: keys().stranger, list: strings.Replace(genuine.list, genuine.serial, serial, 1),
		},
		"on a curve":    genuine.listing(listOf(genuine.serial, sealed(apiKey, "certificate", curved(t)))),
		"none":          genuine.listing(`{"data":[]}`),
		"null":          genuine.listing(`{"data":[null,{"encrypt_certificate":null}]}`),
		"no list":       genuine.listing(`<html>`),
		"no PEM":        genuine.listing(listOf(genuine.serial, sealed(apiKey, "certificate", "no PEM"))),
		"a short nonce": genuine.listing(listOf(genuine.serial, short)),
	} {
		_, err := adapter(t, open(t, o.answer), certificateMode).Query(t.Context(), ref)
		require.Equal(t, providers.Ambiguous, providers.ClassOf(err), name)
		require.Error(t, err, name)
	}
}

func TestStrangersCannotCauseDownloads(t *testing.T) {
	t.Parallel()
	o := newOffice(5, keys().stranger, apiKey, lately, later)
	a := adapter(t, open(t, o.answer), certificateMode)
	now, body := time.Now(), aPayment(apiKey)
	for range 20 {
		header := signedBy(keys().merchant, serial, body, now)
		_, err := a.ParseNotice(header, []byte(body), now)
		require.ErrorIs(t, err, providers.ErrForged)
	}
	require.EqualValues(t, 1, o.downloads.Load())
	_, err := a.ParseNotice(signedBy(o.key, o.serial, body, now), []byte(body), now)
	require.NoError(t, err)
}

func TestWhileAMerchantMigratesEitherKeyVerifies(t *testing.T) {
	t.Parallel()
	o := newOffice(6, keys().stranger, apiKey, lately, later)
	s := open(t, o.answer)
	a := adapter(t, s, func(s *wechatpay.Settings) { s.Certificates = true })
	now, body := time.Now(), aPayment(apiKey)
	for id, key := range map[string]*rsa.PrivateKey{keyID: keys().wechat, o.serial: o.key} {
		_, err := a.ParseNotice(signedBy(key, id, body, now), []byte(body), now)
		require.NoError(t, err, id)
	}
	for id, key := range map[string]*rsa.PrivateKey{keyID: o.key, o.serial: keys().wechat} {
		_, err := a.ParseNotice(signedBy(key, id, body, now), []byte(body), now)
		require.ErrorIs(t, err, providers.ErrForged, id)
	}
	_, err := a.Query(t.Context(), ref) // answered with the certificate, although asked for the public key
	require.NoError(t, err)
	require.Equal(t, keyID, s.calls()[1].Header.Get("Wechatpay-Serial"))
}

func TestThePublicKeyNeedsNoCertificate(t *testing.T) {
	t.Parallel()
	for _, both := range []bool{false, true} {
		s := open(t, says(200, paidOrder))
		_, err := adapter(t, s, func(s *wechatpay.Settings) { s.Certificates = both }).Query(t.Context(), ref)
		require.NoError(t, err)
		require.Len(t, s.calls(), 1)
	}
}
