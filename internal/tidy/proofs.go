package tidy

import "regexp"

var (
	proof    = regexp.MustCompile("`((?:Test|Fuzz)[A-Z][A-Za-z0-9]*)`")
	testFunc = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Z][A-Za-z0-9]*)\(`)
)

// TestNames lists the tests and fuzz targets that a file declares.
func TestNames(text string) []string {
	var names []string
	for _, match := range testFunc.FindAllStringSubmatch(text, -1) {
		names = append(names, match[1])
	}
	return names
}

// CheckProofs returns a finding for each test that a document names and that is not known.
func CheckProofs(name, text string, known map[string]bool) []Finding {
	var findings []Finding
	for _, match := range proof.FindAllStringSubmatch(text, -1) {
		if !known[match[1]] {
			findings = append(findings, Finding{
				Where: name, What: "names " + match[1], Reason: "there is no such test: the claim is no longer proven",
			})
		}
	}
	return findings
}
