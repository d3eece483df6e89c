package providertest

import (
	"bufio"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Traps checks a package's list of known traps, testdata/traps.txt, against the tests that
// prove them handled: each trap has a row, each row a trap and a test of the package.
func Traps(t *testing.T, traps map[string]string) {
	t.Helper()
	listed, tests := listedTraps(t), testsHere(t)
	for number, what := range listed {
		require.Contains(t, traps, number, "no row for: %s", what)
	}
	for number, name := range traps {
		require.Contains(t, listed, number, "a row for a trap that is not listed")
		require.True(t, tests[name], "trap %s: there is no test %s", number, name)
	}
}

// listedTraps is testdata/traps.txt by number.
func listedTraps(t *testing.T) map[string]string {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "traps.txt"))
	require.NoError(t, err)
	defer file.Close()
	listed := map[string]string{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		number, what, ok := strings.Cut(lines.Text(), " ")
		if number == "#" {
			continue
		}
		require.True(t, ok && what != "", lines.Text())
		require.NotContains(t, listed, number)
		listed[number] = what
	}
	require.NoError(t, lines.Err())
	require.NotEmpty(t, listed)
	return listed
}

// testsHere are the test functions of this folder.
func testsHere(t *testing.T) map[string]bool {
	t.Helper()
	paths, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	found := map[string]bool{}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, declaration := range file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if ok && function.Recv == nil && strings.HasPrefix(function.Name.Name, "Test") {
				found[function.Name.Name] = true
			}
		}
	}
	return found
}
