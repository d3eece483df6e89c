package webhook_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/webhook"
)

// While a secret is changed, whoever knows the old one or the new one can verify.
func TestBothSecretsOfARotationVerify(t *testing.T) {
	const fresh = "whsec_b3RoZXItc2VjcmV0LW9mLXRoZS1lbmRwb2ludA=="
	verified := map[string]bool{}
	client, to := receiver(t, func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		for _, known := range []string{secret, fresh, "whsec_c3RyYW5nZXI="} {
			key, keyErr := standard.NewWebhook(known)
			verified[known] = err == nil && keyErr == nil && key.Verify(body, r.Header) == nil
		}
	})
	to.Secret, to.Also = fresh, []string{secret}
	require.NoError(t, client.Deliver(t.Context(), to, message).Err)
	require.Equal(t, map[string]bool{secret: true, fresh: true, "whsec_c3RyYW5nZXI=": false}, verified)

	to.Also = nil // the overlap is over
	require.NoError(t, client.Deliver(t.Context(), to, message).Err)
	require.Equal(t, map[string]bool{secret: false, fresh: true, "whsec_c3RyYW5nZXI=": false}, verified)
}

func TestAReportKeepsWhatHelps(t *testing.T) {
	client, to := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "no\x00 tea \xff"+strings.Repeat("x", 9000))
	})
	report := client.Deliver(t.Context(), to, message)
	require.EqualError(t, report.Err, "the receiver answered 418")
	require.True(t, strings.HasPrefix(report.Answer, "no tea \uFFFDx"), report.Answer[:12])
	require.LessOrEqual(t, len(report.Answer), 4<<10+2)
	require.Equal(t, "msg_1", report.Headers["webhook-id"])
	require.NotEmpty(t, report.Headers["webhook-timestamp"])
	require.Len(t, report.Headers, 4)
	for name, value := range report.Headers {
		require.NotContains(t, name+value, "signature")
		require.NotContains(t, value, "v1,")
	}
	require.Equal(t, "the receiver answered 418", webhook.Why(report.Err))
	require.Empty(t, webhook.Why(nil))
}
