package web_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/stretchr/testify/require"
)

// own are our own files of a kind, by name.
func own(t *testing.T, pattern string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("static/" + pattern)
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	found := map[string]string{}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		found[path] = string(content)
	}
	return found
}

// rewritten says what a compiler must change in a file for engines of 2018; empty: nothing.
func rewritten(t *testing.T, content string, loader api.Loader) string {
	t.Helper()
	write := func(target api.Target, engines []api.Engine) string {
		out := api.Transform(content, api.TransformOptions{Loader: loader, Target: target, Engines: engines})
		require.Empty(t, out.Errors)
		return string(out.Code)
	}
	old := write(api.ES2018, nil)
	if loader == api.LoaderCSS {
		old = write(api.DefaultTarget, []api.Engine{
			{Name: api.EngineChrome, Version: "67"}, {Name: api.EngineSafari, Version: "11.1"},
		})
	}
	if now := write(api.ESNext, nil); now != old {
		return old
	}
	return ""
}

func TestScriptsHoldInEnginesOf2018(t *testing.T) {
	t.Parallel()
	for path, content := range own(t, "*.js") {
		require.Empty(t, rewritten(t, content, api.LoaderJS), path)
		for _, newer := range []string{".replaceAll(", ".at(", ".flat(", "structuredClone", "Object.fromEntries",
			"queueMicrotask", "Promise.any", "Promise.allSettled", ".matchAll("} {
			require.NotContains(t, content, newer, path)
		}
		bare := strings.ReplaceAll(content, "form.requestSubmit ? form.requestSubmit() : form.submit()", "")
		require.NotContains(t, bare, "requestSubmit", "%s: without a way for who has none", path)
	}
	for _, newer := range []string{"a?.b()", "a ?? b", "a ||= b", "class A { #b = 1 }", "try {} catch {}"} {
		require.NotEmpty(t, rewritten(t, newer, api.LoaderJS), newer)
	}
}

func TestStylesHoldInEnginesOf2018(t *testing.T) {
	t.Parallel()
	for path, content := range own(t, "*.css") {
		require.Empty(t, rewritten(t, content, api.LoaderCSS), path)
		require.Empty(t, tooNew(content), path)
	}
	for _, newer := range []string{"a { b { color: red } }", "a { inset: 0 }", "a { color: rgb(0 0 0 / 50%) }"} {
		require.NotEmpty(t, rewritten(t, newer, api.LoaderCSS), newer)
	}
	for _, newer := range []string{"a { gap: 1px }", "a { padding: max(1px, 2px) }", "a:has(b) {}",
		"a:focus, a:focus-visible { color: red }", "@container (width > 1px) {}"} {
		require.NotEmpty(t, tooNew(newer), newer)
	}
	require.Empty(t, tooNew("a { padding: 0; padding-left: max(1px, 2px) }"))
}

var (
	newerRule = regexp.MustCompile(`:has\(|:is\(|:where\(|@container|@layer|@supports|\b(\w+-)?color-mix\(`)
	gap       = regexp.MustCompile(`[{;\s]gap:`)
	visible   = regexp.MustCompile(`(?m)^[^{}]*,[^{}]*:focus-visible|:focus-visible[^{}]*,`)
	computed  = regexp.MustCompile(`([a-z]+)(-[a-z-]+)?:\s*(?:max|min|clamp|env)\(`)
)

// tooNew is what a compiler lets pass and an engine of 2018 does not know: it would drop a whole rule for it,
// or be left without a value that stands nowhere before.
func tooNew(css string) (found []string) {
	for _, rule := range regexp.MustCompile(`[^{}]*\{[^{}]*\}?`).FindAllString(css, -1) {
		found = append(found, newerRule.FindAllString(rule, -1)...)
		found = append(found, visible.FindAllString(rule, -1)...)
		if gap.MatchString(rule) && !strings.Contains(rule, "grid-gap:") {
			found = append(found, "gap in "+rule)
		}
		for _, at := range computed.FindAllStringSubmatchIndex(rule, -1) {
			name := rule[at[2]:at[3]]
			if !regexp.MustCompile(`\b` + name + `(-[a-z]+)?:`).MatchString(rule[:at[0]]) {
				found = append(found, "no fallback: "+rule[at[0]:at[1]])
			}
		}
	}
	return found
}

// What a friend's page loads stays small: the styles, and a script of eighty lines.
func TestOwnFilesAreSmall(t *testing.T) {
	t.Parallel()
	require.LessOrEqual(t, size(t, "static/app.css"), 16_000)
	script := own(t, "app.js")["static/app.js"]
	require.LessOrEqual(t, strings.Count(script, "\n"), 80)
	for i, line := range strings.Split(script, "\n") {
		require.LessOrEqual(t, len(line), 110, "line %d", i+1)
	}
}

// pairs are colours that stand on each other, and the contrast that they need: of text, or of what only has
// a border to be seen by.
var pairs = []struct {
	front, back string
	least       float64
}{
	{"ink", "ground", 4.5}, {"ink", "paper", 4.5}, {"soft", "ground", 4.5}, {"soft", "paper", 4.5},
	{"main", "ground", 4.5}, {"main", "paper", 4.5}, {"main-ink", "main", 4.5}, {"paper", "bad", 4.5},
	{"warn", "ground", 4.5}, {"warn", "warn-ground", 4.5}, {"good", "ground", 4.5}, {"good", "paper", 4.5},
	{"good", "good-ground", 4.5}, {"bad", "bad-ground", 4.5}, {"bad", "ground", 4.5}, {"bad", "paper", 4.5},
	{"edge", "ground", 3}, {"edge", "paper", 3}, {"main", "ground", 3},
}

func TestColoursCanBeTold(t *testing.T) {
	t.Parallel()
	content := own(t, "app.css")["static/app.css"]
	roots := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(content, 2)
	require.Len(t, roots, 2, "light and dark")
	for i, root := range roots {
		colours := map[string]string{}
		for _, one := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]+)`).FindAllStringSubmatch(root[1], -1) {
			colours[one[1]] = one[2]
		}
		for _, pair := range pairs {
			got := contrast(t, colours[pair.front], colours[pair.back])
			require.GreaterOrEqual(t, got, pair.least, "%s on %s in theme %d", pair.front, pair.back, i)
		}
	}
	require.InDelta(t, 21, contrast(t, "000", "fff"), 0.01)
	require.InDelta(t, 4.48, contrast(t, "777", "fff"), 0.01, "just not enough for text")
}

// contrast is as WCAG 2 defines it.
func contrast(t *testing.T, one, other string) float64 {
	t.Helper()
	light := func(hex string) float64 {
		if len(hex) == 3 {
			hex = fmt.Sprintf("%c%[1]c%c%[2]c%c%[3]c", hex[0], hex[1], hex[2])
		}
		require.Len(t, hex, 6)
		sum := 0.0
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			part, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
			require.NoError(t, err)
			value := float64(part) / 255
			if value <= 0.03928 {
				value /= 12.92
			} else {
				value = math.Pow((value+0.055)/1.055, 2.4)
			}
			sum += weight * value
		}
		return sum
	}
	a, b := light(one), light(other)
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}
