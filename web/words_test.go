package web_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/web"
)

var (
	slots   = regexp.MustCompile(`\{\{[^}]*\}\}`)
	latin   = regexp.MustCompile(`[A-Za-z]+`)
	literal = regexp.MustCompile(`\bt "([a-z_.]+)"`)
)

// names are words that stand in Chinese texts as they are.
var names = map[string]bool{"App": true, "JavaScript": true, "QQ": true, "TA": true}

// shopName is what the demo shop is called in any language.
const shopName = "良品小店"

func han(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// strays are what is in the wrong language of a text.
func strays(locale web.Locale, text string) (found []string) {
	text = slots.ReplaceAllString(text, "")
	if locale == web.English {
		if text = strings.ReplaceAll(text, shopName, ""); han(text) {
			found = append(found, text)
		}
		return found
	}
	for _, word := range latin.FindAllString(text, -1) {
		if !names[word] {
			found = append(found, word)
		}
	}
	return found
}

func TestEachLanguageIsItself(t *testing.T) {
	t.Parallel()
	chinese, english := keys(t, web.Chinese), keys(t, web.English)
	for key, text := range chinese {
		require.Empty(t, strays(web.Chinese, text), key)
		require.Empty(t, strays(web.English, english[key]), key)
		require.NotEqual(t, text, english[key], "%s is the same in both", key)
		require.True(t, han(text), key)
	}
	require.NotEmpty(t, strays(web.Chinese, "请 confirm"))
	require.NotEmpty(t, strays(web.English, "Please 付"))
	require.Empty(t, strays(web.Chinese, "换个 App，{{.who}}"))
}

// Halves of full-width texts are full-width: a comma of the other kind is a slip of the keyboard.
func TestChineseIsPunctuatedAsChinese(t *testing.T) {
	t.Parallel()
	slip := regexp.MustCompile(`\p{Han}[,;:?!]|[,;?!]\p{Han}`)
	for key, text := range keys(t, web.Chinese) {
		require.NotRegexp(t, slip, text, key)
		require.NotContains(t, text, "您", key)
	}
	require.Regexp(t, slip, "好,付")
}

func TestNoTextIsMissing(t *testing.T) {
	t.Parallel()
	chinese := keys(t, web.Chinese)
	entries, err := os.ReadDir("templates")
	require.NoError(t, err)
	said := 0
	for _, entry := range entries {
		content, err := os.ReadFile("templates/" + entry.Name())
		require.NoError(t, err)
		for _, key := range literal.FindAllStringSubmatch(string(content), -1) {
			require.Contains(t, chinese, key[1], entry.Name())
			said++
		}
	}
	require.Greater(t, said, 100)
}
