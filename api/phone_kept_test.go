package api

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The form to type a code on is a page that going back shows again. The phone on it is in nobody's hands
// meanwhile: sealed, for this link, in no address and no log, and gone after the login.
func TestThePhoneIsKeptSealedUntilTheLogin(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v := f.visit(id)
	sent := v.post("/pay/code", "phone", "13800138000", "channel", "mock")
	require.Equal(t, http.StatusSeeOther, sent.Code)
	require.NotContains(t, sent.Header().Get("Location"), "1380013")
	var kept *http.Cookie
	for _, cookie := range sent.Result().Cookies() {
		if cookie.Name == PhoneCookie {
			kept = cookie
		}
	}
	require.NotNil(t, kept)
	require.True(t, kept.HttpOnly && kept.Secure)
	require.Equal(t, int(phoneKept.Seconds()), kept.MaxAge)
	plain, err := base64.RawURLEncoding.DecodeString(kept.Value)
	require.NoError(t, err)
	require.NotContains(t, string(plain), "1380013")
	for range 2 { // loaded again
		page := v.get("/pay?channel=mock").Body.String()
		require.Contains(t, page, `autocomplete="one-time-code"`)
		require.Contains(t, page, `value="13800138000"`)
		require.NotContains(t, page, "data-posted")
	}

	other := f.visit(f.place())
	other.others = map[string]string{PhoneCookie: kept.Value}
	require.NotContains(t, other.get("/pay").Body.String(), "13800138000", "it is another link's")
	for _, made := range []string{"", "x", strings.Repeat("A", 80)} {
		v.others[PhoneCookie] = made
		require.NotContains(t, v.get("/pay").Body.String(), "one-time-code", made)
	}

	v.others[PhoneCookie] = kept.Value
	v.post("/pay/login", "phone", "13800138000", "code", f.sms.codes["13800138000"], "channel", "mock")
	require.Empty(t, v.others, "it is forgotten")
	require.NotContains(t, v.get("/pay").Body.String(), "13800138000")
	require.NotContains(t, f.log.String(), "13800138000")
}
