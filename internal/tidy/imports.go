package tidy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ImportRule says what some packages may not import, or the only things they may.
type ImportRule struct {
	In     []string // folders it holds for; empty: all
	Except []string // folders it does not hold for
	Ban    []string // import paths, with all below them
	Only   []string // if set: the standard library and these, nothing else
	Tests  bool     // test files too
	Reach  bool     // through other packages of ours as well
	Reason string
}

// CheckImports returns every import that breaks a rule.
func CheckImports(rules []ImportRule, sources []*Source) []Finding {
	graph := graphOf(sources)
	var findings []Finding
	for _, rule := range rules {
		for _, source := range sources {
			if rule.holdsFor(source) {
				findings = append(findings, rule.check(source, graph)...)
			}
		}
	}
	return findings
}

func (r ImportRule) holdsFor(source *Source) bool {
	if source.IsTest() && !r.Tests || within(source.Path, r.Except) {
		return false
	}
	return len(r.In) == 0 || within(source.Path, r.In)
}

func (r ImportRule) check(source *Source, graph map[string][]string) []Finding {
	var findings []Finding
	for _, spec := range source.AST.Imports {
		target := strings.Trim(spec.Path.Value, `"`)
		for _, way := range r.ways(target, graph) {
			if r.forbids(way[len(way)-1]) {
				what := "imports " + strings.Join(way, ", which imports ")
				findings = append(findings, source.at(spec.Pos(), what, r.Reason))
			}
		}
	}
	return findings
}

func (r ImportRule) forbids(target string) bool {
	if within(target, r.Ban) {
		return true
	}
	return len(r.Only) > 0 && !isStandard(target) && !within(target, r.Only)
}

// ways returns the import itself and, for a rule that looks further, a shortest chain to each one behind it.
func (r ImportRule) ways(target string, graph map[string][]string) [][]string {
	ways := [][]string{{target}}
	if !r.Reach {
		return ways
	}
	seen := map[string]bool{target: true}
	for index := 0; index < len(ways); index++ {
		way := ways[index]
		for _, next := range graph[way[len(way)-1]] {
			if !seen[next] {
				seen[next] = true
				ways = append(ways, append(slices.Clone(way), next))
			}
		}
	}
	return ways
}

// graphOf returns what each of our packages imports outside its tests.
func graphOf(sources []*Source) map[string][]string {
	sets := map[string]map[string]bool{}
	for _, source := range sources {
		if source.IsTest() {
			continue
		}
		from := Module + "/" + source.Folder()
		if sets[from] == nil {
			sets[from] = map[string]bool{}
		}
		for _, target := range source.Imports() {
			sets[from][target] = true
		}
	}
	graph := map[string][]string{}
	for from, targets := range sets {
		graph[from] = slices.Sorted(maps.Keys(targets))
	}
	return graph
}

// isStandard says whether the path is of the standard library, whose paths have no dot in the first element.
func isStandard(target string) bool {
	first, _, _ := strings.Cut(target, "/")
	return !strings.Contains(first, ".")
}

// ours returns import paths of folders of the tree.
func ours(folders ...string) []string {
	paths := make([]string, len(folders))
	for index, folder := range folders {
		paths[index] = fmt.Sprintf("%s/%s", Module, folder)
	}
	return paths
}
