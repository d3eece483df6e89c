package webhook_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/internal/webhook"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const (
	secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	canary = "canary"
)

var message = webhook.Message{ID: "msg_1", Body: []byte(`{"type":"request.settled"}`)}

// receiver is a merchant's system that answers with this handler.
func receiver(t *testing.T, handler http.HandlerFunc) (*webhook.Client, webhook.Endpoint) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return webhook.New(server.Client().Transport, time.Now), webhook.Endpoint{URL: server.URL, Secret: secret}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func says(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
}

// The reference library, which merchants use, verifies what we sign.
func TestTheSignatureVerifies(t *testing.T) {
	key, err := standard.NewWebhook(secret)
	require.NoError(t, err)
	other, err := standard.NewWebhook("whsec_b3RoZXI=")
	require.NoError(t, err)
	client, to := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		genuine := err == nil && key.Verify(body, r.Header) == nil && other.Verify(body, r.Header) != nil
		changed := key.Verify(append(body, ' '), r.Header) == nil
		r.Header.Set(standard.HeaderWebhookID, "msg_2")
		renamed := key.Verify(body, r.Header) == nil
		if !genuine || changed || renamed || r.Header.Get("Content-Type") != "application/json" {
			w.WriteHeader(http.StatusForbidden)
		}
	})
	report := client.Deliver(t.Context(), to, message)
	require.NoError(t, report.Err)
	require.Equal(t, http.StatusOK, report.Status)
}

func TestOnlyASuccessIsOne(t *testing.T) {
	for code, taken := range map[int]bool{
		200: true, 201: true, 204: true, 299: true, 301: false, 307: false, 308: false, 400: false, 401: false,
		404: false, 410: false, 429: false, 500: false, 503: false,
	} {
		client, to := receiver(t, status(code))
		report := client.Deliver(t.Context(), to, message)
		err := report.Err
		require.Equal(t, code, report.Status)
		require.Equal(t, taken, err == nil, code)
		if code == http.StatusGone {
			require.ErrorIs(t, err, webhook.ErrGone)
		} else {
			require.NotErrorIs(t, err, webhook.ErrGone)
		}
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	followed := false
	client, to := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			followed = true
			return
		}
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	report := client.Deliver(t.Context(), to, message)
	require.Error(t, report.Err)
	require.Equal(t, http.StatusTemporaryRedirect, report.Status)
	require.Error(t, client.Ask(t.Context(), to, message, new(struct{})))
	require.False(t, followed)
}

func TestAnAnswerIsRead(t *testing.T) {
	client, to := receiver(t, says(`{"accepted":true,"more":1}`))
	var reply struct{ Accepted bool }
	require.NoError(t, client.Ask(t.Context(), to, message, &reply))
	require.True(t, reply.Accepted)
}

func TestWhatIsNoAnswer(t *testing.T) {
	huge := `{"accepted":true,"reason":"` + strings.Repeat("x", 64<<10) + `"}`
	for name, handler := range map[string]http.HandlerFunc{
		"a failure": status(500), "nothing": says(""), "a page": says("<html>"), "half": says(`{"accepted":`),
		"too much": says(huge), "another success": status(http.StatusAccepted),
	} {
		client, to := receiver(t, handler)
		require.Error(t, client.Ask(t.Context(), to, message, new(map[string]any)), name)
	}
}

func TestErrorsNameNoAddressAndNoSecret(t *testing.T) {
	client := webhook.New(nil, time.Now)
	for _, to := range []webhook.Endpoint{
		{URL: "http://127.0.0.1:1/?key=" + canary, Secret: secret},
		{URL: "://" + canary, Secret: secret},
		{URL: "http://127.0.0.1:1/", Secret: "whsec_%" + canary},
	} {
		report := client.Deliver(t.Context(), to, message)
		require.Error(t, report.Err)
		require.Zero(t, report.Status)
		require.NotContains(t, report.Err.Error(), canary)
	}
}

// hanging is a receiver that takes the connection and never answers.
type hanging struct{}

func (hanging) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, context.Cause(r.Context())
}

func TestPatienceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		to := webhook.Endpoint{URL: "http://x", Secret: secret}
		report := webhook.New(hanging{}, time.Now).Deliver(t.Context(), to, message)
		require.Error(t, report.Err)
		require.Equal(t, "no answer in time", webhook.Why(report.Err))
		require.Equal(t, 15*time.Second, report.Took)
		require.Equal(t, 15*time.Second, time.Since(began))
	})
}
