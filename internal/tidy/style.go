package tidy

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxLine         = 110
	maxCode         = 250
	maxTest         = 400
	maxFunction     = 60
	maxTestFunction = 100
)

// tighter limits hold for files that must be read in one sitting.
var tighter = map[string]int{"workflows/friend_pay.go": 150}

// empty words name no subject, so everything ends up there and nobody finds it.
var emptyWords = []string{
	"base", "common", "helper", "helpers", "impl", "manager", "misc", "service", "shared", "types",
	"util", "utils",
}

const sizeReason = "what does not fit on a few screens is not read; split it by subject"

// generated are the files that a tool writes and a test of their own keeps up to date: nobody reads them from
// top to bottom. A file that only says so of itself is held to the limits like any other.
var generated = []string{"client/wire.gen.go"}

func isGenerated(source *Source) bool {
	return slices.Contains(generated, source.Path) && ast.IsGenerated(source.AST)
}

// CheckSize returns a finding when a file or one of its functions is too long, and for each line that is.
func CheckSize(source *Source) []Finding {
	if isGenerated(source) {
		return nil
	}
	lines := strings.Split(strings.TrimSuffix(source.Text, "\n"), "\n")
	limit, functionLimit := maxCode, maxFunction
	if source.IsTest() {
		limit, functionLimit = maxTest, maxTestFunction
	}
	if own, ok := tighter[source.Path]; ok {
		limit = own
	}
	var findings []Finding
	if len(lines) > limit {
		what := fmt.Sprintf("has %d lines, the limit is %d", len(lines), limit)
		findings = append(findings, Finding{Where: source.Path, What: what, Reason: sizeReason})
	}
	for index, line := range lines {
		if length := utf8.RuneCountInString(line); length > maxLine {
			what := fmt.Sprintf("has %d characters, the limit is %d", length, maxLine)
			findings = append(findings, source.atLine(index+1, what, "two files fit side by side"))
		}
	}
	return append(findings, longFunctions(source, functionLimit)...)
}

func longFunctions(source *Source, limit int) []Finding {
	var findings []Finding
	for _, declaration := range source.AST.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok || function.Body == nil {
			continue
		}
		start, end := source.fset.Position(function.Pos()).Line, source.fset.Position(function.End()).Line
		if length := end - start + 1; length > limit {
			what := fmt.Sprintf("%s has %d lines, the limit is %d", function.Name.Name, length, limit)
			findings = append(findings, source.at(function.Pos(), what, sizeReason))
		}
	}
	return findings
}

// CheckNames returns a finding for a file or folder whose name says nothing.
func CheckNames(source *Source) []Finding {
	stem := strings.TrimSuffix(strings.TrimSuffix(path.Base(source.Path), ".go"), "_test")
	words := append(strings.Split(source.Folder(), "/"), stem)
	for _, word := range words {
		if slices.Contains(emptyWords, word) {
			reason := "it names no subject; call it after what is in it"
			return []Finding{{Where: source.Path, What: "is called " + word, Reason: reason}}
		}
	}
	return nil
}

// CheckPackageComment returns a finding when no file of a package says what the package is for, or when one
// that does is not in Go's form.
func CheckPackageComment(files []*Source) []Finding {
	const reason = "the first question of a reader is what this package is for"
	var code []*Source
	for _, file := range files {
		if !file.IsTest() {
			code = append(code, file)
		}
	}
	if len(code) == 0 {
		code = files // a folder of tests alone says it in one of them
	}
	for _, file := range code {
		if doc := strings.TrimSpace(file.AST.Doc.Text()); doc != "" {
			if opens(doc, file.AST.Name.Name) {
				return nil
			}
			what := "its package comment does not begin with \"Package " + file.AST.Name.Name + "\""
			return []Finding{{Where: file.Path, What: what, Reason: "go doc expects it"}}
		}
	}
	return []Finding{{Where: files[0].Folder(), What: "has no package comment", Reason: reason}}
}

// opens says whether the comment begins as Go wants it; a command may also begin with its name.
func opens(doc, name string) bool {
	if name == "main" {
		return true
	}
	return strings.HasPrefix(doc, "Package "+strings.TrimSuffix(name, "_test"))
}
