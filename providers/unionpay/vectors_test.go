package unionpay

import (
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// The vectors in testdata were made with OpenSSL, iconv and Node, by testdata/vectors.sh.

func vector(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "vectors", name))
	require.NoError(t, err)
	return string(text)
}

// recorded is an adapter with the recorded keys, and a moment at which they count.
func recorded(t *testing.T) (*Adapter, time.Time) {
	t.Helper()
	a, err := New(Settings{
		MerID: "777290058110048", SignCert: vector(t, "merchant-cert.pem"),
		PrivateKey: vector(t, "test-only-merchant-key.pem"),
		RootCert:   vector(t, "root-cert.pem"), MiddleCert: vector(t, "middle-cert.pem"),
	}, nil)
	require.NoError(t, err)
	signer := theirs(t)
	require.Equal(t, "4000000001", signer.SerialNumber.String())
	return a, signer.NotBefore.Add(time.Hour)
}

func theirs(t *testing.T) *x509.Certificate {
	t.Helper()
	c, err := certificate(vector(t, "unionpay-cert.pem"))
	require.NoError(t, err)
	return c
}

func TestARecordedCall(t *testing.T) {
	t.Parallel()
	a, _ := recorded(t)
	said := fields{
		"backUrl": "https://pay.example.cn/v1/callbacks/unionpay/a?x=1&y=2",
		"bizType": "000201", "channelType": "07", "currencyCode": "156",
		"frontUrl": "https://pay.example.cn/pay/result", "txnAmt": "12900",
		"orderId": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "payTimeout": "20250101103000", "reqReserved": "pc",
		"riskRateInfo": "{commodityName=代付-耳机 a b}", "txnSubType": "01", "txnTime": "20250101100000",
		"txnType": "01", "empty": "",
	}
	signed, err := a.signed(said)
	require.NoError(t, err)
	require.Equal(t, vector(t, "request.sig"), signed["signature"])
	require.Equal(t, "69026276696", signed["certId"], "a serial number is decimal")
	require.NotContains(t, signed, "empty")
}

func TestARecordedAnswer(t *testing.T) {
	t.Parallel()
	a, now := recorded(t)
	text := vector(t, "answer.txt")
	m, err := parse(strings.NewReader(text), int64(len(text)))
	require.NoError(t, err)
	require.NoError(t, a.verify(m, now))
	status, err := capture(providers.Status{State: state(m.get("origRespCode"))}, m, providers.Ref{
		CreatedAt: time.Date(2025, 1, 1, 2, 0, 0, 0, time.UTC),
	})
	require.NoError(t, err)
	require.Equal(t, models.CNY(12900), status.Captured)
	require.Equal(t, models.CNY(100), status.Coupon, "whose description has an &")
	require.Equal(t, "0001/02", status.Funding)
	require.Equal(t, time.Date(2025, 1, 1, 10, 2, 3, 0, shanghai), status.PaidAt)
	require.Error(t, a.verify(m, theirs(t).NotBefore.Add(-time.Second)))
	for _, change := range []string{"txnAmt=12900", "empty=", "accNo=6216", "certId=4"} {
		other := strings.Replace(text, change, change+"1", 1)
		m, err := parse(strings.NewReader(other), int64(len(other)))
		require.NoError(t, err)
		require.ErrorIs(t, a.verify(m, now), errSignature, change)
	}
}

func TestARecordedCallback(t *testing.T) {
	t.Parallel()
	a, now := recorded(t)
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}}
	body := []byte(vector(t, "callback.form"))
	notice, err := a.ParseNotice(header, body, now)
	require.NoError(t, err)
	require.Equal(t, providers.Notice{
		Key: "777290058110048.ABCDEFGHIJKLMNOPQRSTUVWXYZ.20250101100000.01.00", Kind: providers.PaymentNotice,
		Number: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", Type: "01.00",
	}, notice)
	_, err = a.ParseNotice(header, body, now.AddDate(200, 0, 0))
	require.ErrorIs(t, err, providers.ErrForged)
}

func TestARecordedFile(t *testing.T) {
	t.Parallel()
	a, now := recorded(t)
	text := vector(t, "file.txt")
	m, err := parse(strings.NewReader(text), int64(len(text)))
	require.NoError(t, err)
	require.NoError(t, a.verify(m, now))
	var lines []providers.Entry
	day := time.Date(2025, 1, 1, 0, 0, 0, 0, shanghai)
	require.NoError(t, a.unpack(m, day, func(e providers.Entry) bool { lines = append(lines, e); return true }))
	require.Equal(t, []providers.Entry{{
		Kind: providers.CaptureEntry, Number: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", Transaction: "212501011000001234567",
		Amount: models.CNY(12900), Fee: models.CNY(71), At: time.Date(2025, 1, 1, 10, 2, 3, 0, shanghai),
	}, {
		Kind: providers.RefundEntry, Number: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", Refund: "0123456789ABCDEFGHIJKLMNOP",
		Transaction: "212501011015001234567", Amount: models.CNY(900), Fee: models.CNY(-5),
		At: time.Date(2025, 1, 1, 10, 15, 0, 0, shanghai),
	}}, lines)
}
