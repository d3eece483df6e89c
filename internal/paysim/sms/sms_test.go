package sms_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim/sms"
)

func send(b *sms.Inbox, key, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/sms/v1/messages", strings.NewReader(body))
	r.Header.Set("Authorization", key)
	w := httptest.NewRecorder()
	b.Send(w, r)
	return w
}

func TestMessagesAreKeptNewestFirst(t *testing.T) {
	t.Parallel()
	b := sms.New("k", time.Now)
	for i := range 3 {
		body := fmt.Sprintf(`{"to":"+861380000000%d","template":"login_code","params":{"code":"12345%d"}}`, i, i)
		require.Equal(t, http.StatusAccepted, send(b, "Bearer k", body).Code)
	}
	require.Equal(t, "123452", b.Messages("")[0].Params["code"])
	require.Len(t, b.Messages("+8613800000001"), 1)
	require.Empty(t, b.Messages("+1"))
	b.Reset()
	require.Empty(t, b.Messages(""))
}

// Who heard no answer says it again under the same key.
func TestTheSameKeyIsTheSameMessage(t *testing.T) {
	t.Parallel()
	b := sms.New("k", time.Now)
	again := func(key string) string {
		body := `{"to":"+8613800000000","template":"t"}`
		r := httptest.NewRequest(http.MethodPost, "/sms/v1/messages", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer k")
		r.Header.Set("Idempotency-Key", key)
		w := httptest.NewRecorder()
		b.Send(w, r)
		return strconv.Itoa(w.Code) + w.Body.String()
	}
	require.Equal(t, again("msg_1"), again("msg_1"))
	require.NotEqual(t, again("msg_1"), again("msg_2"))
	require.NotEqual(t, again(""), again(""), "without a key each is its own")
	require.Len(t, b.Messages(""), 4)
	require.Contains(t, again(strings.Repeat("k", 501)), "PARAM_INVALID")
}

func TestTheSinkTakesOnlyWhatFits(t *testing.T) {
	t.Parallel()
	b := sms.New("k", time.Now)
	good := `{"to":"+8613800000000","template":"login_code"}`
	require.Equal(t, http.StatusUnauthorized, send(b, "", good).Code)
	require.Equal(t, http.StatusUnauthorized, send(b, "Bearer x", good).Code)
	require.Equal(t, http.StatusUnauthorized, send(b, "k", good).Code)
	for _, bad := range []string{
		``, `[]`, `{"to":"me","template":"t"}`, `{"to":"+8613800000000"}`,
		`{"to":"+8613800000000","template":"` + strings.Repeat("x", 501) + `"}`,
		`{"to":"+8613800000000","template":"t","params":{"a":"` + strings.Repeat("x", 20_000) + `"}}`,
	} {
		require.Equal(t, http.StatusBadRequest, send(b, "Bearer k", bad).Code)
	}
	require.Empty(t, b.Messages(""))
}

func TestTheInboxPageShowsTextAsText(t *testing.T) {
	t.Parallel()
	b := sms.New("k", time.Now)
	send(b, "Bearer k", `{"to":"+8613800000000","template":"x","params":{"code":"<script>1</script>"}}`)
	w := httptest.NewRecorder()
	b.Page(w, httptest.NewRequest(http.MethodGet, "/sim/sms/inbox", nil))
	require.Contains(t, w.Body.String(), "8613800000000")
	require.NotContains(t, w.Body.String(), "<script>1")
}
