package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/web"
)

func reading(
	t *testing.T, method, address string, headers ...string,
) (*httptest.ResponseRecorder, *http.Request) {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, address, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return httptest.NewRecorder(), request
}

// What was picked counts more than what the browser says, and what is picked now more than before.
func TestALanguageIsPickedAndKept(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method, address, cookie, header string
		want                            web.Locale
		keeps                           bool
	}{
		{"GET", "/f/x", "", "", web.Chinese, false},
		{"GET", "/f/x", "", "en", web.English, false},
		{"GET", "/f/x", "zh-CN", "en", web.Chinese, false},
		{"GET", "/f/x?lang=en", "zh-CN", "zh", web.English, true},
		{"GET", "/f/x?lang=zh-CN", "en", "en", web.Chinese, true},
		{"POST", "/f/x?lang=en", "", "zh", web.Chinese, false},
		{"GET", "/f/x?lang=fr", "fr", "en", web.English, false},
	} {
		w, r := reading(t, c.method, c.address, "Accept-Language", c.header)
		if c.cookie != "" {
			r.AddCookie(&http.Cookie{Name: "friendpay-lang", Value: c.cookie})
		}
		require.Equal(t, c.want, web.LocaleFor(w, r, true), c)
		require.Equal(t, "Accept-Language, Cookie", w.Header().Get("Vary"))
		require.Equal(t, c.keeps, w.Header().Get("Set-Cookie") != "", c)
	}
	w, r := reading(t, "GET", "/f/secret?lang=en&voucher=1")
	web.LocaleFor(w, r, true)
	const kept = "friendpay-lang=en; Path=/; Max-Age=31536000; HttpOnly; "
	require.Equal(t, kept+"Secure; SameSite=Lax", w.Header().Get("Set-Cookie"))
	w, r = reading(t, "GET", "/f/secret?lang=en")
	web.LocaleFor(w, r, false)
	require.Equal(t, kept+"SameSite=Lax", w.Header().Get("Set-Cookie"), "there is no https here")
}

// The other language is one press away, at an address that repeats nothing of this one.
func TestEveryPageLeadsToItsOtherLanguage(t *testing.T) {
	t.Parallel()
	pages, err := web.New()
	require.NoError(t, err)
	for here, want := range map[string]string{
		"":                  `href="?lang=en"`,
		"/pay?channel=mock": `href="/pay?channel=mock&amp;lang=en"`, "/c": `href="/c?lang=en"`,
	} {
		html, err := pages.HTML(web.Chinese, web.Page{Template: web.CodePage, View: web.Code{}, Here: here})
		require.NoError(t, err)
		require.Contains(t, string(html), want)
		require.Contains(t, string(html), `lang="en">English</a>`)
	}
}

// Two drawings that differ in running times only have one mark.
func TestAMarkChangesWithWhatAPageSays(t *testing.T) {
	t.Parallel()
	pages, err := web.New()
	require.NoError(t, err)
	mark := func(view web.Notice) string {
		html, err := pages.HTML(web.English, web.Page{Template: web.NoticePage, View: view})
		require.NoError(t, err)
		return regexp.MustCompile(`data-mark="(\w{12})"`).FindStringSubmatch(string(html))[1]
	}
	waiting := mark(web.Notice{Name: "taken", Wait: 200e9})
	require.Equal(t, waiting, mark(web.Notice{Name: "taken", Wait: 100e9}))
	require.NotEqual(t, waiting, mark(web.Notice{Name: "taken"}), "there is no time to wait for any more")
	require.NotEqual(t, waiting, mark(web.Notice{Name: "paid", Wait: 100e9}))
}

func TestPagesAreCompressedWhereNothingTypedStandsBesideASecret(t *testing.T) {
	t.Parallel()
	page := []byte(strings.Repeat("付款 ", 1000))
	for _, c := range []struct {
		method, accepts string
		size            int
		packed          bool
	}{
		{"GET", "gzip, br", len(page), true}, {"GET", "br;q=1, gzip;q=0.5", len(page), true},
		{"GET", "", len(page), false}, {"GET", "gzip;q=0", len(page), false},
		{"GET", "gzip;q=0.00", len(page), false},
		{"POST", "gzip", len(page), false}, {"GET", "gzip", 100, false},
	} {
		w, r := reading(t, c.method, "/", "Accept-Encoding", c.accepts)
		sent := web.Compress(w, r, page[:c.size])
		require.Equal(t, "Accept-Encoding", w.Header().Get("Vary"))
		require.Equal(t, c.packed, w.Header().Get("Content-Encoding") == "gzip", c)
		require.Equal(t, c.packed, len(sent) < c.size, c)
	}
	w, r := reading(t, "GET", "/static/app.css", "Accept-Encoding", "gzip")
	web.Static().ServeHTTP(w, r)
	require.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
	require.Equal(t, "text/css; charset=utf-8", w.Header().Get("Content-Type"))
	plain, err := gzip.NewReader(w.Body)
	require.NoError(t, err)
	content, err := io.ReadAll(plain)
	require.NoError(t, err)
	require.Len(t, content, size(t, "static/app.css"))
}
