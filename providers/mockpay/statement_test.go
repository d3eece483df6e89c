package mockpay_test

import (
	"io"
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

// answered is an adapter of a provider that answers every call with this, signed.
func answered(t *testing.T, body string) *mockpay.Adapter {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stamp := strconv.FormatInt(time.Now().Unix(), 10)
		w.Header().Set("Mockpay-Timestamp", stamp)
		w.Header().Set("Mockpay-Signature",
			mac("the secret", "200\n"+stamp+"\n"+r.Header.Get("Mockpay-Nonce")+"\n"+body))
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	settings := good()
	settings.BaseURL = server.URL
	a, err := mockpay.New(settings, server.Client())
	require.NoError(t, err)
	return a
}

func TestAStatementThatIsNotThereComesLater(t *testing.T) {
	t.Parallel()
	subject, _ := stage(t)
	read := func(mode string) error {
		fault := providertest.Fault{Op: providertest.OpStatement, Mode: mode}
		require.NoError(t, subject.Driver.Fault(t.Context(), fault))
		_, err := providertest.Lines(subject.Adapter.Statement(t.Context(), time.Now()))
		return err
	}
	for mode, code := range map[string]string{"missing": "STATEMENT_MISSING", "making": "STATEMENT_CREATING"} {
		var failed *providers.Error
		require.ErrorAs(t, read(mode), &failed)
		require.Equal(t, providers.Refused, failed.Class)
		require.Equal(t, code, failed.Code)
		require.Equal(t, time.Second, failed.RetryAfter)
	}
	for _, mode := range []string{"bad_hash", "garbage"} {
		require.Equal(t, providers.Ambiguous, providers.ClassOf(read(mode)), mode)
	}
	require.NoError(t, read("extra_row"))
}

// A fee that was not agreed is told as it is: who compares finds it.
func TestAWrongFeeOfTheSimulatorIsTold(t *testing.T) {
	t.Parallel()
	subject, _ := stage(t)
	payment := providers.Payment{
		Number: providertest.Number(), Product: "wap", Amount: models.CNY(12900), Subject: "tea",
		NotifyURL: "http://127.0.0.1:1/", ReturnURL: "http://127.0.0.1:1/", CreatedAt: time.Now(),
		ExpiresAt: time.Now().Add(time.Hour),
	}
	_, err := subject.Adapter.Create(t.Context(), payment)
	require.NoError(t, err)
	require.NoError(t, subject.Driver.Pay(t.Context(), payment.Number))
	fault := providertest.Fault{Op: providertest.OpStatement, Mode: "wrong_fee", Number: payment.Number}
	require.NoError(t, subject.Driver.Fault(t.Context(), fault))
	for _, fee := range []int64{155, 77} {
		lines, err := providertest.Lines(subject.Adapter.Statement(t.Context(), time.Now()))
		require.NoError(t, err)
		require.Len(t, lines, 1)
		require.Equal(t, models.CNY(fee), lines[0].Fee)
	}
}

func TestAStatementIsReadToTheLastLine(t *testing.T) {
	t.Parallel()
	line := `{"kind":"capture","number":"N","transaction":"T","amount":{"minor":1,"currency":"CNY"},` +
		`"fee":{"minor":0,"currency":"CNY"},"at":"2025-01-01T00:00:00Z"}`
	for body, good := range map[string]bool{
		`{"day":"2025-01-01","lines":[` + line + `]}`:                                                true,
		`{"day":"2025-01-02","lines":[` + line + `]}`:                                                false,
		`{"day":"2025-01-01","lines":[` + strings.Replace(line, "capture", "gift", 1) + `]}`:         false,
		`{"day":"2025-01-01","lines":[` + strings.Replace(line, "capture", "refund", 1) + `]}`:       false,
		`{"day":"2025-01-01","lines":[` + strings.Replace(line, `"minor":1`, `"minor":-1`, 1) + `]}`: false,
		`{"day":"2025-01-01","lines":[],"next":-1}`:                                                  false,
	} {
		a := answered(t, body)
		_, err := providertest.Lines(a.Statement(t.Context(), time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)))
		require.Equal(t, good, err == nil, body)
	}
}
