package client_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/models"
)

const (
	older = "whsec_b2xkZXItc2VjcmV0LW9sZGVyLXNlY3JldA=="
	newer = "whsec_bmV3ZXItc2VjcmV0LW5ld2VyLXNlY3JldA=="
	body  = `{"type":"request.settled","timestamp":"2026-11-22T04:00:00Z","data":{"request":"fpr_1"}}`
)

var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

// signed is what an independent library signs.
func signed(t *testing.T, secret string, at time.Time) http.Header {
	t.Helper()
	key, err := standard.NewWebhook(secret)
	require.NoError(t, err)
	signature, err := key.Sign("msg_1", at, []byte(body))
	require.NoError(t, err)
	header := http.Header{}
	header.Set(client.HeaderID, "msg_1")
	header.Set(client.HeaderTimestamp, strconv.FormatInt(at.Unix(), 10))
	header.Set(client.HeaderSignature, "v1a,other "+signature)
	return header
}

func hooks(secrets ...string) client.Webhooks {
	return client.Webhooks{Secrets: secrets, Clock: func() time.Time { return noon }}
}

func TestAWebhookIsProven(t *testing.T) {
	t.Parallel()
	event, err := hooks(newer, older).Verify(signed(t, older, noon.Add(-time.Minute)), []byte(body))
	require.NoError(t, err, "while a secret is exchanged both count")
	require.Equal(t, "msg_1", event.ID)
	require.Equal(t, client.RequestSettled, event.Type)
	require.Equal(t, "fpr_1", event.Data.Request)
}

func TestAForgedOrOldWebhookIsNot(t *testing.T) {
	t.Parallel()
	good := signed(t, newer, noon)
	changed := func(name, value string) http.Header {
		header := good.Clone()
		header.Set(name, value)
		return header
	}
	for name, c := range map[string]struct {
		header http.Header
		body   string
		want   error
	}{
		"another secret":  {signed(t, older, noon), body, client.ErrUnsigned},
		"another body":    {good, body + " ", client.ErrUnsigned},
		"another id":      {changed(client.HeaderID, "msg_2"), body, client.ErrUnsigned},
		"another moment":  {changed(client.HeaderTimestamp, "1795320001"), body, client.ErrUnsigned},
		"no signature":    {changed(client.HeaderSignature, ""), body, client.ErrUnsigned},
		"no headers":      {http.Header{}, body, client.ErrUnsigned},
		"six minutes old": {signed(t, newer, noon.Add(-6*time.Minute)), body, client.ErrTooOld},
		"from tomorrow":   {signed(t, newer, noon.Add(24*time.Hour)), body, client.ErrTooOld},
	} {
		_, err := hooks(newer).Verify(c.header, []byte(c.body))
		require.ErrorIs(t, err, c.want, name)
	}
	wide := hooks(newer)
	wide.Tolerance = time.Hour
	_, err := wide.Verify(signed(t, newer, noon.Add(-6*time.Minute)), []byte(body))
	require.NoError(t, err)
	_, err = hooks().Verify(good, []byte(body))
	require.ErrorIs(t, err, client.ErrUnsigned, "without a secret nothing is proven")
}

func TestTheHandlerAnswersAsASenderExpects(t *testing.T) {
	t.Parallel()
	var taken []string
	answer := error(nil)
	handler := hooks(newer).Handler(func(_ *http.Request, e client.Event) error {
		taken = append(taken, e.ID)
		return answer
	})
	post := func(header http.Header) int {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body))
		request.Header = header
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, request)
		return recorder.Code
	}
	require.Equal(t, http.StatusNoContent, post(signed(t, newer, noon)))
	require.Equal(t, http.StatusUnauthorized, post(signed(t, older, noon)))
	answer = errors.New("the shop's database is down")
	require.Equal(t, http.StatusInternalServerError, post(signed(t, newer, noon)), "so that it is sent again")
	require.Equal(t, []string{"msg_1", "msg_1"}, taken)
}

// What may be told and what the client knows by name are the same.
func TestTheClientKnowsEveryEvent(t *testing.T) {
	t.Parallel()
	told := map[string]bool{"request.reminder": true} // of no transition
	for _, notice := range models.Notices {
		told["request."+string(notice)] = true
	}
	known := map[string]bool{}
	for _, kind := range client.EventTypes {
		known[kind] = true
	}
	require.Equal(t, told, known)
}
