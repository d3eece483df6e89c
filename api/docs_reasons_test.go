package api

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
)

// speaking are the folders whose refusals may reach a caller of the API.
var speaking = []string{
	"api", "store", "models", "policy", "internal/accounts", "internal/catalogue", "internal/decisions",
	"internal/door", "internal/effects", "internal/machine", "internal/openid", "internal/support",
	"internal/token", "internal/webhook",
}

// reasonAt says which argument of these functions is the reason.
var reasonAt = map[string]int{
	"Refuse": 1, "newProblem": 2, "unseen": 0, "unknown": 0, "missing": 1, "limitedUntil": 0, "unforced": 0,
	"fitForStrangers": 0,
}

// composed are the reasons that no literal here spells out: of two words, or an activity's by an event.
var composed = []string{"order_paid", "order_cancelled", "buyer_may_not_pay", "login_needed"}

// byTable are tables whose keys are reasons.
var byTable = []string{"refusals", "attemptRefusals"}

// TestEveryReasonIsExplained walks the code for every reason that a problem may carry.
func TestEveryReasonIsExplained(t *testing.T) {
	t.Parallel()
	list, err := catalogueOfErrors()
	require.NoError(t, err)
	known := map[string]explained{}
	for _, e := range list {
		known[e.Reason] = e
		require.Contains(t, models.Codes, e.Code, e.Reason)
		require.NotEmpty(t, e.Cause, e.Reason)
		require.NotEmpty(t, e.Fix, e.Reason)
	}
	sent := map[string]string{}
	for _, reason := range composed {
		sent[reason] = "composed"
	}
	for _, folder := range speaking {
		readReasons(t, filepath.Join("..", folder), sent)
	}
	require.Greater(t, len(sent), 100, "the walk is blind")
	for _, reason := range slices.Sorted(maps.Keys(sent)) {
		_, explained := known[reason]
		assert.True(t, explained, "%s of %s is not in api/docs/errors.yaml", reason, sent[reason])
	}
	for reason := range known {
		require.NotEmpty(t, sent[reason], "nobody sends %s any more", reason)
	}
}

func readReasons(t *testing.T, folder string, sent map[string]string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, _ error) error {
		if entry == nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil // also a folder that is not there yet
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			for _, reason := range reasonsOf(node) {
				sent[reason] = path
			}
			return true
		})
		return nil
	})
	require.NoError(t, err)
}

// reasonsOf are the reasons that one place of the code spells out.
func reasonsOf(node ast.Node) []string {
	switch node := node.(type) {
	case *ast.CallExpr:
		at, counts := reasonAt[nameOf(node.Fun)]
		if counts && at < len(node.Args) {
			return literal(node.Args[at])
		}
	case *ast.ValueSpec:
		return keysOf(node)
	case *ast.CompositeLit:
		members := map[string]ast.Expr{}
		for _, element := range node.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok {
				members[nameOf(pair.Key)] = pair.Value
			}
		}
		if members["Code"] != nil && members["Reason"] != nil {
			return literal(members["Reason"])
		}
		if members["refuse"] != nil {
			return literal(members["refuse"])
		}
	}
	return nil
}

// keysOf are the keys of a table of refusals, and the constants that are named after their kind.
func keysOf(spec *ast.ValueSpec) (keys []string) {
	for i, name := range spec.Names {
		if i >= len(spec.Values) {
			break
		}
		table, isTable := spec.Values[i].(*ast.CompositeLit)
		switch {
		case isTable && slices.Contains(byTable, name.Name):
			for _, element := range table.Elts {
				if pair, ok := element.(*ast.KeyValueExpr); ok {
					keys = append(keys, literal(pair.Key)...)
				}
			}
		case name.Name == "StaleStep" || name.Name == "tooMuchBack":
			keys = append(keys, literal(spec.Values[i])...)
		}
	}
	return keys
}

func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	default:
		return ""
	}
}

func literal(e ast.Expr) []string {
	text, ok := e.(*ast.BasicLit)
	if !ok || text.Kind != token.STRING {
		return nil
	}
	word, err := strconv.Unquote(text.Value)
	if err != nil {
		return nil
	}
	return []string{word}
}

// The walk itself is shown what it must see.
func TestTheWalkSeesReasons(t *testing.T) {
	t.Parallel()
	for code, reason := range map[string]string{
		`models.Refuse(models.Conflict, "a", "A.")`: "a",
		`unseen("b")`: "b",
		`models.Error{Code: models.Gone, Reason: "c", Message: "C."}`: "c",
		`[]rule{{from: anyState, refuse: "d"}}`:                       "d",
	} {
		expression, err := parser.ParseExpr(code)
		require.NoError(t, err)
		var seen []string
		ast.Inspect(expression, func(node ast.Node) bool {
			seen = append(seen, reasonsOf(node)...)
			return true
		})
		require.Equal(t, []string{reason}, seen, code)
	}
}
