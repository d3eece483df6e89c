package paysim_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
)

// server posts to the server API as a program of the app does.
func (s *shop) server(path string, body any) members {
	s.t.Helper()
	text, err := json.Marshal(body)
	require.NoError(s.t, err)
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.base+path, bytes.NewReader(text))
	require.NoError(s.t, err)
	status, _, answer := s.see(r)
	said := members{}
	if status == http.StatusOK {
		require.NoError(s.t, json.Unmarshal([]byte(answer), &said))
	}
	return said
}

func (s *shop) stableToken(forced bool) string {
	said := s.server("/cgi-bin/stable_token", map[string]any{
		"grant_type": "client_credential", "appid": s.account.AppID, "secret": s.account.AppSecret,
		"force_refresh": forced,
	})
	token, _ := said["access_token"].(string)
	require.NotEmpty(s.t, token)
	return token
}

func TestWeChatCarriesTemplateMessages(t *testing.T) {
	t.Parallel()
	var clock movable
	s := openShop(t, paysim.Options{Now: clock.now})
	token := s.stableToken(false)
	require.Equal(t, token, s.stableToken(false), "it stays")
	message := map[string]any{
		"touser": "oMe", "template_id": "Tpl1", "client_msg_id": "msg_1",
		"data": map[string]any{"amount1": map[string]string{"value": "129.00"}},
	}
	send := func(token string) any {
		return s.server("/cgi-bin/message/template/send?access_token="+token, message)["errcode"]
	}
	require.EqualValues(t, 0, send(token))
	require.EqualValues(t, 0, send(token))
	status, _, inbox := s.see(get(t, s.base+"/sim/wechatpay/messages?openid=oMe"))
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, 1, strings.Count(inbox, "Tpl1"), "an id is taken once: %s", inbox)
	require.Contains(t, inbox, "129.00")

	require.EqualValues(t, 40001, send("99_made_up"))
	newer := s.stableToken(true)
	require.NotEqual(t, token, newer)
	require.EqualValues(t, 40001, send(token), "a newer one was forced")
	clock.move(3 * time.Hour)
	require.EqualValues(t, 42001, send(newer))

	token = s.stableToken(false)
	s.server("/sim/wechatpay/followers", map[string]any{"openid": "oMe", "follows": false})
	require.EqualValues(t, 43004, send(token))
	message["touser"] = "not an openid"
	require.EqualValues(t, 40003, send(token))
	message["touser"], message["data"] = "oMe", map[string]any{}
	require.EqualValues(t, 47003, send(token))
	require.EqualValues(t, 40125, s.server("/cgi-bin/stable_token", map[string]any{
		"grant_type": "client_credential", "appid": s.account.AppID, "secret": "wrong",
	})["errcode"])
}
