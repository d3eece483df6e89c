// Package browser walks through the pages as people do, with a real browser the
// size of a phone, against a whole house.
package browser

import (
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/internal/testkit"
)

// shots keeps the screenshots of README.
var shots = flag.Bool("shots", false, "write the screenshots to docs/images")

func TestMain(m *testing.M) { testkit.Main(m, testkit.MayLeak("net/http.(*persistConn)")) }

// visit is one person's browser at one house.
type visit struct {
	t     *testing.T
	house *local.House
	tab   context.Context
	taps  int // buttons and links that the person pressed
	codes int // one-time codes that he looked up and typed
}

func newHouse(t *testing.T) *local.House {
	t.Helper()
	return houseWith(t, nil)
}

// newApartHouse is one whose provider is another site to browsers, as it is in the
// world: they tell sites apart by name, and two ports of one name are the same.
func newApartHouse(t *testing.T) *local.House {
	t.Helper()
	return houseWith(t, func(address string) (string, error) { return elsewhere(address), nil })
}

// elsewhere is this machine under its other name.
func elsewhere(address string) string { return strings.Replace(address, "127.0.0.1", "localhost", 1) }

func houseWith(t *testing.T, simVia func(string) (string, error)) *local.House {
	t.Helper()
	return houseOf(t, local.Options{SimVia: simVia})
}

func houseOf(t *testing.T, options local.Options) *local.House {
	t.Helper()
	options.Shop, options.Volatile, options.Speed = true, true, 10
	house, err := local.Start(t.Context(), options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, house.Close()) })
	require.NoError(t, house.StartWorker(context.WithoutCancel(t.Context())))
	return house
}

// What people open links in, as it describes itself.
const (
	onPhone   = "Mozilla/5.0 (Linux; Android 16; Pixel 10) Chrome/142.0.0.0 Mobile Safari/537.36"
	inWeChat  = "Mozilla/5.0 (Linux; Android 16; Pixel 10) Chrome/142.0.0.0 Mobile MicroMessenger/8.0.60"
	inAlipay  = "Mozilla/5.0 (Linux; Android 16; Pixel 10) Chrome/142.0.0.0 Mobile AlipayClient/10.8.20"
	onDesktop = "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36"
)

func newVisit(t *testing.T, house *local.House) *visit {
	t.Helper()
	return newVisitIn(t, house, onPhone)
}

func newVisitIn(t *testing.T, house *local.House, browser string) *visit {
	t.Helper()
	tab := testkit.Phone(t, chromedp.Flag("accept-lang", "zh-CN"), chromedp.Flag("user-agent", browser))
	return &visit{t: t, house: house, tab: tab}
}

// newDesk is a visit with a screen and a mouse.
func newDesk(t *testing.T, house *local.House) *visit {
	t.Helper()
	tab := testkit.Chromium(t, chromedp.Flag("accept-lang", "zh-CN"), chromedp.UserAgent(onDesktop),
		chromedp.WindowSize(1280, 800))
	return &visit{t: t, house: house, tab: tab}
}

func (v *visit) open(address string) {
	v.t.Helper()
	require.NoError(v.t, chromedp.Do(v.tab, chromedp.Navigate(address)))
}

func (v *visit) press(selector string) {
	v.t.Helper()
	v.taps++
	require.NoError(v.t, chromedp.Do(v.tab, chromedp.Click(selector)), selector)
}

// turn presses what leads to another page, and waits until the browser shows that one: where the next step
// looks for what both pages have, it would else find it on the page that is going away.
func (v *visit) turn(selector string) {
	v.t.Helper()
	const mark = `document.documentElement.dataset.left = "yes"`
	_, err := chromedp.Run(v.tab, chromedp.Evaluate[string](mark))
	require.NoError(v.t, err)
	v.press(selector)
	v.sees("html:not([data-left]) body")
}

func (v *visit) fill(selector, text string) {
	v.t.Helper()
	require.NoError(v.t, chromedp.Do(v.tab, chromedp.SendKeys(selector, text)), selector)
}

// patience is how long a visit waits for something to show.
const patience = 25 * time.Second

// sees waits until the page shows something.
func (v *visit) sees(selector string) {
	v.t.Helper()
	soon, cancel := context.WithTimeout(v.tab, patience) // shorter than the tab's, which then says what it shows
	defer cancel()
	if err := chromedp.Do(soon, chromedp.WaitVisible(selector)); err != nil {
		require.NoError(v.t, err, "waiting for %s; the page at %s is %s", selector, v.address(), v.text("body"))
	}
}

func (v *visit) text(selector string) string {
	script := `document.querySelector("` + selector + `").innerText`
	text, err := chromedp.Run(v.tab, chromedp.Evaluate[string](script))
	require.NoError(v.t, err)
	return text
}

func (v *visit) address() string {
	v.t.Helper()
	at, err := chromedp.Run(v.tab, chromedp.Location())
	require.NoError(v.t, err)
	return at
}

// shot writes a picture of the page for README.
func (v *visit) shot(name string) {
	v.t.Helper()
	if !*shots {
		return
	}
	picture, err := chromedp.Run(v.tab, chromedp.CaptureScreenshot())
	require.NoError(v.t, err)
	require.NoError(v.t, os.MkdirAll("../../docs/images", 0o755))
	require.NoError(v.t, os.WriteFile(filepath.Join("../../docs/images", name+".png"), picture, 0o644))
}

// fits says that nothing sticks out of a phone's screen.
func (v *visit) fits() {
	v.t.Helper()
	const script = "document.documentElement.scrollWidth > innerWidth"
	wide, err := chromedp.Run(v.tab, chromedp.Evaluate[bool](script))
	require.NoError(v.t, err)
	require.False(v.t, wide, "%s is wider than the screen", v.address())
}

// code is the one-time code that the simulator's gateway was given for a phone.
func (v *visit) code(phone string) string {
	v.t.Helper()
	v.codes++
	address := v.house.SimURL + "/sim/sms?to=" + phone
	request, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, address, nil)
	require.NoError(v.t, err)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(v.t, err)
	defer answer.Body.Close()
	var inbox struct {
		Messages []struct {
			Params map[string]string `json:"params"`
		} `json:"messages"`
	}
	require.NoError(v.t, json.NewDecoder(answer.Body).Decode(&inbox))
	require.NotEmpty(v.t, inbox.Messages)
	return inbox.Messages[len(inbox.Messages)-1].Params["code"]
}
