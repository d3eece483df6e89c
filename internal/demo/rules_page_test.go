package demo

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rulesRow is a row of the page of rules: its number, the proof and the command.
var rulesRow = regexp.MustCompile("(?m)^\\| (\\d+) \\|.*\\| `(\\w+)` \\| `([^`]+)` \\|$")

// The page of rules has a row for each of the field's 36, and each has a proof that exists and
// a command that can be run.
func TestEveryRuleHasAProofAndACommand(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/rules.md")
	require.NoError(t, err)
	rows := rulesRow.FindAllStringSubmatch(string(page), -1)
	require.Len(t, rows, 36)
	for i, row := range rows {
		require.Equal(t, strconv.Itoa(i+1), row[1])
		words := strings.Fields(row[3])
		switch {
		case strings.HasPrefix(row[3], "go test ./"):
			require.Len(t, words, 5, row[3])
			require.True(t, strings.HasPrefix(row[2], words[4]), "%s does not run %s", row[3], row[2])
			require.True(t, declared(t, "../../"+words[2], row[2]), "%s has no %s", words[2], row[2])
		default:
			require.Equal(t, []string{"bin/friendpay", "demo", "--scenario"}, words[:3])
			require.NoError(t, Check(words[3]))
			if len(words) > 4 {
				require.Equal(t, "--channel", words[4])
				require.Contains(t, Channels(), words[5])
			}
		}
	}
}

// declared says that a folder's tests have a test of that name.
func declared(t *testing.T, folder, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		if strings.Contains(string(text), "func "+name+"(") {
			return true
		}
	}
	return false
}
