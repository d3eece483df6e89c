package unionpay

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// fields are a message: a call, an answer, a notification.
type fields map[string]string

// canonical is the text that is signed: everything but the signature as it came,
// sorted by name, unencoded.
func (f fields) canonical() string {
	rest := maps.Clone(f)
	delete(rest, "signature")
	return rest.line()
}

// line writes all fields sorted and unencoded: the form of an answer. Whoever reads
// it must know that values may hold "=", and "&" inside brackets.
func (f fields) line() string {
	names := slices.Sorted(maps.Keys(f))
	for i, name := range names {
		names[i] = name + "=" + f[name]
	}
	return strings.Join(names, "&")
}

// form writes all fields as browsers do: the form of a call and a notification.
func (f fields) form() string {
	values := url.Values{}
	for name, value := range f {
		values.Set(name, value)
	}
	return values.Encode()
}

// filled is a copy without empty fields.
func (f fields) filled() fields {
	kept := maps.Clone(f)
	maps.DeleteFunc(kept, func(_, value string) bool { return value == "" })
	return kept
}

// pick is a copy of some fields.
func (f fields) pick(names ...string) fields {
	picked := fields{}
	for _, name := range names {
		picked[name] = f[name]
	}
	return picked
}

// with is a copy with more fields.
func (f fields) with(more fields) fields {
	all := maps.Clone(f)
	maps.Copy(all, more)
	return all
}

// readForm takes a body apart. A field that comes twice could be read in two ways.
func readForm(body string) (fields, *failure) {
	values, err := url.ParseQuery(body)
	if err != nil {
		return nil, format("body")
	}
	f := fields{}
	for name, all := range values {
		if len(all) != 1 {
			return nil, format(name)
		}
		f[name] = all[0]
	}
	return f, nil
}
