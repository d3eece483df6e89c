package notify

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Reviewed is a template as a provider knows it: by his id, and under his names for its fields.
type Reviewed struct {
	Template
	ID    string
	Names map[Field]string // empty: the fields' own
}

// Shelf holds what providers reviewed, by account and template.
type Shelf struct{ rows map[string]Reviewed }

var idForm = regexp.MustCompile(`^[0-9A-Za-z_.-]{1,64}$`)

var nameForm = regexp.MustCompile(`^[0-9a-z_]{1,32}$`)

// ReadShelf reads [account/]kind/language=id[:field=name;…], one a line, like
// "reminder_half/zh-CN=Tpl1:amount=amount3".
// What is given without an account is for all of them.
func ReadShelf(lines []string) (Shelf, error) {
	shelf := Shelf{rows: map[string]Reviewed{}}
	var wrong []error
	for _, line := range lines {
		where, what, _ := strings.Cut(line, "=")
		if err := shelf.put(where, what); err != nil {
			wrong = append(wrong, err)
		}
	}
	return shelf, errors.Join(wrong...)
}

func (s Shelf) put(where, what string) error {
	parts := strings.Split(where, "/")
	if len(parts) < 2 || len(parts) > 3 {
		return fmt.Errorf("%q is no template: kind/language=id", where)
	}
	kind, language := Kind(parts[len(parts)-2]), Language(parts[len(parts)-1])
	template, known := Find(kind, language)
	if !known || template.Language != language {
		return fmt.Errorf("%q is no template: there is no such kind or language", where)
	}
	id, fields, renamed := strings.Cut(what, ":")
	if !idForm.MatchString(id) {
		return fmt.Errorf("%s has no id", where)
	}
	row := Reviewed{Template: template, ID: id}
	if renamed {
		names, err := template.names(fields)
		if err != nil {
			return err
		}
		row.Names, row.Fields = names, slices.Sorted(maps.Keys(names))
	}
	s.rows[where] = row
	return nil
}

// names reads field=name;…: what is left out, the provider's template does not have.
func (t Template) names(text string) (map[Field]string, error) {
	names := map[Field]string{}
	for pair := range strings.SplitSeq(text, ";") {
		field, name, _ := strings.Cut(pair, "=")
		if !slices.Contains(t.Fields, Field(field)) || !nameForm.MatchString(name) {
			return nil, fmt.Errorf("%s/%s has no field %q, or it has no name", t.Kind, t.Language, field)
		}
		names[Field(field)] = name
	}
	return names, nil
}

// Named says that each template which has fields has names for them.
func (s Shelf) Named() bool {
	for _, row := range s.rows {
		if len(row.Fields) > 0 && len(row.Names) == 0 {
			return false
		}
	}
	return true
}

// Has counts the kinds that have a template in a language, for some account.
func (s Shelf) Has(language Language) int {
	kinds := map[Kind]bool{}
	for _, row := range s.rows {
		if row.Language == language {
			kinds[row.Kind] = true
		}
	}
	return len(kinds)
}

// Find is what an account has for a kind in a language, or else in the default one.
func (s Shelf) Find(account string, kind Kind, language Language) (Reviewed, bool) {
	for _, l := range []Language{language, Chinese} {
		where := string(kind) + "/" + string(l)
		for _, key := range []string{account + "/" + where, where} {
			if row, known := s.rows[key]; known {
				return row, true
			}
		}
	}
	return Reviewed{}, false
}

// Fill writes the values under the provider's names.
func (r Reviewed) Fill(facts Facts) (map[string]string, error) {
	words, err := r.Template.Fill(facts)
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for field, value := range words.Values {
		name := string(field)
		if given := r.Names[field]; given != "" {
			name = given
		}
		values[name] = value
	}
	return values, nil
}

// Usual are ids for whoever configured none: the types themselves in the default language, and with its
// name behind them in others.
func Usual(languages ...Language) (lines []string) {
	for _, kind := range Kinds {
		for _, language := range languages {
			id := kind.Type()
			if language != Chinese {
				id += "." + string(language)
			}
			lines = append(lines, fmt.Sprintf("%s/%s=%s", kind, language, id))
		}
	}
	return lines
}

// ReadHours reads "22:00-08:00"; "none" is none.
func ReadHours(text string) (Hours, error) {
	if text == "none" {
		return Hours{}, nil
	}
	from, until, _ := strings.Cut(text, "-")
	begins, err := time.Parse("15:04", from)
	ends, second := time.Parse("15:04", until)
	if err := errors.Join(err, second); err != nil {
		return Hours{}, fmt.Errorf("read hours: %w", err)
	}
	midnight := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	return Hours{From: begins.Sub(midnight), Until: ends.Sub(midnight)}, nil
}
