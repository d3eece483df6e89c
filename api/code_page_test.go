package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAShortCodeIsTyped(t *testing.T) {
	f := newFriends(t)
	v := &visitor{friends: f}
	page := v.get("/c")
	require.Equal(t, http.StatusOK, page.Code)
	require.Contains(t, page.Body.String(), `action="/c"`)
	code := f.code(f.place())
	for _, typed := range []string{code, " " + strings.ToLower(code) + " ", strings.ReplaceAll(code, "-", " ")} {
		got := v.post("/c", "code", typed)
		require.Equal(t, http.StatusSeeOther, got.Code, typed)
		require.NotContains(t, got.Header().Get("Location"), "?")
		require.Contains(t, v.get(got.Header().Get("Location")).Body.String(), "¥129.00", typed)
	}
	wrong := []string{"", "x", "//evil.example", "<script>", strings.Repeat("é", 99), code + "?a=b"}
	for _, typed := range wrong {
		got := v.post("/c", "code", typed)
		require.Equal(t, http.StatusUnprocessableEntity, got.Code, typed)
		require.Contains(t, got.Body.String(), "不像一个短码", typed)
		require.NotContains(t, got.Body.String(), "<script>", typed)
	}
}

// A person who lost his way gets a page; a program that asks for JSON gets JSON.
func TestWhoeverIsLostIsAnsweredInHisForm(t *testing.T) {
	f := newFriends(t)
	const page, problem = "text/html; charset=UTF-8", "application/problem+json"
	for _, c := range []struct{ path, accept, kind string }{
		{"/pay/nonsense", "*/*", page}, {"/pay/attempts", "", page}, {"/f/", "*/*", page}, {"/c/", "", page},
		{"/pay/nonsense", "application/json", problem}, {"/f/", "application/json, text/html;q=0.1", problem},
		{"/f/unknown", "text/html, application/json;q=0.5", page}, {"/f/unknown", "application/json", problem},
		{"/nonsense", "*/*", problem}, {"/nonsense", "text/html,*/*;q=0.8", page}, {"/v1/nonsense", "", problem},
	} {
		got := f.call(get, c.path, "", "", "Accept", c.accept)
		require.Contains(t, []int{http.StatusNotFound, http.StatusMethodNotAllowed}, got.Code, c.path)
		require.Equal(t, c.kind, got.Header().Get("Content-Type"), "%s, asked for %q", c.path, c.accept)
	}
}
