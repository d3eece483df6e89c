package wechatpay

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
)

// The vectors in testdata were made with OpenSSL and Node, by testdata/vectors.sh.

func vector(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "vectors", name))
	require.NoError(t, err)
	return string(text)
}

func recorded(t *testing.T) *Adapter {
	t.Helper()
	a, err := New(Settings{
		AppID: "wx00000000000000a1", MchID: "1900000109", SerialNo: strings.Repeat("A1", 20),
		PrivateKey: vector(t, "test-only-merchant-key.pem"), APIv3Key: "test-only-test-only-test-only-32",
		PublicKeyID: "PUB_KEY_ID_0119000001", PublicKey: vector(t, "wechat-public-key.pem"),
	}, nil)
	require.NoError(t, err)
	return a
}

func TestRecordedSignaturesOfOurs(t *testing.T) {
	t.Parallel()
	a := recorded(t)
	for _, name := range []string{"request", "bridge"} {
		signed, err := a.signed.Sign(t.Context(), vector(t, name+".txt"))
		require.NoError(t, err)
		require.Equal(t, vector(t, name+".sig"), signed.Signature, name)
	}
}

func TestRecordedSignaturesOfTheirs(t *testing.T) {
	t.Parallel()
	a := recorded(t)
	for _, name := range []string{"response", "empty"} {
		message, signature := vector(t, name+".txt"), vector(t, name+".sig")
		require.NoError(t, a.verifier.Verify(t.Context(), a.PublicKeyID, message, signature), name)
		require.Error(t, a.verifier.Verify(t.Context(), a.PublicKeyID, message+" ", signature), name)
		require.Error(t, a.verifier.Verify(t.Context(), "PUB_KEY_ID_2", message, signature), name)
	}
}

func TestARecordedCallback(t *testing.T) {
	t.Parallel()
	a := recorded(t)
	header := http.Header{}
	header.Set("Wechatpay-Timestamp", "1735696923")
	header.Set("Wechatpay-Nonce", "EzbCM0nDG8YCJo2W")
	header.Set("Wechatpay-Signature", vector(t, "callback.sig"))
	header.Set("Wechatpay-Serial", a.PublicKeyID)
	header.Set("Wechatpay-Signature-Type", "WECHATPAY2-SHA256-RSA2048")
	body := []byte(vector(t, "callback.json"))
	notice, err := a.ParseNotice(header, body, time.Unix(1735696923+299, 0))
	require.NoError(t, err)
	require.Equal(t, providers.Notice{
		Key: "EV-2025010110020300001", Kind: providers.PaymentNotice, Number: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
		Type: "TRANSACTION.SUCCESS",
	}, notice)
	_, err = a.ParseNotice(header, body, time.Unix(1735696923+301, 0))
	require.ErrorIs(t, err, providers.ErrForged)
}

func TestARecordedCertificate(t *testing.T) {
	t.Parallel()
	var sealed resource
	require.NoError(t, json.Unmarshal([]byte(vector(t, "certificate.json")), &sealed))
	plain, err := recorded(t).decrypt(sealed)
	require.NoError(t, err)
	const serial = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
	certificate, err := readCertificate(plain, serial)
	require.NoError(t, err)
	require.Equal(t, "test only, not WeChat Pay", certificate.Subject.CommonName)
	_, err = readCertificate(plain, "6"+serial[1:])
	require.Error(t, err)
	_, err = readCertificate([]byte("no PEM"), serial)
	require.Error(t, err)
}
