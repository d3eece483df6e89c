package sink_test

import (
	"bytes"
	"net/http"
	"strconv"
	"testing"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/sink"
	"github.com/friendpay/friendpay/models"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func send(t *testing.T, s *sink.Sink, id, signedWith, body string) int {
	t.Helper()
	key, err := standard.NewWebhook(signedWith)
	require.NoError(t, err)
	now := time.Now()
	signature, err := key.Sign(id, now, []byte(body))
	require.NoError(t, err)
	address := "http://" + s.Address() + "/webhooks"
	payload := bytes.NewBufferString(body)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, payload)
	require.NoError(t, err)
	request.Header.Set(standard.HeaderWebhookID, id)
	request.Header.Set(standard.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	request.Header.Set(standard.HeaderWebhookSignature, signature)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	return answer.StatusCode
}

func TestOnlyWhatVerifiesIsBelievedAndTheNewestCounts(t *testing.T) {
	t.Parallel()
	s, err := sink.Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	const opened = `{"type":"request.opened","data":{"request":"fpr_1","seq":2,"state":"open"}}`
	const settled = `{"type":"request.settled","data":{"request":"fpr_1","seq":7,"state":"settled"}}`
	require.Equal(t, http.StatusUnauthorized, send(t, s, "m0", secret, opened), "no secret is expected yet")
	s.Expect(secret)
	require.Equal(t, http.StatusNoContent, send(t, s, "m2", secret, settled))
	require.Equal(t, http.StatusNoContent, send(t, s, "m1", secret, opened))
	require.Equal(t, http.StatusNoContent, send(t, s, "m1", secret, opened))
	other := "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	require.Equal(t, http.StatusUnauthorized, send(t, s, "m3", other, settled))

	require.Equal(t, models.Settled, s.Newest("fpr_1"), "an older message changes nothing")
	require.True(t, s.Told("fpr_1", "request.opened"))
	require.False(t, s.Told("fpr_2", "request.opened"))
	require.Equal(t, 2, s.Came("m1"))
	require.Zero(t, s.Came("m3"))
	require.Equal(t, 2, s.Forged())
}
