package browser

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/internal/testkit"
)

// visit is one person's browser at one house.
type visit struct {
	t     *testing.T
	house *local.House
	as    testkit.Person
	tab   context.Context
	taps  int // buttons and links that the person pressed
	codes int // one-time codes that he looked up and typed
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
	return visitAs(t, house, testkit.Person{Agent: browser, Language: "zh-CN"})
}

// newDesk is a visit with a screen and a mouse.
func newDesk(t *testing.T, house *local.House) *visit {
	t.Helper()
	return visitAs(t, house, testkit.Person{Agent: onDesktop, Language: "zh-CN", Desk: true})
}

func visitAs(t *testing.T, house *local.House, person testkit.Person) *visit {
	t.Helper()
	if *shots {
		person.Scale = 3
	}
	return &visit{t: t, house: house, as: person, tab: testkit.Visitor(t, person)}
}

// beside is another tab of the same person's browser.
func (v *visit) beside() *visit {
	v.t.Helper()
	return &visit{t: v.t, house: v.house, as: v.as, tab: testkit.AnotherTab(v.t, v.tab, v.as)}
}

// patience is how long a visit waits for one step: for something to show, or for a page to load.
const patience = 25 * time.Second

// calmly is how often a step looks whether it can be done: by itself the library asks 200 times a second, of
// which a browser does little else.
var calmly = chromedp.RetryInterval(40 * time.Millisecond)

// do carries out one step, within the patience of one. Its selectors are of CSS by type: a bare string would
// be searched for in all that the page says, too, and "h1" is found in one of many signatures.
func (v *visit) do(step chromedp.Action[chromedp.Void], what string) {
	v.t.Helper()
	soon, cancel := context.WithTimeout(v.tab, patience) // shorter than the tab's, which then says what it shows
	defer cancel()
	if err := chromedp.Do(soon, step); err != nil {
		require.NoError(v.t, err, "%s; the page at %s is %s", what, v.address(), v.text("body"))
	}
}

func (v *visit) open(address string) {
	v.t.Helper()
	v.do(chromedp.Navigate(address), "opening "+address)
}

func (v *visit) press(selector string) {
	v.t.Helper()
	v.taps++
	v.do(chromedp.Click(chromedp.CSS(selector), calmly), "pressing "+selector)
}

// turn presses what leads to another page, and waits until the browser shows that one: where the next step
// looks for what both pages have, it would else find it on the page that is going away.
func (v *visit) turn(selector string) {
	v.t.Helper()
	v.mark()
	v.press(selector)
	v.sees(nextPage)
}

// mark makes the page that is shown known from the one that comes after it.
func (v *visit) mark() {
	v.t.Helper()
	_, err := chromedp.Run(v.tab, chromedp.Evaluate[string](`document.documentElement.dataset.left = "yes"`))
	require.NoError(v.t, err)
}

// nextPage is there once the marked page is gone.
const nextPage = "html:not([data-left]) body"

func (v *visit) fill(selector, text string) {
	v.t.Helper()
	v.do(chromedp.SendKeys(chromedp.CSS(selector), text, calmly), "filling "+selector)
}

// sees waits until the page shows something.
func (v *visit) sees(selector string) {
	v.t.Helper()
	v.do(chromedp.WaitVisible(chromedp.CSS(selector), calmly), "waiting for "+selector)
}

func (v *visit) text(selector string) string {
	script := `document.querySelector("` + selector + `").innerText`
	text, err := chromedp.Run(v.tab, chromedp.Evaluate[string](script))
	require.NoError(v.t, err)
	return text
}

// count is how many elements of the page fit a selector.
func (v *visit) count(selector string) int {
	v.t.Helper()
	n, err := chromedp.Run(v.tab, chromedp.Evaluate[int](`document.querySelectorAll("`+selector+`").length`))
	require.NoError(v.t, err)
	return n
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
	if *shots {
		v.picture(filepath.Join("../../docs/images", name+".png"))
	}
}

func (v *visit) picture(file string) {
	v.t.Helper()
	picture, err := chromedp.Run(v.tab, chromedp.CaptureScreenshot())
	require.NoError(v.t, err)
	require.NoError(v.t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(v.t, os.WriteFile(file, picture, 0o644))
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
