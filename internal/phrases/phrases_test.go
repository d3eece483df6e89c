package phrases_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/phrases"
	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/models"
)

func TestSentencesAreSaidInChinese(t *testing.T) {
	t.Parallel()
	for english, want := range map[string]string{
		"Ask wechatpay about payment 4K now.":                  "现在向 微信支付 查询付款 4K。",
		"The request is settled.":                              "请求现在：已付清。",
		"This request has ended. Ask the buyer for a new one.": "这个请求已结束。请买家重新发起一个。",
		"paying → applying on payment_succeeded":               "付款中 → 入账中（付款成功）",
		"Case_close":                           "Case_close",
		"":                                     "",
		"It waits until 2026-03-01T01:00:00Z.": "它会等到 2026-03-01 09:00:00。",
	} {
		said, _ := phrases.Chinese(english)
		require.Equal(t, want, said)
	}
	_, known := phrases.Chinese("Something new happened. The case is closed.")
	require.False(t, known)
}

// asked are all keys, as one text to look a piece of a sentence up in.
func asked(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile("sentences.json")
	require.NoError(t, err)
	table := map[string]string{}
	require.NoError(t, json.Unmarshal(content, &table))
	var keys strings.Builder
	place := regexp.MustCompile(`\{(\d*)\}`)
	for english, chinese := range table {
		require.NotEmpty(t, chinese, english)
		require.NotRegexp(t, `[a-z]{4,} [a-z]{2,}`, place.ReplaceAllString(chinese, ""), english)
		require.LessOrEqual(t, len(place.FindAllString(chinese, -1)), strings.Count(english, "{}"), english)
		keys.WriteString(english + "\n")
	}
	return keys.String()
}

// notSaid are words of these files that no page shows.
var notSaid = map[string]bool{
	"command not carried out yet": true, "command not marked; it will be carried out again": true,
	"%d.%02d %s": true, " or ": true, ", ": true, " ": true,
}

// Whatever colleagues are told of commands, and why the law refuses one, has words in Chinese.
func TestEveryWordOfCommandsIsKnownInChinese(t *testing.T) {
	t.Parallel()
	keys := asked(t)
	files, err := filepath.Glob("../support/*.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	count := 0
	for _, file := range append(files, "../../models/refusals.go") {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, text := range literals(t, file) {
			if !strings.Contains(text, " ") || strings.Contains(text, "\n") || notSaid[text] {
				continue
			}
			count++
			require.Contains(t, keys, strings.ReplaceAll(text, "%s", "{}"), file)
		}
	}
	require.Greater(t, count, 150)
}

func TestEveryCommandIsCalledInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, name := range support.Commands() {
		said, known := phrases.Code(name)
		require.True(t, known, name)
		require.NotEmpty(t, said)
		require.NotEmpty(t, support.Label(name), name)
		_, known = phrases.Chinese(support.Label(name))
		require.True(t, known, support.Label(name))
		for _, arg := range support.Wants(name) {
			_, known = phrases.Chinese(arg.Label)
			require.True(t, known, "%s of %s", arg.Label, name)
		}
	}
}

func TestEveryStateHasAWord(t *testing.T) {
	t.Parallel()
	for _, state := range models.States {
		_, known := phrases.Code(string(state))
		require.True(t, known, state)
	}
	for _, event := range slices.Concat(models.Outside, models.Answers, models.Lapses) {
		_, known := phrases.Code(string(event))
		require.True(t, known, event)
	}
}

// literals are the texts of a file, imports and tags left out.
func literals(t *testing.T, file string) (texts []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	ast.Inspect(parsed, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			text, err := strconv.Unquote(literal.Value)
			require.NoError(t, err)
			texts = append(texts, text)
		}
		return true
	})
	return texts
}
