package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/support"
)

func TestAFormIsOfOneSession(t *testing.T) {
	t.Parallel()
	one, other := Session{Name: "anna", word: "a"}, Session{Name: "anna", word: "b"}
	require.True(t, one.sent(one.form()))
	require.False(t, one.sent(other.form()))
	require.False(t, one.sent(""))
	require.False(t, Session{}.sent(Session{}.form()), "nobody has no forms")
	require.NotContains(t, one.form(), one.word+"|")
}

func TestARoleIsTheHighestThatIsKnown(t *testing.T) {
	t.Parallel()
	role, known := highest([]string{"boss", "viewer", "supervisor"})
	require.True(t, known)
	require.Equal(t, support.Supervisor, role)
	_, known = highest([]string{"boss"})
	require.False(t, known)
	require.True(t, Session{Role: support.Operator}.May(support.Agent))
	require.False(t, Session{Role: support.Viewer}.May(support.Agent))
	require.False(t, Session{}.May(support.Viewer))
}

func TestALoginLeadsToOurOwnPagesOnly(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/staff/cases/cas_1": "/staff/cases/cas_1", "": "/staff", "https://evil.example": "/staff",
		"//evil.example": "/staff", "/staff//evil.example": "/staff", "/staff/logout": "/staff", "/pay": "/staff",
	} {
		require.Equal(t, want, then(path), path)
	}
}

func TestMoneyIsTypedInYuanAndKeptInFen(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]int64{"12.9": 1290, "12.90": 1290, "0.01": 1, "7": 700} {
		fen, ok := fenOf(typed)
		require.True(t, ok, typed)
		require.Equal(t, want, fen, typed)
	}
	for _, typed := range []string{"", "1.234", "-1", "1e3", ".5", "99999999999", "1,000"} {
		_, ok := fenOf(typed)
		require.False(t, ok, typed)
	}
	require.Equal(t, "12.05", yuan(1205))
	at, err := read(support.Arg{Name: "until", Kind: "time"}, "2026-03-01T09:00")
	require.NoError(t, err)
	require.Equal(t, "2026-03-01T09:00:00+08:00", at)
}

func TestCookiesAreForThisHostAlone(t *testing.T) {
	t.Parallel()
	kept := cookie(Cookie, "x", int(time.Hour.Seconds()))
	require.True(t, strings.HasPrefix(kept.Name, "__Host-") && kept.Secure && kept.HttpOnly && kept.Path == "/")
	require.Equal(t, http.SameSiteLaxMode, kept.SameSite)
}
