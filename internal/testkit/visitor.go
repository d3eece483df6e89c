package testkit

import (
	"context"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// visitPatience is only to end a visit whose test has forgotten it: each step of a test has a patience of its
// own, and a visit may have many steps on a busy machine.
const visitPatience = 5 * time.Minute

const deskWidth, deskHeight = 1280, 800

// Person is how a visitor's browser shows itself.
type Person struct {
	Agent    string  // as the browser describes itself; empty: Chromium
	Language string  // of Accept-Language; empty: Chromium's
	Desk     bool    // 1280 by 800 points with a mouse; else a phone, 390 by 844 with touch
	Scale    float64 // pixels to a point; 0: 1, which draws fastest
}

// Visitor opens a tab with cookies, storage and cache of its own, in the one browser that the tests of this
// binary share: a process for each costs a second, a profile in it next to nothing. The tab ends with the
// test.
func Visitor(t testing.TB, person Person) context.Context {
	t.Helper()
	browser, err := sharedBrowser()
	require.NoError(t, err, "no browser: run `apt-get install chromium-headless-shell`")
	return openTab(t, browser, person, chromedp.WithNewBrowserContext())
}

// AnotherTab opens one more tab of a visitor, who is the same in it.
func AnotherTab(t testing.TB, visitor context.Context, person Person) context.Context {
	t.Helper()
	return openTab(t, visitor, person)
}

func openTab(
	t testing.TB, from context.Context, person Person, options ...chromedp.ContextOption,
) context.Context {
	t.Helper()
	limited, cancel := context.WithTimeout(from, visitPatience)
	tab, quit := chromedp.NewContext(limited, options...)
	t.Cleanup(func() {
		quit()
		cancel()
	})
	require.NoError(t, chromedp.Do(tab, person.viewport()), "the browser opens no tab")
	// Whoever types into one tab has not left the others.
	_, err := chromedp.Call(tab, emulation.SetFocusEmulationEnabled,
		emulation.SetFocusEmulationEnabledParams{Enabled: true})
	require.NoError(t, err)
	if person.Agent != "" || person.Language != "" {
		_, err := chromedp.Call(tab, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
			UserAgent: person.Agent, AcceptLanguage: person.Language,
		})
		require.NoError(t, err)
	}
	return tab
}

func (p Person) viewport() chromedp.Action[chromedp.Void] {
	scale := chromedp.EmulateScale(max(p.Scale, 1))
	if p.Desk {
		return chromedp.EmulateViewport(deskWidth, deskHeight, scale)
	}
	return chromedp.EmulateViewport(phoneWidth, phoneHeight, scale,
		chromedp.EmulatePortrait, chromedp.EmulateMobile, chromedp.EmulateTouch)
}

// sharedBrowser is started once and stopped by Main.
var sharedBrowser = sync.OnceValues(func() (context.Context, error) {
	path, err := findChromium()
	if err != nil {
		return nil, err
	}
	profile, err := os.MkdirTemp("", "friendpay-browser-")
	if err != nil {
		return nil, err
	}
	options := slices.Concat(quiet, []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(profile),
	})
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium's sandbox refuses root
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	browser, quit := chromedp.NewContext(allocator)
	atEnd(func() error {
		err := chromedp.Cancel(browser) // in order, so that it no longer writes to the profile being removed
		quit()
		stop()
		if err != nil {
			return err
		}
		return os.RemoveAll(profile)
	})
	return browser, chromedp.Do(browser)
})
