// Package conformance makes one table of what every provider's adapter was seen to do:
// checks of the contract by products, from the output of their contract tests.
package conformance

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"
)

// The attributes that providertest.Run writes; a test holds them together.
const (
	productAttribute = "product"
	withoutAttribute = "without"
	ownAttribute     = "own"
)

// Results are what ran, by subject.
type Results struct {
	rows  []string // the checks, in the order in which they ran
	own   map[string]bool
	cells map[Subject]map[string]string // empty while a check has no end
}

// What a cell says of a check that ran; one that is left out tells why.
const (
	passed  = "✓"
	failed  = "**failed**"
	missing = "**did not run**"
	without = "n/a: "
	foreign = without + "of another protocol"
)

// event is a line of go test -json.
type event struct{ Action, Package, Test, Key, Value string }

// Read takes the output of go test -json in, of all packages with a contract test.
func Read(from io.Reader) (*Results, error) {
	r := &Results{own: map[string]bool{}, cells: map[Subject]map[string]string{}}
	subjects, last := map[string]Subject{}, map[Subject]string{}
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return nil, fmt.Errorf("read the output of go test -json: %w", err)
		}
		if e.Action == "attr" && e.Key == productAttribute {
			s := e.subject()
			subjects[e.Package+" "+e.Test] = s
			r.cells[s] = map[string]string{}
			continue
		}
		if s, check, ok := e.check(subjects); ok {
			r.take(s, check, last[s], e)
			last[s] = check
		}
	}
	return r, lines.Err()
}

// subject is whom a contract test is about. What its name says behind TestContract is
// the mode in which the product was tested.
func (e event) subject() Subject {
	root, _, _ := strings.Cut(e.Test, "/")
	var mode strings.Builder
	for _, letter := range strings.TrimPrefix(root, "TestContract") {
		if unicode.IsUpper(letter) {
			mode.WriteByte(' ')
		}
		mode.WriteRune(unicode.ToLower(letter))
	}
	return Subject{path.Base(e.Package), e.Value + mode.String()}
}

// check is the check that an event is about, if it is about one.
func (e event) check(subjects map[string]Subject) (s Subject, name string, ok bool) {
	for end := range e.Test {
		if e.Test[end] != '/' {
			continue
		}
		if s, ok = subjects[e.Package+" "+e.Test[:end]]; ok {
			return s, e.Test[end+1:], true
		}
	}
	return s, "", false
}

func (r *Results) take(s Subject, check, before string, e event) {
	if !slices.Contains(r.rows, check) {
		r.rows = slices.Insert(r.rows, slices.Index(r.rows, before)+1, check)
	}
	cells := r.cells[s]
	switch {
	case e.Action == "run":
		cells[check] = ""
	case e.Action == "attr" && e.Key == ownAttribute:
		r.own[check] = true
	case e.Action == "attr" && e.Key == withoutAttribute:
		cells[check] = without + e.Value
	case e.Action == "fail":
		cells[check] = failed
	case e.Action == "pass" && cells[check] == "":
		cells[check] = passed
	}
}
