package browser

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/web"
)

// bad are pages with one mistake each, by the check that has to find it; the first line is the language.
var bad = map[string]string{
	"wide": `<h1>你好</h1><p style="width:500px">宽</p>`,
	"edge": `<h1>你好</h1><p style="margin:0 -8px">贴着边的一行</p>`,
	"cut 1": `<h1>你好</h1><p style="width:80px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis">` +
		`这一行太长放不下了</p>`,
	"cut 2": `<h1>你好</h1><button style="width:60px;height:50px;white-space:nowrap">这一行太长放不下了</button>`,
	"cut 3": `<h1>你好</h1><textarea aria-label="字" rows="1" cols="4">一二三四五六七八九十一二三四五</textarea>`,
	"overlap 1": `<h1>你好</h1><button style="width:90px;height:50px">甲</button>` +
		`<button style="width:90px;height:50px;margin-left:-30px">乙</button>`,
	"overlap 2": `<h1>你好</h1><p style="margin:0">第一行字</p><p style="margin:-20px 0 0">第二行字</p>`,
	"small":     `<h1>你好</h1><p><a href="/x">单独的链接</a></p>`,
	"main two": `<h1>你好</h1><p><a class="button main" href="/x" style="display:block;min-height:44px">甲</a>` +
		`<a class="button main" href="/y" style="display:block;min-height:44px">乙</a></p>`,
	"main none": `<h1>你好</h1><form class="choices">` +
		`<button style="min-width:44px;min-height:44px">甲</button></form>`,
	"h1 none":    `<h2>你好</h2>`,
	"h1 two":     `<h1>你好</h1><h1>再见</h1>`,
	"key 1":      `<h1>result.paid.title</h1>`,
	"key 2":      `<h1>{{.who}} 请你</h1>`,
	"language 1": `<h1>你好 friend</h1>`,
	"language 2": `<h1>你好</h1><input aria-label="your name" style="min-height:44px">`,
	"language 3": `<h1>你好,朋友</h1>`,
	"axe":        `<h1>你好</h1><input style="min-height:44px">`,
	"axe colour": `<h1>你好</h1><p style="color:#aaa">看不清</p>`,
}

// Each check refuses the page that is bad in its way, and lets a good one pass.
func TestEachCheckRefusesABadPage(t *testing.T) {
	tab := newScreen(newBrowser(t), t)
	pages := map[string]string{}
	stage := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(pages[r.URL.Path]))
	}))
	t.Cleanup(stage.Close)
	look := func(language, body string) []fault {
		t.Helper()
		pages["/page"] = `<!doctype html><html lang="` + language + `"><title>x</title>` +
			`<meta name="viewport" content="width=device-width"><style>body{font:16px/1.5 sans-serif}</style><main>` +
			body + `</main></html>`
		require.NoError(t, tab.open(stage.URL+"/page"))
		found, err := tab.finds(tab.pageCheck(web.Chinese, web.Card{Merchant: "Kaffeehaus Grün"}))
		require.NoError(t, err)
		more, err := tab.finds("axe()")
		require.NoError(t, err)
		return append(found, more...)
	}
	for name, body := range bad {
		check, _, _ := strings.Cut(name, " ")
		found := look("zh-CN", body)
		require.NotEmpty(t, found, name)
		require.True(t, strings.HasPrefix(found[0].Check, check), "%s: %v", name, found)
	}
	require.NotEmpty(t, look("en", `<h1>Hello 朋友</h1>`), "Chinese in an English page")
	require.Empty(t, look("zh-CN", `<h1>你好</h1><p>请看<a href="/x">这个链接</a>，Kaffeehaus Grün 的 App。</p>`+
		`<button style="min-width:44px;min-height:44px">好</button>`))
	require.Empty(t, look("zh-CN", `<h1>你好</h1><details><summary style="min-height:44px">更多</summary>`+
		`<p style="width:500px">宽</p></details><p>下一行</p>`), "what is folded away is not seen")
	require.NoError(t, tab.does("unfold()"))
	found, err := tab.finds("firm(390)")
	require.NoError(t, err)
	require.NotEmpty(t, found, "and is, once it is opened")
	require.Empty(t, look("en", `<h1>Hello</h1><p>良品小店 says thank you.</p>`))
}

// Letters twice as large, and a screen of 320 pixels, are really so.
func TestNarrowAndLargeAreSo(t *testing.T) {
	tab := newScreen(newBrowser(t), t)
	stage := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<!doctype html><html lang="zh-CN"><title>x</title>` +
			`<meta name="viewport" content="width=device-width"><h1>你好</h1>` +
			`<p style="width:330px">三百三</p><p style="font-size:14px;white-space:nowrap">二十个字以内的一行二十个字以内的一行</p>`))
	}))
	t.Cleanup(stage.Close)
	require.NoError(t, tab.open(stage.URL))
	found, err := tab.finds("firm(390)")
	require.NoError(t, err)
	require.Empty(t, found)
	require.NoError(t, tab.size(narrow))
	found, err = tab.finds("firm(320)")
	require.NoError(t, err)
	require.NotEmpty(t, found, "330 pixels on 320")
	require.NoError(t, tab.size(phoneWide))
	require.NoError(t, tab.does("enlarge(2)"))
	found, err = tab.finds("firm(390)")
	require.NoError(t, err)
	require.NotEmpty(t, found, "18 letters of 28 pixels on 390")
}
