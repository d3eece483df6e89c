package tidy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/tidy"
)

func lines(count int) string { return strings.Repeat("// x\n", count) }

func TestSizesAreGuarded(t *testing.T) {
	t.Parallel()
	size := func(path, text string) string { return caught(tidy.CheckSize(parse(t, path, "package p\n"+text))) }
	require.Empty(t, size("api/x.go", lines(249)))
	require.Contains(t, size("api/x.go", lines(250)), "251 lines, the limit is 250")
	require.Empty(t, size("api/x_test.go", lines(399)))
	require.Contains(t, size("api/x_test.go", lines(400)), "the limit is 400")
	require.Contains(t, size("workflows/friend_pay.go", lines(150)), "the limit is 150")

	require.Empty(t, size("api/x.go", "func f() {\n"+lines(58)+"}\n"))
	require.Contains(t, size("api/x.go", "func f() {\n"+lines(59)+"}\n"), "f has 61 lines")
	require.Empty(t, size("api/x_test.go", "func f() {\n"+lines(59)+"}\n"))

	require.Empty(t, size("api/x.go", "// "+strings.Repeat("付", 107)), "characters count, not bytes")
	require.Contains(t, size("api/x.go", "// "+strings.Repeat("付", 108)), "x.go:2: has 111 characters")
}

func TestNamesAreGuarded(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"api/utils.go", "internal/common/x.go", "store/helpers_test.go"} {
		require.NotEmpty(t, tidy.CheckNames(parse(t, path, "package p")), path)
	}
	require.Empty(t, tidy.CheckNames(parse(t, "api/services.go", "package p")))
}

func TestPackageCommentsAreGuarded(t *testing.T) {
	t.Parallel()
	check := func(texts ...string) string {
		var files []*tidy.Source
		for _, text := range texts {
			files = append(files, parse(t, "api/x.go", text))
		}
		return caught(tidy.CheckPackageComment(files))
	}
	require.Contains(t, check("package api", "package api"), "has no package comment")
	require.Contains(t, check("// The API.\npackage api"), "does not begin with")
	require.Empty(t, check("package api", "// Package api is the door.\npackage api"))
	require.Empty(t, check("// Command friendpay pays.\npackage main"))
}

func TestCommentsAreGuarded(t *testing.T) {
	t.Parallel()
	for comment, want := range map[string]string{
		"// TO" + "DO: later":           "unfinished",
		"/* FIX" + "ME */":              "unfinished",
		"// order, err := s.find(id)":   "code",
		"// if err != nil {":            "code",
		"// }":                          "code",
		"//return s.close()":            "code",
		"// log.Error(err)":             "code",
		"// if it is late, refund":      "",
		"// for each of them: ask":      "",
		"// return the money (see R9)":  "",
		"//\torder, err := s.find(id)":  "", // an example, indented
		"//nolint:gosec // a path":      "",
		"// see models.Apply for more.": "",
		"//go:embed *.sql":              "",
	} {
		found := caught(tidy.CheckComments(parse(t, "api/x.go", "package p\n\n"+comment+"\nvar x = 1\n")))
		switch want {
		case "unfinished":
			require.Contains(t, found, "file an issue", comment)
		case "code":
			require.Contains(t, found, "code as a comment", comment)
		default:
			require.Empty(t, found, comment)
		}
	}
}

func TestLinksAreGuarded(t *testing.T) {
	t.Parallel()
	exists := func(path string) bool { return path == "docs/states.md" || path == "README.md" }
	check := func(text string) string { return caught(tidy.CheckLinks("docs/operating.md", text, exists)) }
	require.Empty(t, check("[a](states.md) [b](../README.md#run) [c](/README.md)"))
	require.Empty(t, check("[a](https://x.example/y) [b](#here)"))
	require.Empty(t, check("```\n[a](gone.md)\n```\nand `[a](gone.md)`"), "code is not a link")
	require.Contains(t, check("[a](gone.md)"), "links to gone.md")
	require.Contains(t, check("![shot](../states.png \"a state\")"), "links to ../states.png")
}

func TestNamedFilesAreGuarded(t *testing.T) {
	t.Parallel()
	exists := func(path string) bool { return path == "internal/house/house.go" || path == "providers/toy" }
	check := func(text string) string { return caught(tidy.CheckPaths("CONTRIBUTING.md", text, exists)) }
	require.Empty(t, check("`internal/house/house.go`, `providers/toy/`"))
	require.Empty(t, check("`house.go`, `GET /api/x` and providers/gone"), "not from the root on")
	require.Contains(t, check("one line in `internal/house/gone.go`"), "names internal/house/gone.go")
	require.Contains(t, check("a folder `providers/gone`"), "names providers/gone")
}

func TestMachinePathsAreGuarded(t *testing.T) {
	t.Parallel()
	for text, isCaught := range map[string]bool{
		"see /" + "work/main/x":            true,
		`path := "/` + `root/go/pkg"`:      true,
		"/home/ada/src":                    true,
		"GOPROXY=https://proxy.x.org":      false,
		"GOPROXY=proxy.golang.org":         true,
		"from https://proxy.golang.org/":   true,
		"https://x.example/" + "work/main": false,
		"the homework/root of it":          false,
		"/tmp/friendpay":                   false,
	} {
		found := tidy.CheckMachinePaths("x.md", text)
		require.Equal(t, isCaught, len(found) > 0, text)
	}
}

func TestUnfinishedTextIsGuarded(t *testing.T) {
	t.Parallel()
	require.NotEmpty(t, tidy.CheckText("x.sql", "-- FIX"+"ME: index"))
	require.Empty(t, tidy.CheckText("x.sql", "-- an index"))
}

func TestProofsAreGuarded(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	const file = "func TestOne(t *testing.T) {}\n\tfunc TestTwo(\nfunc FuzzThree(f *testing.F) {\n"
	for _, name := range tidy.TestNames(file) {
		known[name] = true
	}
	require.Equal(t, map[string]bool{"TestOne": true, "FuzzThree": true}, known)
	check := func(text string) string { return caught(tidy.CheckProofs("docs/x.md", text, known)) }
	require.Empty(t, check("proven by `TestOne` and `FuzzThree`, and Test by hand"))
	require.Contains(t, check("proven by `TestTwo`"), "names TestTwo")
}
