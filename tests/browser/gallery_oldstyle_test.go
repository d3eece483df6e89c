package browser

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the engine of an in-app browser of early 2018 does not know (Chromium 57 to 66, Safari 11). Such an
// engine drops a declaration whose property or value it does not know, a rule of whose selectors it does not
// know one, and a block of at-rules that it cannot read.
var (
	newProperty = regexp.MustCompile(`^(inset(-.*)?|aspect-ratio|overflow-anchor|appearance|accent-color|` +
		`color-scheme|text-wrap|content-visibility|contain|backdrop-filter|line-clamp|scrollbar-gutter|translate|` +
		`scale|rotate|(margin|padding)-(inline|block).*|text-underline-offset|overscroll-behavior.*|row-gap)$`)
	newValue = regexp.MustCompile(`\b(max|min|clamp|env|color-mix|light-dark|fit-content)\(|\d[dsl]v[hw]\b|` +
		`\b(anywhere|subgrid|revert)\b|^(clip|safe .*)$|" / "`)
	newSelector = regexp.MustCompile(`:(focus-visible|is|where|has|any-link|user-invalid)\b|&|:not\([^)]*,`)
	newBlock    = regexp.MustCompile(`^@(container|layer|property|scope|starting-style|view-transition)\b|` +
		`^@media[^{]*(prefers-|[<>]=?|dynamic-range|hover: )|^@supports`)
	styleComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
)

// oldStyle is what such an engine keeps of a style sheet.
func oldStyle(css string) string {
	var out strings.Builder
	rest := styleComment.ReplaceAllString(css, "")
	for {
		head, after, found := strings.Cut(rest, "{")
		if !found {
			return out.String()
		}
		body, next := block(after)
		head, rest = strings.TrimSpace(head), next
		switch {
		case newBlock.MatchString(head) || newSelector.MatchString(head):
		case strings.HasPrefix(head, "@media"):
			out.WriteString(head + " {\n" + oldStyle(body) + "}\n")
		case strings.HasPrefix(head, "@"):
			out.WriteString(head + " {" + body + "}\n")
		default:
			out.WriteString(head + " { " + oldDeclarations(body) + " }\n")
		}
	}
}

// block cuts at the brace that closes what has been opened.
func block(text string) (body, rest string) {
	depth := 1
	for i, letter := range text {
		switch letter {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth == 0 {
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}

// oldDeclarations drops the new ones. A gap is known in a grid, and nowhere else: a rule that does not say
// grid itself is taken for a flexible box.
func oldDeclarations(body string) string {
	grid := strings.Contains(body, "display: grid") || strings.Contains(body, "display:grid")
	var kept []string
	for declaration := range strings.SplitSeq(body, ";") {
		property, value, found := strings.Cut(strings.TrimSpace(declaration), ":")
		property, value = strings.TrimSpace(property), strings.TrimSpace(value)
		switch {
		case !found || strings.Contains(declaration, "{"):
		case !strings.HasPrefix(property, "--") && newProperty.MatchString(property):
		case newValue.MatchString(value):
		case property == "gap" && !grid, property == "column-gap" && !grid:
		default:
			kept = append(kept, property+": "+value)
		}
	}
	return strings.Join(kept, "; ")
}

func TestAnOldEngineDropsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"a { color: red; inset: 0 }":                               "a { color: red }\n",
		".row { display: flex; gap: 8px; }":                        ".row { display: flex }\n",
		".row { display: grid; gap: 8px; }":                        ".row { display: grid; gap: 8px }\n",
		"p { padding: 16px; padding: 16px max(16px, 2em) }":        "p { padding: 16px }\n",
		"p { padding-left: env(safe-area-inset-left) }":            "p {  }\n",
		":focus-visible, a:focus { outline: 0 } b { top: 0 }":      "b { top: 0 }\n",
		"@media (prefers-color-scheme: dark) { a { color: red } }": "",
		"@media (width: 340px) { a { inset: 0; top: 0 } }":         "@media (width: 340px) {\na { top: 0 }\n}\n",
		"@supports (gap: 1px) { a { top: 0 } } i { left: 0 }":      "i { left: 0 }\n",
		"p { overflow-wrap: anywhere; aspect-ratio: 1 } /* x { */": "p {  }\n",
		`p { content: "✓"; content: "✓" / "" }`:                    "p { content: \"✓\" }\n",
		"p { width: min-content; min-width: 20px }":                "p { width: min-content; min-width: 20px }\n",
	} {
		require.Equal(t, want, oldStyle(given), given)
	}
}
