package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/web"
)

// checks is what pages are held against; see there.
//
//go:embed testdata/checks.js
var checks string

// The screens that pages are looked at on, in CSS pixels.
const (
	phoneWide, phoneHigh = 390, 844
	narrow               = 320
)

// galleryPatience ends a browser of the gallery; alone it takes a tenth of it.
const galleryPatience = 10 * time.Minute

// The names that are the same in every language.
var properNames = []string{"App", "JavaScript", "良品小店", "English", "中文"}

// fault is what a check has found on a page.
type fault struct {
	Check string `json:"check"`
	At    string `json:"at"` // a selector
	Why   string `json:"why"`
}

// faults gathers what was found, from several tabs: by check and selector, an example of why, and where.
type faults struct {
	mu    sync.Mutex
	why   map[fault]string
	where map[fault][]string
}

func (f *faults) add(where string, found []fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.where == nil {
		f.where, f.why = map[fault][]string{}, map[fault]string{}
	}
	for _, one := range found {
		kind := fault{Check: one.Check, At: one.At}
		if one.At == "page" {
			kind = one
		}
		f.why[kind] = one.Why
		if !slices.Contains(f.where[kind], where) {
			f.where[kind] = append(f.where[kind], where)
		}
	}
}

// listed is how many states are told of one fault; more of them are mended by the same.
const listed = 6

// report fails the test with each fault once, and the states that have it.
func (f *faults) report(t *testing.T) {
	t.Helper()
	var lines []string
	for kind, where := range f.where {
		slices.Sort(where)
		told := strings.Join(where[:min(listed, len(where))], " ")
		if len(where) > listed {
			told += fmt.Sprintf(" and %d more", len(where)-listed)
		}
		lines = append(lines, fmt.Sprintf("%s: %s: %s\n\t%s", kind.Check, kind.At, f.why[kind], told))
	}
	slices.Sort(lines)
	for _, line := range lines {
		t.Error(line)
	}
}

// screen is one tab of the gallery's browser.
type screen struct {
	tab  context.Context
	keys []string // of the translations
}

// newBrowser is a browser for many pages.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	return testkit.ChromiumFor(t, galleryPatience, chromedp.Flag("user-agent", onPhone))
}

// newScreen opens a tab the size of a phone, whose pages can be checked.
func newScreen(browser context.Context, t *testing.T) *screen {
	t.Helper()
	tab, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	s := &screen{tab: tab, keys: keysOfWords()}
	require.NoError(t, chromedp.Do(tab))
	require.NoError(t, s.size(phoneWide))
	with := page.AddScriptToEvaluateOnNewDocumentParams{Source: axe + ";\n" + checks}
	_, err := chromedp.Call(tab, page.AddScriptToEvaluateOnNewDocument, with)
	require.NoError(t, err)
	return s
}

// keysOfWords are the keys of the translations: what a page shows by mistake where a word is missing.
func keysOfWords() (keys []string) {
	text, err := os.ReadFile("../../web/translations/zh-CN.json")
	words := map[string]string{}
	if err == nil {
		err = json.Unmarshal(text, &words)
	}
	if err != nil {
		panic(err) // another test reads it with more care
	}
	for key := range words {
		keys = append(keys, key)
	}
	return keys
}

// size makes the screen so many CSS pixels wide.
func (s *screen) size(width int64) error {
	return chromedp.Do(s.tab, chromedp.EmulateViewport(width, phoneHigh, chromedp.EmulatePortrait,
		chromedp.EmulateMobile, chromedp.EmulateTouch))
}

// light is what the reader's system is set to: "light" or "dark".
func (s *screen) light(scheme string) error {
	media := emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	}
	_, err := chromedp.Call(s.tab, emulation.SetEmulatedMedia, media)
	return err
}

// open loads a page.
func (s *screen) open(address string) error {
	return chromedp.Do(s.tab, chromedp.Navigate(address))
}

// finds runs one of the checks: a call of what checks.js offers.
func (s *screen) finds(call string) (found []fault, err error) {
	return chromedp.Run(s.tab, chromedp.Evaluate[[]fault]("looks."+call, chromedp.EvalAwaitPromise))
}

// does runs what changes the page; it finds nothing.
func (s *screen) does(call string) error {
	_, err := chromedp.Run(s.tab, chromedp.Evaluate[bool]("looks."+call+", true"))
	return err
}

// keep writes a picture of the whole page.
func (s *screen) keep(path string) error {
	yes, format := true, page.CaptureScreenshotFormatPng
	shot, err := chromedp.Call(s.tab, page.CaptureScreenshot, page.CaptureScreenshotParams{
		Format: format, CaptureBeyondViewport: &yes, FromSurface: &yes, OptimizeForSpeed: &yes,
	})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, shot.Data, 0o600)
}

// pageCheck is the call that holds a page against all that is to be seen in one light.
func (s *screen) pageCheck(locale web.Locale, view any) string {
	asked, err := json.Marshal(map[string]any{
		"keys": s.keys, "data": dataOf(locale, view), "names": properNames,
	})
	if err != nil {
		panic(err) // strings
	}
	return fmt.Sprintf("page(%d, %s)", phoneWide, asked)
}

var vocabulary = regexp.MustCompile(`^[a-z_.]*$`)

// dataOf lists the texts of a view that are data: written by a buyer, a merchant or the machine, in whatever
// language the page is. Words of a vocabulary, such as a reason, are not among them, nor is a name in the
// other language.
func dataOf(locale web.Locale, view any) []string {
	found := []string{} // never null to a browser
	var walk func(v reflect.Value, field string)
	walk = func(v reflect.Value, field string) {
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			walk(v.Elem(), field)
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i), v.Type().Field(i).Name)
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i), field)
			}
		case reflect.String:
			other := locale == web.Chinese && strings.HasSuffix(field, "EN") ||
				locale == web.English && strings.HasSuffix(field, "ZH")
			if v.Type() == reflect.TypeFor[string]() && !other && !vocabulary.MatchString(v.String()) {
				found = append(found, strings.Split(v.String(), "\n")...)
			}
		default: // numbers and times are written alike in all languages
		}
	}
	walk(reflect.ValueOf(view), "")
	slices.SortFunc(found, func(a, b string) int { return len(b) - len(a) }) // the longest first
	return found
}
