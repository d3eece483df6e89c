package tidy

import (
	"go/ast"
	"slices"
	"strings"
)

// CallRule bans functions of a package.
type CallRule struct {
	Package string // import path
	Names   []string
	In      []string // folders it holds for; empty: all
	Except  []string // folders it does not hold for
	Tests   bool     // test files too
	Reason  string
}

var (
	clock       = []string{"After", "AfterFunc", "NewTicker", "NewTimer", "Now", "Since", "Tick", "Until"}
	environment = []string{"Environ", "ExpandEnv", "Getenv", "LookupEnv", "Setenv", "Unsetenv"}
)

// CallRules are what must not be called where.
var CallRules = []CallRule{
	{
		Package: "time", Names: []string{"Sleep"}, Tests: true,
		Reason: "a sleep is a guess: wait for an event, a context, or with require.Eventually",
	}, {
		Package: "time", Names: clock, In: []string{"models", "policy", "workflows"},
		Reason: "what is replayed reads no clock: time comes in with the event",
	}, {
		Package: "os", Names: environment,
		Except: []string{"api/docs/examples", "cmd", "internal/devstack", "internal/testkit", "tests"},
		Reason: "configuration has one door, cmd, which checks and documents it",
	}, {
		Package: "fmt", Names: []string{"Print", "Printf", "Println"}, Except: []string{"cmd"},
		Reason: "only cmd speaks to a person; others return or log",
	}, {
		Package: "os", Names: []string{"Exit"}, Except: []string{"cmd", "internal/testkit"}, Tests: true,
		Reason: "return an error: what was opened must be closed",
	}, {
		Package: "log", Names: []string{"Fatal", "Fatalf", "Fatalln", "Print", "Printf", "Println"}, Tests: true,
		Reason: "log/slog is the log, and errors are returned",
	}, {
		Package: "net/http", Names: []string{"Get", "Head", "Post", "PostForm"},
		Reason: "the default client waits for ever",
	}, {
		Package: "github.com/chromedp/chromedp", Names: []string{"Sleep"}, Tests: true,
		Reason: "a sleep is a guess: wait for what should appear",
	},
}

// CheckCalls returns every use of a banned function; a mention without a call is one too.
func CheckCalls(rules []CallRule, source *Source) []Finding {
	imports := source.Imports()
	var findings []Finding
	ast.Inspect(source.AST, func(node ast.Node) bool {
		selector, ok := node.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if isSkip(source, selector) {
			findings = append(findings, source.at(selector.Pos(), "skips a test", skipReason))
		}
		name, ok := selector.X.(*ast.Ident)
		if !ok {
			return true
		}
		for _, rule := range rules {
			if rule.holdsFor(source) && imports[name.Name] == rule.Package &&
				slices.Contains(rule.Names, selector.Sel.Name) {
				what := "uses " + name.Name + "." + selector.Sel.Name
				findings = append(findings, source.at(selector.Pos(), what, rule.Reason))
			}
		}
		return true
	})
	return findings
}

func (r CallRule) holdsFor(source *Source) bool {
	return ImportRule{In: r.In, Except: r.Except, Tests: r.Tests}.holdsFor(source)
}

const skipReason = "a test that may be skipped is one nobody runs: install what it needs, or delete it"

// isSkip finds t.Skip and its kin; rows of a database have no Skip, and no test calls them t.
func isSkip(source *Source, selector *ast.SelectorExpr) bool {
	receiver, ok := selector.X.(*ast.Ident)
	return ok && (source.IsTest() || within(source.Path, []string{"internal/testkit", "tests"})) &&
		slices.Contains([]string{"t", "tb", "b", "f"}, receiver.Name) &&
		strings.HasPrefix(selector.Sel.Name, "Skip") && selector.Sel.Name != "Skipped"
}
