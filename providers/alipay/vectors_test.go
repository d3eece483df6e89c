package alipay

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// The vectors in testdata were made with OpenSSL and the shell, by testdata/vectors.sh.

func vector(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "vectors", name))
	require.NoError(t, err)
	return string(text)
}

// recorded is an adapter of the recorded keys, in either mode.
func recorded(t *testing.T, certificates bool) *Adapter {
	t.Helper()
	settings := Settings{
		AppID: "2021000000000001", SellerID: "2088000000000001", PrivateKey: vector(t, "test-only-app-key.pem"),
	}
	if certificates {
		settings.AppCert = vector(t, "app-certificate.pem")
		settings.AlipayCert = vector(t, "alipay-certificate.pem")
		settings.RootCert = vector(t, "root-certificates.pem")
	} else {
		settings.AlipayPublicKey = vector(t, "alipay-public-key.pem")
	}
	a, err := New(settings, nil)
	require.NoError(t, err)
	return a
}

func TestARecordedSignatureOfOurs(t *testing.T) {
	t.Parallel()
	call := url.Values{}
	for _, part := range strings.Split(vector(t, "request.txt"), "&") {
		name, value, _ := strings.Cut(part, "=")
		call.Set(name, value)
	}
	signed, err := recorded(t, false).client.SignValues(call)
	require.NoError(t, err)
	signature, ok := exact(vector(t, "request.sig"))
	require.True(t, ok)
	require.Equal(t, signature, signed)
}

func TestARecordedAnswer(t *testing.T) {
	t.Parallel()
	const method = "alipay.trade.precreate"
	node, signature := vector(t, "response.txt"), vector(t, "response.sig")
	answer := `{"alipay_trade_precreate_response":` + node + `,"sign":"` + signature + `"}`
	named := `{"alipay_cert_sn":"` + vector(t, "alipay-certificate.sn") + `",` + answer[1:]
	keys, certificates := recorded(t, false), recorded(t, true)
	require.NoError(t, keys.trust.proves(method, []byte(answer)))
	require.NoError(t, certificates.trust.proves(method, []byte(named)))
	require.ErrorIs(t, keys.trust.proves(method, []byte(named)), errUnsigned)
	require.ErrorIs(t, certificates.trust.proves(method, []byte(answer)), errUnsigned)
	escaped := strings.ReplaceAll(answer, `\/`, `/`)
	require.ErrorIs(t, keys.trust.proves(method, []byte(escaped)), errUnsigned)
}

func TestARecordedCallback(t *testing.T) {
	t.Parallel()
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=UTF-8"}}
	body := []byte(vector(t, "callback.form"))
	for _, certificates := range []bool{false, true} {
		a := recorded(t, certificates)
		notice, err := a.ParseNotice(header, body, time.Now())
		require.NoError(t, err)
		require.Equal(t, providers.Notice{
			Key: "2025010100222100204012345678901234", Kind: providers.PaymentNotice,
			Number: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", Type: "TRADE_SUCCESS",
		}, notice)
		_, err = a.ParseNotice(header, append([]byte("a=1&"), body...), time.Now())
		require.ErrorIs(t, err, providers.ErrForged)
	}
}

func TestRecordedCertificatesAreNamedAsAlipayNamesThem(t *testing.T) {
	t.Parallel()
	a := recorded(t, true)
	require.Equal(t, vector(t, "alipay-certificate.sn"), a.trust.serial)
	shown, err := a.Create(t.Context(), providers.Payment{
		Number: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", Product: "wap", Amount: models.CNY(1), Subject: "a",
		ExpiresAt: time.Now().Add(time.Hour), NotifyURL: "https://pay.example.cn/n",
	})
	require.NoError(t, err)
	address, err := url.Parse(shown.URL)
	require.NoError(t, err)
	require.Equal(t, vector(t, "app-certificate.sn"), address.Query().Get("app_cert_sn"))
	// The root that is not signed with RSA does not count.
	require.Equal(t, vector(t, "root-certificates.sn"), address.Query().Get("alipay_root_cert_sn"))
}
