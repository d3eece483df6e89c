package models

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write golden files and docs/states.md anew")

// The law stands as it was when this hash was taken. Before the first release:
// look at the change in docs/states.md, then run
//
//	go test ./models -run 'TestTheLawStands|TestDiagram' -update
//
// After it never: requests under way end under the law they were placed under.
// Copy the table to rules_v2.go and give it a hash of its own.
func TestTheLawStands(t *testing.T) {
	const file = "testdata/rules_v1.sha256"
	sum := fmt.Sprintf("%x\n", sha256.Sum256([]byte(canonical(rulesV1()))))
	if *update {
		write(t, file, sum)
	}
	if read(t, file) != sum {
		t.Error("the table changed: see the comment of this test")
	}
}

// canonical writes a table down, a rule a line, and the windows that go with it.
func canonical(table []rule) string {
	var text strings.Builder
	for _, r := range table {
		fmt.Fprintf(&text, "%s|%s|%s|%s|%s|%s|%s|%s|%s\n",
			r.from, r.on, r.when.name, r.to, names(r.acts), r.do, r.tell, r.file, r.refuse)
	}
	for _, w := range windows {
		fmt.Fprintf(&text, "%s %s\n", w.name, w.length)
	}
	return text.String()
}

func names(acts []act) (list []string) {
	for _, a := range acts {
		list = append(list, a.name)
	}
	return list
}

// Histories and rows hold these fields: one may be added (run with -update), none
// may be renamed, retyped or taken away.
func TestFieldsAreNeverRenamed(t *testing.T) {
	const file = "testdata/fields.txt"
	var now []string
	for name, value := range map[string]any{
		"request": Request{}, "event": Event{}, "transition": Transition{}, "call": Call{}, "step": Step{},
	} {
		now = append(now, fields(name, reflect.TypeOf(value))...)
	}
	slices.Sort(now)
	if *update {
		write(t, file, strings.Join(append(now, ""), "\n"))
	}
	kept := strings.Fields(strings.ReplaceAll(read(t, file), " ", "="))
	for i := range now {
		now[i] = strings.ReplaceAll(now[i], " ", "=")
	}
	for _, field := range kept {
		if !slices.Contains(now, field) {
			t.Errorf("%s is gone: stored requests could not be read any more", field)
		}
	}
	for _, field := range now {
		if !slices.Contains(kept, field) {
			t.Errorf("%s is new: run this test with -update, so that it is kept from now on", field)
		}
	}
}

// fields lists the JSON paths of a type, each with the kind of value it holds.
func fields(path string, of reflect.Type) []string {
	switch {
	case of == reflect.TypeFor[time.Time]():
		return []string{path + " time"}
	case of.Kind() == reflect.Pointer:
		return fields(path, of.Elem())
	case of.Kind() == reflect.Slice:
		return fields(path+"[]", of.Elem())
	case of.Kind() != reflect.Struct:
		return []string{path + " " + of.Kind().String()}
	}
	var list []string
	for i := range of.NumField() {
		f := of.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			list = append(list, fields(path, f.Type)...)
			continue
		}
		list = append(list, fields(path+"."+name, f.Type)...)
	}
	return list
}

// P10 begins here: what is never stored in a request cannot leak from its history.
func TestNothingPersonalEntersAHistory(t *testing.T) {
	banned := []string{"phone", "token", "address", "card", "secret", "mobile", "email"}
	list := append(fields("request", reflect.TypeFor[Request]()), fields("event", reflect.TypeFor[Event]())...)
	for _, field := range list {
		for _, word := range banned {
			if strings.Contains(field, word) {
				t.Errorf("%s: histories carry ids and amounts only", field)
			}
		}
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The lists of words are whole: each constant of the type is in its list.
func TestListsOfWordsAreWhole(t *testing.T) {
	for of, list := range map[string]int{
		"State": len(States), "AttemptState": len(AttemptStates), "Disposition": len(Dispositions),
		"RefundState": len(RefundStates),
	} {
		if got := constants(t, "state.go", of); got != list {
			t.Errorf("%s has %d constants, its list %d", of, got, list)
		}
	}
	if got := constants(t, "errors.go", "Code"); got != len(Codes) {
		t.Errorf("Code has %d constants, its list %d", got, len(Codes))
	}
}

// constants counts a type's constants in one of our files.
func constants(t *testing.T, file, of string) (count int) {
	t.Helper()
	for line := range strings.Lines(read(t, file)) {
		if words := strings.Fields(line); len(words) > 3 && words[1] == of && words[2] == "=" {
			count++
		}
	}
	return count
}
