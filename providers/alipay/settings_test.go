package alipay_test

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/alipay"
)

// serialOf is Alipay's name of a certificate.
func serialOf(issuer string, n int) string {
	sum := md5.Sum([]byte(issuer + strconv.Itoa(n)))
	return hex.EncodeToString(sum[:])
}

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	spoil := map[string]func(*alipay.Settings){
		"app_id":            func(s *alipay.Settings) { s.AppID = "20210000000000" },
		"seller_id":         func(s *alipay.Settings) { s.SellerID = "2021000000000001" },
		"gateway":           func(s *alipay.Settings) { s.Gateway = "http://openapi.alipay.com/gateway.do" },
		"gateway is":        func(s *alipay.Settings) { s.Gateway += "?a=b" },
		"authorize_url":     func(s *alipay.Settings) { s.AuthorizeURL = "https://u:p@openauth.alipay.com/x" },
		"private_key":       func(s *alipay.Settings) { s.PrivateKey = "MIIE" },
		"private_key is":    func(s *alipay.Settings) { s.PrivateKey += s.PrivateKey },
		"alipay_public_key": func(s *alipay.Settings) { s.AlipayPublicKey = "MIIB" },
		"own; Alipay's":     func(s *alipay.Settings) { s.AlipayPublicKey = publicPEM(&keys().merchant.PublicKey) },
		"must be given":     func(s *alipay.Settings) { s.AlipayPublicKey = "" },
		"and not both":      func(s *alipay.Settings) { s.RootCert = "x" },
		"min_expiry":        func(s *alipay.Settings) { s.MinExpiry = "-1s" },
	}
	for complaint, change := range spoil {
		settings := good("http://127.0.0.1:1")
		change(&settings)
		_, err := alipay.New(settings, nil)
		require.ErrorContains(t, err, complaint)
		require.NotContains(t, err.Error(), "MII", "an error quotes a setting")
	}
}

func TestCertificatesMustBelongTogether(t *testing.T) {
	t.Parallel()
	spoil := map[string]func(*alipay.Settings){
		"all three": func(s *alipay.Settings) { s.AppCert = "" },
		"not of private": func(s *alipay.Settings) {
			s.AppCert = certificate(&keys().stranger.PublicKey, 3, false)
		},
		"not signed by one": func(s *alipay.Settings) {
			s.RootCert = certificate(&keys().stranger.PublicKey, 1, false)
		},
		"not of an RSA key": func(s *alipay.Settings) {
			s.AlipayCert = certificate(&keys().merchant.PublicKey, 3, false)
		},
	}
	for complaint, change := range spoil {
		settings := good("http://127.0.0.1:1")
		certificateMode(&settings)
		change(&settings)
		_, err := alipay.New(settings, nil)
		require.ErrorContains(t, err, complaint)
	}
	settings := good("http://127.0.0.1:1")
	certificateMode(&settings)
	// What the library leaves out in silence must not hide the root behind it.
	settings.RootCert = "subject=a remark\n-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n" +
		settings.RootCert + "another\n"
	_, err := alipay.New(settings, nil)
	require.NoError(t, err)
}

func TestAnAccountIsOpenedFromItsSettings(t *testing.T) {
	t.Parallel()
	stored, err := json.Marshal(good("https://openapi.alipay.com"))
	require.NoError(t, err)
	a, err := alipay.Open(stored, nil)
	require.NoError(t, err)
	require.Equal(t, providers.Seller{Account: seller, App: app}, a.Seller())
	require.ElementsMatch(t, []string{"jsapi", "wap", "page", "qr"}, a.Products())
	_, err = alipay.Open([]byte(`{"app_secret":"hidden"}`), nil)
	require.ErrorContains(t, err, "app_secret")
	require.NotContains(t, err.Error(), "hidden")
}
