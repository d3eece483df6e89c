package tidy

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

var (
	markdownLink = regexp.MustCompile(`\]\(([^)\s]+)(?:\s+"[^"]*")?\)`)
	fencedCode   = regexp.MustCompile("(?ms)^ *```.*?^ *```|`[^`\n]+`")

	// machine is a path of somebody's machine, or a host that their machine gets its packages from. Written
	// apart, so that this file does not find itself.
	machine = regexp.MustCompile(`(?:^|[\s"'` + "`" + `=(:,])(/(?:wo` + `rk|ro` + `ot|ho` + `me/\w+|Us` +
		`ers/\w+|tm` + `p/[\w-]+/[\w-]+)/)|(pro` + `xy\.golang\.org|regis` + `try\.npmjs|deb\.deb` + `ian\.org)`)
)

// CheckLinks returns a finding for each relative link of a Markdown file that leads nowhere. exists tells
// whether a file or folder of the tree does.
func CheckLinks(name, text string, exists func(string) bool) []Finding {
	var findings []Finding
	text = fencedCode.ReplaceAllString(text, "")
	for _, match := range markdownLink.FindAllStringSubmatch(text, -1) {
		target, _, _ := strings.Cut(match[1], "#")
		if target == "" || strings.Contains(target, ":") {
			continue // a place on the same page, or another site
		}
		resolved := path.Join(path.Dir(name), target)
		if strings.HasPrefix(target, "/") {
			resolved = strings.TrimPrefix(target, "/")
		}
		if !exists(resolved) {
			what := "links to " + match[1]
			findings = append(findings, Finding{Where: name, What: what, Reason: "there is no such file"})
		}
	}
	return findings
}

// treePath is what looks like a file or folder of the tree, named in the middle of prose.
var treePath = regexp.MustCompile("`((?:activities|api|cmd|docker|docs|internal|models|policy|providers|" +
	"store|tests|tools|web|worker|workflows)(?:/[A-Za-z0-9_.-]+)+)/?`")

// CheckPaths returns a finding for each file or folder that a Markdown file names and that does not exist.
func CheckPaths(name, text string, exists func(string) bool) []Finding {
	var findings []Finding
	for _, match := range treePath.FindAllStringSubmatch(text, -1) {
		if !exists(match[1]) {
			what := "names " + match[1]
			findings = append(findings, Finding{Where: name, What: what, Reason: "there is no such file"})
		}
	}
	return findings
}

// CheckMachinePaths returns a finding for each path or host that is of one machine only.
func CheckMachinePaths(name, text string) []Finding {
	var findings []Finding
	for index, line := range strings.Split(text, "\n") {
		for _, match := range machine.FindAllStringSubmatch(line, -1) {
			findings = append(findings, Finding{
				Where:  fmt.Sprintf("%s:%d", name, index+1),
				What:   "names " + match[1] + match[2],
				Reason: "it is of one machine; the tree must work on any",
			})
		}
	}
	return findings
}

// CheckText returns a finding for each mark of unfinished work in a file that is not Go.
func CheckText(name, text string) []Finding {
	var findings []Finding
	for index, line := range strings.Split(text, "\n") {
		if mark := unfinished.FindString(line); mark != "" {
			where := fmt.Sprintf("%s:%d", name, index+1)
			findings = append(findings, Finding{Where: where, What: "says " + mark, Reason: "do it, or file an issue"})
		}
	}
	return findings
}
