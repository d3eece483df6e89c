package house

import (
	"errors"
	"net"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/caarlos0/env/v11"
)

// complaints collects what is wrong, in the words of whoever set it.
type complaints []error

func (w *complaints) say(bad bool, what string) {
	if bad {
		*w = append(*w, errors.New(what))
	}
}

// unreadable says which settings hold a value of another kind, and what kind they
// want: the parser names the field of our struct and quotes the value instead. names
// are those settings; what else is wrong with them follows from it.
func unreadable(err error) (wrong complaints, names []string) {
	var all env.AggregateError
	if err == nil || !errors.As(err, &all) {
		return wrong, nil
	}
	for _, one := range all.Errors {
		var broken env.ParseError
		if !errors.As(one, &broken) {
			wrong = append(wrong, one)
			continue
		}
		field, _ := reflect.TypeFor[Config]().FieldByName(broken.Name)
		name := field.Tag.Get("env")
		names = append(names, name)
		wrong.say(true, name+" is "+kindOf(broken.Type)+": correct it, or leave it out for its default")
	}
	return wrong, names
}

// kindOf is what a setting of that type looks like.
func kindOf(of reflect.Type) string {
	switch {
	case of.String() == "time.Duration":
		return "a duration like 5s or 72h"
	case of.Kind() == reflect.Bool:
		return "true or false"
	case of.Kind() == reflect.Float64:
		return "a number like 2.5"
	default:
		return "a whole number like 1"
	}
}

// without leaves out what is said of the settings named.
func (w complaints) without(names []string) complaints {
	return slices.DeleteFunc(w, func(err error) bool {
		said, _, _ := strings.Cut(err.Error(), " ")
		return slices.Contains(names, said)
	})
}

// isListen says that a server can be told to listen there.
func isListen(address string) bool {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}
