package models

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

const statesPage = "../docs/states.md"

// windows are the law's own durations, for the page and for the hash.
var windows = []struct {
	name   string
	length time.Duration
	ends   EventKind
	why    string
}{
	{"check", checkWindow, CheckLapsed, "the run exists and its first event never came"},
	{"slot", slotWindow, SlotLapsed, "one payer holds the right to pay"},
	{"slot, extended once", slotExtra, SlotLapsed, "the provider says that the payer is at it"},
	{"poll", pollWindow, PollDue, "callbacks mostly come sooner; then the provider is asked"},
	{"last call", lastCallExtra, "", "left beyond the channel's own closing time, else nobody may start to pay"},
	{"pause, in total", pauseWindow, PauseLapsed, "and never past the hard end"},
	{"wait", waitWindow, "", "no deadline is moved further from now"},
	{"silence", silenceWindow, SilenceLapsed, "somebody owes an answer; then it is a case"},
	{"guard", guardWindow, GuardLapsed, "ended for people, still watching for money"},
}

// TestDiagram holds docs/states.md against the table; -update writes it.
func TestDiagram(t *testing.T) {
	page := statesDoc(t)
	if *update {
		write(t, statesPage, page)
	}
	if read(t, statesPage) != page {
		t.Error("docs/states.md is not what the table says: run go test ./models -run TestDiagram -update")
	}
}

func statesDoc(t *testing.T) string {
	var b strings.Builder
	b.WriteString("# The life of a request\n\nGenerated from `models/rules_v1.go`; do not edit. " +
		"To write it anew: `go test ./models -run TestDiagram -update`.\nThe same life in prose: " +
		"`models/doc.go`.\n\n")
	b.WriteString("## Picture\n\nThe six ends without money are drawn as one, `ended`. An arrow's label lists " +
		"the events that can lead along it;\nwhich one does, under which condition, is in the tables below. " +
		"Rules that stay in a state are only there.\n\n```mermaid\n")
	b.WriteString(mermaid(rulesV1()))
	b.WriteString("```\n\n## States\n\n| state | what it means |\n|---|---|\n")
	meaning := comments(t, "state.go", "State")
	for _, s := range States {
		fmt.Fprintf(&b, "| `%s` | %s |\n", s, meaning[string(s)])
	}
	b.WriteString("\n## Windows\n\nDivided by the request's speed, which is 1 outside development.\n\n" +
		"| window | length | ends with | what for |\n|---|---|---|---|\n")
	for _, w := range windows {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", w.name, short(w.length), code(string(w.ends)), w.why)
	}
	ruleTables(t, &b)
	refusalTable(&b)
	return b.String()
}

// mermaid draws the arrows between states, grouped by where they lead.
func mermaid(table []rule) string {
	labels := map[[2]string][]string{}
	for _, r := range table {
		for _, from := range r.from {
			edge := [2]string{node(from), node(r.to)}
			if r.to == stay || edge[0] == edge[1] || slices.Contains(labels[edge], string(r.on)) {
				continue
			}
			labels[edge] = append(labels[edge], string(r.on))
		}
	}
	lines := "stateDiagram-v2\n    direction LR\n    [*] --> checking : placed\n"
	for _, edge := range slices.SortedFunc(maps.Keys(labels), inOrder) {
		lines += fmt.Sprintf("    %s --> %s : %s\n", edge[0], edge[1], strings.Join(labels[edge], "<br/>"))
	}
	for _, s := range []State{Settled, PaidByBuyer, Expired, Refunded, PartlyRefunded, RefundStuck} {
		lines += fmt.Sprintf("    %s --> [*]\n", node(s))
	}
	return lines
}

func node(s State) string {
	if s == goal || slices.Contains(unpaidEnds, s) {
		return "ended"
	}
	return string(s)
}

func inOrder(a, b [2]string) int {
	rank := func(name string) int { return slices.Index(append(slices.Clone(States), "ended"), State(name)) }
	if by := rank(a[0]) - rank(b[0]); by != 0 {
		return by
	}
	return rank(a[1]) - rank(b[1])
}

func ruleTables(t *testing.T, b *strings.Builder) {
	b.WriteString("\n## Rules\n\nUnder each event, the first rule that fits decides. `(target)` is the end " +
		"that closing leads to.\nWhat has no rule is refused: an answer or a lapse as `stale_answer`.\n")
	meaning := comments(t, "event.go", "EventKind")
	for _, kind := range everyKind() {
		fmt.Fprintf(b, "\n### `%s`\n\n", kind)
		if says := meaning[string(kind)]; says != "" {
			fmt.Fprintf(b, "%s.\n\n", strings.ToUpper(says[:1])+says[1:])
		}
		b.WriteString("| from | when | to | changes | asks for | tells |\n|---|---|---|---|---|---|\n")
		for _, r := range rulesV1() {
			if r.on == kind {
				row(b, r)
			}
		}
	}
}

func row(b *strings.Builder, r rule) {
	to, tells := code(string(r.to)), codes(r.tell)
	if r.to == stay {
		to = "stays"
	}
	if r.refuse != "" {
		to = "refused: " + code(r.refuse)
	}
	if r.file != "" {
		tells = strings.TrimPrefix(tells+", case "+code(string(r.file)), ", ")
	}
	fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", fromWords(r.from), r.when.name, to,
		strings.Join(names(r.acts), ", "), codes(r.do), tells)
}

// fromWords names the groups that the table speaks of.
func fromWords(states []State) string {
	for _, group := range []struct {
		name   string
		states []State
	}{
		{"any state", anyState}, {"any end without money", unpaidEnds}, {"any state with money", funded},
		{"any guarded state", guarded},
	} {
		if slices.Equal(group.states, states) {
			return group.name
		}
	}
	return codes(states)
}

func refusalTable(b *strings.Builder) {
	b.WriteString("\n## Refusals\n\n| reason | code | in words | what to do |\n|---|---|---|---|\n")
	for _, reason := range slices.Sorted(maps.Keys(refusals)) {
		r := refusals[reason]
		fmt.Fprintf(b, "| `%s` | `%s` | %s | %s |\n", reason, r.Code, r.Message, r.Fix)
	}
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

func codes[S ~string](list []S) string {
	words := make([]string, len(list))
	for i, s := range list {
		words[i] = code(string(s))
	}
	return strings.Join(words, ", ")
}

// short writes 6m0s as 6m and 72h0m0s as 72h.
func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// comments reads what the source says beside each constant of a type, by its value.
func comments(t *testing.T, file, of string) map[string]string {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]string{}
	ast.Inspect(tree, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Comment == nil || len(spec.Values) != 1 {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); !ok || name.Name != of {
			return true
		}
		if value, ok := spec.Values[0].(*ast.BasicLit); ok {
			words[strings.Trim(value.Value, `"`)] = strings.TrimSpace(spec.Comment.Text())
		}
		return true
	})
	return words
}
