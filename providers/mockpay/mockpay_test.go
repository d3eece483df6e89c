package mockpay_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/mockpay"
	"github.com/friendpay/friendpay/providers/providertest"
)

func good() mockpay.Settings {
	return mockpay.Settings{
		BaseURL: "https://pay.example", AppID: "app", Merchant: "m", KeyID: "key",
		Secret: "the secret", CallbackSecret: "the other secret",
	}
}

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*mockpay.Settings){
		"no address":  func(s *mockpay.Settings) { s.BaseURL = "" },
		"file":        func(s *mockpay.Settings) { s.BaseURL = "file:///etc" },
		"slash":       func(s *mockpay.Settings) { s.BaseURL += "/" },
		"query":       func(s *mockpay.Settings) { s.BaseURL += "?a=b" },
		"credentials": func(s *mockpay.Settings) { s.BaseURL = "https://a:b@pay.example" },
		"app":         func(s *mockpay.Settings) { s.AppID = "" },
		"merchant":    func(s *mockpay.Settings) { s.Merchant = "" },
		"key":         func(s *mockpay.Settings) { s.KeyID = "" },
		"secret":      func(s *mockpay.Settings) { s.Secret = "" },
		"callbacks":   func(s *mockpay.Settings) { s.CallbackSecret = "" },
	} {
		settings := good()
		spoil(&settings)
		_, err := mockpay.New(settings, nil)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "the secret")
	}
	_, err := mockpay.Open([]byte(`{"secret":"the secret"`), nil)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "the secret")
	_, err = mockpay.Open([]byte(`{"callback_secrte":"the secret"}`), nil)
	require.ErrorContains(t, err, `there is no setting "callback_secrte"`)
	require.NotContains(t, err.Error(), "the secret")
}

func TestACallersClientIsNotChanged(t *testing.T) {
	t.Parallel()
	client := &http.Client{}
	_, err := mockpay.New(good(), client)
	require.NoError(t, err)
	require.Nil(t, client.CheckRedirect)
}

func TestAnAnswerToAnotherCallIsNotBelieved(t *testing.T) {
	t.Parallel()
	body := `{"number":"ABCDEFGHIJKLMNOPQRSTUVWXYZ","status":"CLOSED"}`
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	old := mac("the secret", "200\n"+stamp+"\nsome-other-nonce\n"+body)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Mockpay-Timestamp", stamp)
		w.Header().Set("Mockpay-Nonce", "some-other-nonce")
		w.Header().Set("Mockpay-Signature", old)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	settings := good()
	settings.BaseURL = server.URL
	a, err := mockpay.New(settings, server.Client())
	require.NoError(t, err)
	_, err = a.Query(t.Context(), providers.Ref{Number: "ABCDEFGHIJKLMNOPQRSTUVWXYZ"})
	require.Equal(t, providers.Ambiguous, providers.ClassOf(err))
}

func mac(secret, text string) string {
	hash := hmac.New(sha256.New, []byte(secret))
	hash.Write([]byte(text))
	return hex.EncodeToString(hash.Sum(nil))
}

// signed is a callback as the provider would sign it.
func signed(body string, now time.Time) http.Header {
	stamp := strconv.FormatInt(now.Unix(), 10)
	header := http.Header{}
	header.Set("Mockpay-Event", "evt_1")
	header.Set("Mockpay-Timestamp", stamp)
	header.Set("Mockpay-Signature", mac("the other secret", "evt_1\n"+stamp+"\n"+body))
	return header
}

func TestGenuineNoticesAreReadByTheirType(t *testing.T) {
	t.Parallel()
	a, err := mockpay.New(good(), nil)
	require.NoError(t, err)
	const who = `"id":"evt_1","merchant":"m","app_id":"app",`
	const order = `"order":{"number":"ABCDEFGHIJKLMNOPQRSTUVWXYZ"}`
	for body, want := range map[string]struct {
		kind   providers.NoticeKind
		forged bool
	}{
		`{` + who + `"type":"ping"}`:                                 {kind: providers.Probe},
		`{` + who + `"type":"payment.captured",` + order + `}`:       {kind: providers.PaymentNotice},
		`{` + who + `"type":"payment.captured"}`:                     {},
		`{` + who + `"type":"refund.done",` + order + `}`:            {},
		`{` + who + `"type":"contract.signed",` + order + `}`:        {},
		`{"id":"evt_2","merchant":"m","app_id":"app","type":"ping"}`: {forged: true},
		`{"id":"evt_1","merchant":"x","app_id":"app","type":"ping"}`: {forged: true},
		`{"id":"evt_1","merchant":"m","app_id":"x","type":"ping"}`:   {forged: true},
		`ping`:                      {forged: true},
		strings.Repeat(" ", 70_000): {forged: true},
	} {
		now := time.Now()
		notice, err := a.ParseNotice(signed(body, now), []byte(body), now)
		require.Equal(t, want.kind, notice.Kind, body)
		require.Equal(t, want.kind == "", err != nil, body)
		if want.forged {
			require.ErrorIs(t, err, providers.ErrForged)
		}
	}
}

func TestAStatementOfManyPagesIsWhole(t *testing.T) {
	t.Parallel()
	subject, base := stage(t)
	payment := providers.Payment{
		Number: providertest.Number(), Product: "wap", Amount: models.CNY(5), Subject: "many",
		ExpiresAt: time.Now().Add(time.Hour), NotifyURL: base + "/nowhere",
	}
	_, err := subject.Adapter.Create(t.Context(), payment)
	require.NoError(t, err)
	capture := `{"number":"` + payment.Number + `","amount":1}`
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	for range 2001 {
		response, err := client.Post(base+"/sim/mockpay/capture", "application/json", strings.NewReader(capture))
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
	}
	lines, err := providertest.Lines(subject.Adapter.Statement(t.Context(), time.Now()))
	require.NoError(t, err)
	require.Len(t, lines, 2001)
}

func TestAnUnreachableProviderProvesNothing(t *testing.T) {
	t.Parallel()
	settings := good()
	settings.BaseURL = "http://127.0.0.1:1"
	a, err := mockpay.New(settings, nil)
	require.NoError(t, err)
	_, err = a.Query(t.Context(), providers.Ref{Number: "ABCDEFGHIJKLMNOPQRSTUVWXYZ"})
	require.Equal(t, providers.Ambiguous, providers.ClassOf(err))
	require.ErrorContains(t, err, "no answer")
}
