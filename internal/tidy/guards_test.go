package tidy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/tidy"
)

// Each guard is shown what it must catch, and what it must let pass.

func parse(t *testing.T, path, text string) *tidy.Source {
	t.Helper()
	source, err := tidy.Parse(path, text)
	require.NoError(t, err)
	return source
}

// caught joins what was found, for a look at the words.
func caught(findings []tidy.Finding) string {
	var all []string
	for _, finding := range findings {
		all = append(all, finding.String())
	}
	return strings.Join(all, "\n")
}

func TestImportsAreGuarded(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		path, imports string
		caught        string // empty: allowed
	}{
		"library in the law":         {"models/order.go", "github.com/google/uuid", "depends on nothing"},
		"law in its own folder":      {"models/rules.go", tidy.Module + "/models/money", ""},
		"policy over the words":      {"policy/may.go", tidy.Module + "/models", ""},
		"policy and a library":       {"policy/may.go", "golang.org/x/text", "pure question"},
		"chance in the law":          {"models/order.go", "math/rand/v2", "replayed"},
		"workflow holds an effect":   {"workflows/pay.go", tidy.Module + "/activities", "never holds"},
		"workflow on the wire":       {"workflows/pay.go", "net/http", "never holds"},
		"effect knows its workflow":  {"activities/save.go", tidy.Module + "/workflows", "part of"},
		"GORM in the API":            {"api/orders.go", "gorm.io/gorm", "only store"},
		"GORM in a test":             {"api/orders_test.go", "gorm.io/driver/postgres", "only store"},
		"GORM in the store":          {"store/orders.go", "gorm.io/gorm", ""},
		"Echo in the store":          {"store/orders.go", "github.com/labstack/echo/v4", "only api"},
		"Echo in the simulator":      {"internal/paysim/page.go", "github.com/labstack/echo/v4", ""},
		"simulator uses the client":  {"internal/paysim/sign.go", tidy.Module + "/providers/alipay", "hides them"},
		"client uses the simulator":  {"providers/alipay/sign.go", tidy.Module + "/internal/paysim", "hides them"},
		"a second door":              {"store/orders.go", "go.temporal.io/sdk/client", "second door"},
		"test tools in the binary":   {"api/orders.go", "github.com/stretchr/testify/require", "out of the binary"},
		"test tools in a test":       {"api/orders_test.go", "github.com/stretchr/testify/require", ""},
		"a command as a library":     {"api/orders.go", tidy.Module + "/cmd/friendpay", "wires"},
		"prefix of a banned package": {"api/orders.go", "gorm.iota/x", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := parse(t, c.path, "package p\nimport _ \""+c.imports+"\"\n")
			found := caught(tidy.CheckImports(tidy.ImportRules, []*tidy.Source{source}))
			if c.caught == "" {
				require.Empty(t, found)
			} else {
				require.Contains(t, found, c.caught)
			}
		})
	}
}

func TestImportsAreFollowed(t *testing.T) {
	t.Parallel()
	between := "package door\nimport _ \"" + tidy.Module + "/store\"\n"
	sources := []*tidy.Source{
		parse(t, "workflows/pay.go", "package workflows\nimport _ \""+tidy.Module+"/internal/door\"\n"),
		parse(t, "internal/door/door.go", between),
	}
	found := caught(tidy.CheckImports(tidy.ImportRules, sources))
	require.Contains(t, found, "internal/door, which imports "+tidy.Module+"/store")
}

func TestEveryRuleHasAReason(t *testing.T) {
	t.Parallel()
	for _, rule := range tidy.ImportRules {
		require.NotEmpty(t, rule.Reason)
		require.NotEmpty(t, slices.Concat(rule.Ban, rule.Only), rule.Reason)
	}
	for _, rule := range tidy.CallRules {
		require.NotEmpty(t, rule.Reason)
	}
}

func TestCallsAreGuarded(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		path, imports, call string
		caught              string
	}{
		"sleep":                   {"api/x.go", `"time"`, "time.Sleep(1)", "a guess"},
		"sleep in a test":         {"api/x_test.go", `"time"`, "time.Sleep(1)", "a guess"},
		"sleep by another name":   {"api/x.go", `t "time"`, "t.Sleep(1)", "a guess"},
		"a method called Sleep":   {"api/x.go", `"time"`, "bed.Sleep(time.Hour)", ""},
		"clock in the law":        {"models/x.go", `"time"`, "time.Now()", "no clock"},
		"clock elsewhere":         {"api/x.go", `"time"`, "time.Now()", ""},
		"environment below cmd":   {"store/x.go", `"os"`, `os.Getenv("X")`, "one door"},
		"environment in cmd":      {"cmd/friendpay/x.go", `"os"`, `os.Getenv("X")`, ""},
		"printing":                {"api/x.go", `"fmt"`, "fmt.Println(1)", "speaks to a person"},
		"printing to a writer":    {"api/x.go", `"fmt"`, "fmt.Fprintln(nil, 1)", ""},
		"leaving":                 {"api/x.go", `"os"`, "os.Exit(1)", "must be closed"},
		"a skipped test":          {"api/x_test.go", `"testing"`, `t.Skip("later")`, "nobody runs"},
		"a test that was skipped": {"api/x_test.go", `"testing"`, "_ = t.Skipped()", ""},
		"a function as a value":   {"models/x.go", `"time"`, "now := time.Now", "no clock"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := parse(t, c.path, "package p\nimport "+c.imports+"\nfunc f() { "+c.call+" }\n")
			found := caught(tidy.CheckCalls(tidy.CallRules, source))
			if c.caught == "" {
				require.Empty(t, found)
			} else {
				require.Contains(t, found, c.caught)
			}
		})
	}
}
