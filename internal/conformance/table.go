package conformance

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// cell is what the table says of a check and a subject.
func (r *Results) cell(check string, s Subject) string {
	found, ran := r.cells[s][check]
	switch {
	case found != "":
		return found
	case !ran && r.own[check]:
		return foreign
	default:
		return missing
	}
}

// Table draws the results of the subjects in Markdown. The error says who failed, who
// did not run, and who ran without being listed; the table is whole nevertheless.
func (r *Results) Table(subjects []Subject) (string, error) {
	var text strings.Builder
	var wrong []error
	counts := map[string]int{}
	text.WriteString("| |")
	for _, s := range subjects {
		fmt.Fprintf(&text, " %s %s |", s.Provider, s.Product)
		if r.cells[s] == nil {
			wrong = append(wrong, fmt.Errorf("%s %s: there was no contract test", s.Provider, s.Product))
		}
	}
	text.WriteString("\n|---|" + strings.Repeat("---|", len(subjects)) + "\n")
	for _, check := range r.rows {
		text.WriteString("| `" + check + "` |")
		for _, s := range subjects {
			cell := r.cell(check, s)
			kind, _, _ := strings.Cut(cell, ":")
			counts[kind]++
			if cell == failed || cell == missing && r.cells[s] != nil {
				wrong = append(wrong, fmt.Errorf("%s %s: %s: %s", s.Provider, s.Product, check, strings.Trim(cell, "*")))
			}
			text.WriteString(" " + cell + " |")
		}
		text.WriteString("\n")
	}
	for s := range r.cells {
		if !slices.Contains(subjects, s) {
			wrong = append(wrong, fmt.Errorf("%s %s is not listed", s.Provider, s.Product))
		}
	}
	fmt.Fprintf(&text, "\n%d checks, %d products: %d passed, %d n/a, %d failed, %d did not run\n", len(r.rows),
		len(subjects), counts[passed], counts["n/a"], counts[failed], counts[missing])
	return text.String(), errors.Join(wrong...)
}
