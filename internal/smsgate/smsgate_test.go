package smsgate_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/smsgate"
)

func TestAMessageIsHandedOver(t *testing.T) {
	t.Parallel()
	var got, key, path, once string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			got, key, path = string(body), r.Header.Get("Authorization"), r.Method+" "+r.URL.Path
			once = r.Header.Get("Idempotency-Key")
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(server.Close)
	gate := smsgate.New(server.URL, "secret", nil)
	err := gate.Send(t.Context(), "13800138000", "login_code", map[string]string{"code": "123456"})
	require.NoError(t, err)
	require.JSONEq(t, `{"to":"13800138000","template":"login_code","params":{"code":"123456"}}`, got)
	require.Equal(t, "Bearer secret", key)
	require.Equal(t, "POST /sms/v1/messages", path)
	require.Empty(t, once)
	require.NoError(t, gate.SendOnce(t.Context(), "msg_1", "13800138000", "login_code", nil))
	require.Equal(t, "msg_1", once, "by which the gateway knows it again")
}

func TestErrorsNameNeitherPhoneNorText(t *testing.T) {
	t.Parallel()
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer wander" {
			http.Redirect(w, r, "http://elsewhere.example/", http.StatusTemporaryRedirect)
			return
		}
		http.Error(w, "no such phone 13800138000", http.StatusBadGateway)
	}))
	t.Cleanup(broken.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for name, gate := range map[string]*smsgate.Gateway{
		"refused": smsgate.New(broken.URL, "k", nil), "redirected": smsgate.New(broken.URL, "wander", nil),
		"gone": smsgate.New(gone.URL, "k", nil), "none": smsgate.New("", "", nil),
		"no address": smsgate.New("://", "k", nil),
	} {
		err := gate.Send(t.Context(), "13800138000", "login_code", map[string]string{"code": "123456"})
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "13800138000", name)
		require.NotContains(t, err.Error(), "123456", name)
	}
}
