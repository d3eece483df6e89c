// Package tidy holds the rules of the house that no compiler knows: who may import whom, how long a file may
// be, what must not be called where. Its tests read the whole source tree and fail with the place and the
// reason, so a rule is explained where it is broken.
//
// Each rule is a function over parsed source; its own test feeds it a bad snippet and sees it caught, so a
// guard that has gone blind is noticed. A rule that is wrong is changed here, in its own commit.
package tidy

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"strconv"
	"strings"
)

// Module is the import path that folders of the tree hang below.
const Module = "github.com/friendpay/friendpay"

// Finding is one break of one rule.
type Finding struct {
	Where  string // path, or path:line
	What   string
	Reason string
}

func (f Finding) String() string { return fmt.Sprintf("%s: %s (%s)", f.Where, f.What, f.Reason) }

// Source is a parsed Go file; its path is relative to the root of the tree, with slashes.
type Source struct {
	Path string
	Text string
	AST  *ast.File
	fset *token.FileSet
}

// Parse reads a Go file.
func Parse(path, text string) (*Source, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}
	return &Source{Path: path, Text: text, AST: file, fset: fset}, nil
}

// Folder is the package's folder, "." at the root.
func (s *Source) Folder() string { return path.Dir(s.Path) }

// IsTest says whether the file is compiled for tests only.
func (s *Source) IsTest() bool { return strings.HasSuffix(s.Path, "_test.go") }

// Imports returns import path by the name that the file uses for it.
func (s *Source) Imports() map[string]string {
	imports := map[string]string{}
	for _, spec := range s.AST.Imports {
		target, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := baseName(target)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imports[name] = target
	}
	return imports
}

// baseName is the name by which a package is known without an alias: github.com/labstack/echo/v4 is echo.
func baseName(target string) string {
	name := path.Base(target)
	if len(name) > 1 && name[0] == 'v' && strings.Trim(name[1:], "0123456789") == "" {
		return path.Base(path.Dir(target))
	}
	return name
}

// at makes a finding at a place in the file.
func (s *Source) at(pos token.Pos, what, reason string) Finding {
	return s.atLine(s.fset.Position(pos).Line, what, reason)
}

func (s *Source) atLine(line int, what, reason string) Finding {
	return Finding{Where: fmt.Sprintf("%s:%d", s.Path, line), What: what, Reason: reason}
}

// within says whether a folder or file is one of the roots or below one.
func within(path string, roots []string) bool {
	for _, root := range roots {
		if path == root || strings.HasPrefix(path, strings.TrimSuffix(root, "/")+"/") {
			return true
		}
	}
	return false
}
