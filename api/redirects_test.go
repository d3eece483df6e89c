package api

import (
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
)

func hostilePlaces(t testing.TB) (list []string) {
	t.Helper()
	text, err := os.ReadFile("testdata/redirects.txt")
	require.NoError(t, err)
	written := strings.NewReplacer(`\t`, "\t", `\r`, "\r", `\n`, "\n", `\u3002`, "\u3002")
	for line := range strings.SplitSeq(string(text), "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			list = append(list, written.Replace(line))
		}
	}
	return list
}

// places are the only ones that an answer of ours leads to: pages of ours, and the
// provider's, which his answer names and no call does.
var places = []string{
	"/pay", "/pay?channel=mock", "/pay/result", backPath, "/pay/decline", "/pay/hop", "/pay/own",
}

// leadsHome says that a browser at our origin stays there.
func leadsHome(location string) bool {
	base, err := url.Parse("https://pay.example.com/f/x")
	if err != nil || strings.ContainsAny(location, "\r\n\t\\ ") || strings.Contains(location, "//") {
		return false
	}
	to, err := base.Parse(location)
	return err == nil && to.Scheme == base.Scheme && to.Host == base.Host && strings.HasPrefix(location, "/")
}

// Whatever is put into whichever parameter of whichever route, nobody is led away.
func TestNoParameterLeadsAway(t *testing.T) {
	f := newFriends(t)
	v := f.visit(f.place())
	parameters := []string{
		"then", "channel", "told", "next", "return", "return_url", "redirect", "url", "state", "code", "to",
	}
	seen := map[string]bool{}
	for _, r := range f.server.allRoutes() {
		if r.streams || strings.HasPrefix(r.path, "/docs") {
			continue
		}
		fixed := strings.NewReplacer("{token}", f.secret(f.place()), "{code}", "23456-23456", "{", "", "}", "")
		for _, place := range hostilePlaces(t) {
			form := url.Values{}
			for _, name := range parameters {
				form.Set(name, place)
			}
			path := fixed.Replace(r.path) + "?" + form.Encode()
			got := v.call(r.method, path, "", form.Encode(), v.headers([]string{
				"Content-Type", "application/x-www-form-urlencoded", keyHeader, mint.Number(),
				"Referer", "https://evil.example", "X-Forwarded-Host", "evil.example", "X-Original-URL", place,
			})...)
			location := got.Header().Get("Location")
			if location == "" {
				continue
			}
			seen[r.method+" "+r.path] = true
			require.Contains(t, places, location, "%s with %q", r.path, place)
		}
	}
	require.True(t, seen["POST /f/{token}"] && seen["POST /pay/decline"], "nothing was led anywhere: %v", seen)
}

// A code is typed into a path, which it does not leave.
func TestATypedCodeStaysInItsPath(t *testing.T) {
	f := newFriends(t)
	v := &visitor{friends: f}
	for _, place := range append(hostilePlaces(t), "../../ ../..", "//////////", "..........", "-----23456") {
		got := v.post("/c", "code", place)
		require.Equal(t, http.StatusUnprocessableEntity, got.Code, place)
		require.Empty(t, got.Header().Get("Location"), place)
	}
	require.Equal(t, "/c/23456-ABCDE", v.post("/c", "code", " 23456 -abcde ").Header().Get("Location"))
}

// FuzzTheWayOn: wherever the exchange leads, it is a page of ours.
func FuzzTheWayOn(f *testing.F) {
	for _, place := range hostilePlaces(f) {
		f.Add(place, "mock")
		f.Add("", place)
	}
	for _, then := range []string{"decline", "mine", "opened", "look"} {
		f.Add(then, "mock")
	}
	f.Fuzz(func(t *testing.T, then, channel string) {
		for _, to := range []string{afterExchange(then, channel), payAddress(channel)} {
			at, err := url.Parse(to)
			if err != nil || !leadsHome(to) || !strings.HasPrefix(at.Path, "/pay") {
				t.Fatalf("%q and %q lead to %q", then, channel, to)
			}
			if to != "/pay?channel="+at.Query().Get("channel") && at.RawQuery != "" {
				t.Fatalf("%q and %q bring more than a channel: %q", then, channel, to)
			}
		}
	})
}
