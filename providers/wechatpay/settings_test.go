package wechatpay_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/wechatpay"
)

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(curve)
	require.NoError(t, err)
	for name, spoil := range map[string]func(*wechatpay.Settings){
		"no merchant":       func(s *wechatpay.Settings) { s.MchID = "" },
		"odd merchant":      func(s *wechatpay.Settings) { s.MchID = "19000/../09" },
		"no app":            func(s *wechatpay.Settings) { s.AppID = "" },
		"serial in small":   func(s *wechatpay.Settings) { s.SerialNo = strings.ToLower(serial) },
		"short serial":      func(s *wechatpay.Settings) { s.SerialNo = serial[1:] },
		"no key":            func(s *wechatpay.Settings) { s.PrivateKey = "" },
		"public as private": func(s *wechatpay.Settings) { s.PrivateKey = s.PublicKey },
		"key and more":      func(s *wechatpay.Settings) { s.PrivateKey += s.PrivateKey },
		"broken key":        func(s *wechatpay.Settings) { s.PrivateKey = pemOf("PRIVATE KEY", []byte("x")) },
		"another curve":     func(s *wechatpay.Settings) { s.PrivateKey = pemOf("PRIVATE KEY", der) },
		"no way to verify":  func(s *wechatpay.Settings) { s.PublicKey, s.PublicKeyID = "", "" },
		"key without id":    func(s *wechatpay.Settings) { s.PublicKeyID = "" },
		"id without key":    func(s *wechatpay.Settings) { s.PublicKey = "" },
		"odd id":            func(s *wechatpay.Settings) { s.PublicKeyID = serial },
		"broken public key": func(s *wechatpay.Settings) { s.PublicKey = pemOf("PUBLIC KEY", []byte("x")) },
		"private as public": func(s *wechatpay.Settings) { s.PublicKey = s.PrivateKey },
		"our own as theirs": func(s *wechatpay.Settings) { s.PublicKey = publicPEM(&keys().merchant.PublicKey) },
		"previous is short": func(s *wechatpay.Settings) { s.PreviousAPIv3Key = "short" },
		"no duration":       func(s *wechatpay.Settings) { s.CloseAfter = "soon" },
		"negative":          func(s *wechatpay.Settings) { s.MinExpiry = "-1s" },
		"too long":          func(s *wechatpay.Settings) { s.H5Life = "25h" },
		"in the clear":      func(s *wechatpay.Settings) { s.BaseURL = "http://api.mch.weixin.qq.com" },
		"backup in clear":   func(s *wechatpay.Settings) { s.BackupURL = "http://192.0.2.1" },
		"file":              func(s *wechatpay.Settings) { s.BaseURL = "file:///etc" },
		"path":              func(s *wechatpay.Settings) { s.BaseURL = "https://api.mch.weixin.qq.com/" },
		"query":             func(s *wechatpay.Settings) { s.OAuthURL = "https://open.weixin.qq.com?a=b" },
		"credentials":       func(s *wechatpay.Settings) { s.OAuthAPIURL = "https://a:b@api.weixin.qq.com" },
	} {
		settings := good("https://api.mch.weixin.qq.com")
		spoil(&settings)
		_, err := wechatpay.New(settings, nil)
		require.Error(t, err, name)
		refusesSilently(t, err)
	}
}

// refusesSilently checks that an error of opening quotes no setting that is secret.
func refusesSilently(t *testing.T, err error) {
	t.Helper()
	for _, hidden := range []string{secret, apiKey, "BEGIN", "a:b"} {
		require.NotContains(t, err.Error(), hidden)
	}
}

func TestAKeyOfAnotherLengthIsRefusedAtOpening(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 16, 24, 31, 33, 64} {
		settings := good("https://api.mch.weixin.qq.com")
		settings.APIv3Key = strings.Repeat("k", n)
		_, err := wechatpay.New(settings, nil)
		require.ErrorContains(t, err, "api_v3_key is exactly 32 bytes long", n)
	}
}

func TestAllThatIsWrongIsToldAtOnce(t *testing.T) {
	t.Parallel()
	_, err := wechatpay.New(wechatpay.Settings{}, nil)
	for _, name := range []string{"mch_id", "app_id", "serial_no", "api_v3_key", "private_key", "public_key"} {
		require.ErrorContains(t, err, name)
	}
}

func TestSettingsAreJSONWithoutUnknownNames(t *testing.T) {
	t.Parallel()
	settings := text(good("https://api.mch.weixin.qq.com"))
	opened, err := wechatpay.Open([]byte(settings), nil)
	require.NoError(t, err)
	require.Equal(t, providers.Seller{Account: mch, App: app}, opened.Seller())
	for _, bad := range []string{
		settings[:len(settings)-1], settings + settings, strings.Replace(settings, "backup_url", "backup", 1), "",
	} {
		_, err := wechatpay.Open([]byte(bad), nil)
		require.Error(t, err)
		refusesSilently(t, err)
	}
	_, err = wechatpay.Open([]byte(strings.Replace(settings, "app_secret", "app_secrte", 1)), nil)
	require.ErrorContains(t, err, `there is no setting "app_secrte"`)
	refusesSilently(t, err)
}

func TestACallersClientIsNotChanged(t *testing.T) {
	t.Parallel()
	client := &http.Client{}
	_, err := wechatpay.New(good("http://127.0.0.1:1"), client)
	require.NoError(t, err)
	require.Nil(t, client.CheckRedirect)
	require.Nil(t, client.Transport)
}
