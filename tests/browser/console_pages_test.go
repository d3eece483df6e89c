package browser

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/local"
)

// pages are all pages that a link leads to, by the name of their picture.
func (w *consoleWorld) pages() [][2]string {
	return [][2]string{
		{"queue", ""}, {"request", "/requests/" + w.broken}, {"cases", "/cases"}, {"case", "/cases/" + w.opened.ID},
		{"commands", "/commands"}, {"deliveries", "/deliveries"}, {"delivery", "/deliveries/" + w.delivery},
		{"endpoints", "/endpoints?app=" + local.DemoApp}, {"catalogue", "/catalogue"},
		{"channels", "/catalogue/channels"},
		{"channel", "/catalogue/channels/row?key=" + local.DemoApp + "/mockpay"},
		{"do", "/do?command=refund&subject=" + w.paid + "&request=" + w.paid}, {"audit", "/audit"},
		{"lost", "/nowhere"},
	}
}

// Every page in both languages and both lights has nothing that axe objects to, and fits.
func (w *consoleWorld) everyPage(t *testing.T) {
	for _, language := range []string{"zh-CN", "en"} {
		v := colleague(t, w.house, "otto", language)
		for _, page := range w.pages() {
			v.open(w.house.APIURL + "/staff" + page[1])
			v.sees("header.bar")
			v.looks(page[0], language)
		}
		v.finds("C-1001")
		v.looks("search", language)
	}
}

// looks leaves a picture of every page, by day and by night, where it says, to be looked at.
var looks = flag.String("looks", "", "a folder for pictures of each page of the console")

// shown are the pages whose pictures documents show.
var shown = []string{"queue", "request", "case", "delivery", "channel"}

// looks holds a page against the rules by day and by night.
func (v *visit) looks(page, language string) {
	v.t.Helper()
	v.fits()
	v.accessible(page)
	if slices.Contains(shown, page) {
		v.shot("console-" + page + "-" + language)
	}
	v.look(page + "-" + language)
	v.light("dark")
	v.accessible(page + " in the dark")
	v.look(page + "-" + language + "-dark")
	v.light("light")
}

// look takes the whole page, not only what is on the screen.
func (v *visit) look(name string) {
	v.t.Helper()
	if *looks == "" {
		return
	}
	picture, err := chromedp.Run(v.tab, chromedp.FullScreenshot(100))
	require.NoError(v.t, err)
	require.NoError(v.t, os.WriteFile(filepath.Join(*looks, name+".png"), picture, 0o600))
}

// light is what the reader's system is set to.
func (v *visit) light(scheme string) {
	v.t.Helper()
	media := emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	}
	set := chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, media)
		return err
	})
	require.NoError(v.t, chromedp.Do(v.tab, set))
}

// finds searches by keyboard.
func (v *visit) finds(words string) {
	v.t.Helper()
	v.tabTo("#search")
	v.keys(words, kb.Enter)
	v.sees("table.hits")
}
