package tidy

import (
	"go/ast"
	"regexp"
	"strings"
)

// unfinished are the marks of work put off. Written apart, so that this file does not find itself.
var unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)

// code is what a statement looks like at the start or end of a comment line; prose looks otherwise.
var code = []*regexp.Regexp{
	regexp.MustCompile(`^[\w.,\[\] ]+ := .+`),
	regexp.MustCompile(`^(if|for|switch|select|func|type|else|} else)\b.*\{$`),
	regexp.MustCompile(`^\}\)?$`),
	regexp.MustCompile(`^(return|defer|go) [\w.]+\(.*\)$`),
	regexp.MustCompile(`^[\w.]+\.\w+\([^ ]*\)$`),
}

// CheckComments returns a finding for each mark of unfinished work and each line of code kept as a comment.
func CheckComments(source *Source) []Finding {
	if isGenerated(source) {
		return nil
	}
	var findings []Finding
	for _, group := range source.AST.Comments {
		for _, comment := range group.List {
			findings = append(findings, checkComment(source, comment)...)
		}
	}
	return findings
}

func checkComment(source *Source, comment *ast.Comment) []Finding {
	var findings []Finding
	if mark := unfinished.FindString(comment.Text); mark != "" {
		findings = append(findings, source.at(comment.Pos(), "says "+mark, "do it, or file an issue"))
	}
	if isCode(comment.Text) {
		const reason = "the history keeps what was; a comment says why"
		findings = append(findings, source.at(comment.Pos(), "keeps code as a comment", reason))
	}
	return findings
}

// isCode leaves alone what is indented by a tab: that is how a doc comment shows an example.
func isCode(comment string) bool {
	line, isLine := strings.CutPrefix(comment, "//")
	if !isLine || strings.HasPrefix(line, "\t") {
		return false
	}
	line = strings.TrimSpace(line)
	for _, pattern := range code {
		if pattern.MatchString(line) {
			return true
		}
	}
	return false
}
