package wechatpay_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/wechatpay"
)

// servers is WeChat's server API as a test wants it to answer a message; it counts what it is asked.
type servers struct {
	mu     sync.Mutex
	tokens int
	forced []bool
	sent   []map[string]any
	answer func(token string) string
}

func (s *servers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body := map[string]any{}
	_ = json.NewDecoder(r.Body).Decode(&body)
	if r.URL.Path == "/cgi-bin/stable_token" {
		s.tokens++
		forced, _ := body["force_refresh"].(bool)
		s.forced = append(s.forced, forced)
		_, _ = fmt.Fprintf(w, `{"access_token":"T%d","expires_in":7200}`, s.tokens)
		return
	}
	s.sent = append(s.sent, body)
	_, _ = io.WriteString(w, s.answer(r.URL.Query().Get("access_token")))
}

func messenger(t *testing.T, s *servers) func() *wechatpay.Adapter {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	settings := good(server.URL)
	settings.OAuthAPIURL = server.URL
	return func() *wechatpay.Adapter {
		a, err := wechatpay.New(settings, nil)
		require.NoError(t, err)
		return a
	}
}

var note = providers.Message{
	ID: "msg_01a2048b-c4be-7935-961e-67d269b915c4", Subject: "oCanaryFriend", Template: "Tpl1",
	Fields: map[string]string{"amount1": "129.00"},
}

func TestAMessageIsSentUnderOneToken(t *testing.T) {
	t.Parallel()
	s := &servers{answer: func(string) string { return `{"errcode":0,"errmsg":"ok","msgid":1}` }}
	open := messenger(t, s)
	for range 3 {
		require.NoError(t, open().SendMessage(t.Context(), note), "adapters are opened anew all the time")
	}
	require.Equal(t, 1, s.tokens)
	require.Equal(t, map[string]any{
		"touser": "oCanaryFriend", "template_id": "Tpl1", "client_msg_id": "01a2048bc4be7935961e67d269b915c4",
		"data": map[string]any{"amount1": map[string]any{"value": "129.00"}},
	}, s.sent[0], "and no address")
}

func TestAStaleTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	for _, code := range []int{40001, 40014, 42001} {
		s := &servers{answer: func(token string) string {
			if token == "T1" {
				return fmt.Sprintf(`{"errcode":%d}`, code)
			}
			return `{"errcode":0}`
		}}
		require.NoError(t, messenger(t, s)().SendMessage(t.Context(), note))
		require.Equal(t, []bool{false, true}, s.forced)
		s = &servers{answer: func(string) string { return fmt.Sprintf(`{"errcode":%d}`, code) }}
		classed(t, messenger(t, s)().SendMessage(t.Context(), note), providers.Refused, fmt.Sprint(code))
		require.Equal(t, 2, s.tokens, "it does not go round")
	}
}

func TestWhatWeChatSaysOfAMessage(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]struct {
		class providers.Class
		gone  bool
	}{
		43004: {providers.Definite, true}, 40003: {providers.Definite, true}, 43101: {providers.Definite, true},
		40037: {providers.Definite, false}, 47003: {providers.Definite, false}, 48001: {providers.Definite, false},
		-1: {providers.Refused, false}, 45009: {providers.Refused, false}, 45011: {providers.Refused, false},
	} {
		s := &servers{answer: func(string) string {
			return fmt.Sprintf(`{"errcode":%d,"errmsg":"no oCanaryFriend"}`, code)
		}}
		err := messenger(t, s)().SendMessage(t.Context(), note)
		classed(t, err, want.class, fmt.Sprint(code))
		if want.gone {
			require.ErrorIs(t, err, providers.ErrUnreachable)
		} else {
			require.NotErrorIs(t, err, providers.ErrUnreachable)
		}
		require.NotContains(t, err.Error(), "oCanary")
	}
	for _, odd := range []string{"<html>", ""} {
		s := &servers{answer: func(string) string { return odd }}
		classed(t, messenger(t, s)().SendMessage(t.Context(), note), providers.Ambiguous, "ANSWER")
	}
}

// The token stands in the address, which errors of the wire quote.
func TestATokenStaysOutOfTheError(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cgi-bin/stable_token" {
			_, _ = io.WriteString(w, `{"access_token":"CANARYTOKEN","expires_in":7200}`)
			return
		}
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(server.Close)
	settings := good(server.URL)
	settings.OAuthAPIURL = server.URL
	a, err := wechatpay.New(settings, nil)
	require.NoError(t, err)
	err = a.SendMessage(t.Context(), note)
	failed := classed(t, err, providers.Ambiguous, "WIRE")
	require.NotContains(t, fmt.Sprintf("%+v %v", failed, failed.Err), "CANARYTOKEN")
}
