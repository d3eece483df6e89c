package testkit

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

const (
	phoneWidth, phoneHeight, phoneScale = 390, 844, 3

	// browserPatience ends a test that waits for something that will not appear on the page.
	browserPatience = time.Minute
)

// quiet keeps the browser from looking for its maker's servers, which a test machine need not reach.
var quiet = []chromedp.ExecAllocatorOption{
	chromedp.NoFirstRun,
	chromedp.NoDefaultBrowserCheck,
	chromedp.Headless,
	chromedp.DisableGPU,
	chromedp.Flag("disable-quic", true),
	chromedp.Flag("disable-background-networking", true),
	chromedp.Flag("disable-component-update", true),
	chromedp.Flag("disable-default-apps", true),
	chromedp.Flag("disable-dev-shm-usage", true),
	chromedp.Flag("disable-extensions", true),
	chromedp.Flag("disable-sync", true),
	chromedp.Flag("hide-scrollbars", true),
	chromedp.Flag("metrics-recording-only", true),
	chromedp.Flag("password-store", "basic"),
}

// Chromium starts a headless browser with a fresh profile and returns the context that drives it with
// chromedp. It ends with the test, and after a minute. Further options come after ours and win.
func Chromium(t testing.TB, options ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	return ChromiumFor(t, browserPatience, options...)
}

// ChromiumFor is Chromium that ends after a time of the test's own choice.
func ChromiumFor(
	t testing.TB, patience time.Duration, options ...chromedp.ExecAllocatorOption,
) context.Context {
	t.Helper()
	path, err := findChromium()
	require.NoError(t, err, "no browser: run `apt-get install chromium-headless-shell`")
	all := slices.Concat(quiet, []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()),
	})
	if os.Geteuid() == 0 {
		all = append(all, chromedp.NoSandbox) // Chromium's sandbox refuses root
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	allocator, stop := chromedp.NewExecAllocator(ctx, append(all, options...)...)
	browser, quit := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		_ = chromedp.Cancel(browser) // in order, so that it no longer writes to the profile being removed
		quit()
		stop()
		cancel()
	})
	require.NoError(t, chromedp.Do(browser), "the browser does not start")
	return browser
}

// Phone starts a browser the size of a phone, 390 by 844 points, with touch instead of a mouse.
func Phone(t testing.TB, options ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	browser := Chromium(t, options...)
	viewport := chromedp.EmulateViewport(phoneWidth, phoneHeight, chromedp.EmulateScale(phoneScale),
		chromedp.EmulatePortrait, chromedp.EmulateMobile, chromedp.EmulateTouch)
	require.NoError(t, chromedp.Do(browser, viewport))
	return browser
}

// findChromium prefers the build that draws no windows: it is the same engine at half the work.
func findChromium() (path string, err error) {
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if path, err = exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", err
}
