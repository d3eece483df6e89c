package tidy_test

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/tidy"
)

const root = "../.."

var house = sync.OnceValues(func() (*tidy.Tree, error) { return tidy.Load(root) })

func tree(t *testing.T) *tidy.Tree {
	t.Helper()
	loaded, err := house()
	require.NoError(t, err)
	require.NotEmpty(t, loaded.Go, "the rules saw no source at all")
	return loaded
}

// report fails once for each finding, so that all are seen in one run.
func report(t *testing.T, findings []tidy.Finding) {
	t.Helper()
	for _, finding := range findings {
		t.Error(finding)
	}
}

func eachFile(t *testing.T, check func(*tidy.Source) []tidy.Finding) {
	t.Helper()
	for _, source := range tree(t).Go {
		report(t, check(source))
	}
}

func TestImports(t *testing.T) {
	t.Parallel()
	report(t, tidy.CheckImports(tidy.ImportRules, tree(t).Go))
}

func TestCalls(t *testing.T) {
	t.Parallel()
	eachFile(t, func(s *tidy.Source) []tidy.Finding { return tidy.CheckCalls(tidy.CallRules, s) })
}

func TestSizes(t *testing.T) {
	t.Parallel()
	eachFile(t, tidy.CheckSize)
}

func TestNames(t *testing.T) {
	t.Parallel()
	eachFile(t, tidy.CheckNames)
}

func TestComments(t *testing.T) {
	t.Parallel()
	eachFile(t, tidy.CheckComments)
}

func TestPackageComments(t *testing.T) {
	t.Parallel()
	for _, files := range tree(t).Packages() {
		report(t, tidy.CheckPackageComment(files))
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	exists := func(path string) bool {
		_, err := os.Stat(filepath.Join(root, filepath.FromSlash(path)))
		return err == nil
	}
	for name, text := range tree(t).Text {
		if filepath.Ext(name) == ".md" {
			report(t, tidy.CheckLinks(name, text, exists))
			report(t, tidy.CheckPaths(name, text, exists))
		}
	}
}

func TestNoMachineIsNamed(t *testing.T) {
	t.Parallel()
	for name, text := range tree(t).Text {
		if filepath.Dir(name) != "internal/tidy" { // it feeds its own guards with such names
			report(t, tidy.CheckMachinePaths(name, text))
		}
	}
}

func TestNothingIsLeftUnfinished(t *testing.T) {
	t.Parallel()
	read := []string{".css", ".html", ".js", ".json", ".md", ".sh", ".sql", ".toml", ".yaml", ".yml"}
	for name, text := range tree(t).Text {
		if slices.Contains(read, filepath.Ext(name)) {
			report(t, tidy.CheckText(name, text))
		}
	}
}

// A document that names a test as its proof names one that exists.
func TestProofsExist(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, source := range tree(t).Go {
		for _, name := range tidy.TestNames(tree(t).Text[source.Path]) {
			known[name] = true
		}
	}
	require.Contains(t, tree(t).Text, "docs/threat-model.md")
	for name, text := range tree(t).Text {
		if filepath.Ext(name) == ".md" {
			report(t, tidy.CheckProofs(name, text, known))
		}
	}
}
