package sms_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
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
