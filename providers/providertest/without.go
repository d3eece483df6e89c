package providertest

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// What a table of many subjects reads from the output of their tests.
const (
	ProductAttribute = "product" // on the test that Run is called in
	WithoutAttribute = "without" // on a check that is left out: the reason
	OwnAttribute     = "own"     // on a check of this protocol alone
)

// LeftOutError is the answer of a check that a subject's traits leave out.
type LeftOutError struct{ Reason string }

func (e *LeftOutError) Error() string { return "left out: " + e.Reason }

// leftOut is why a check was left out, empty where it was not.
func leftOut(err error) string {
	var out *LeftOutError
	if errors.As(err, &out) {
		return out.Reason
	}
	return ""
}

// noClose is why there is nothing to be checked about closing.
const noClose = "orders cannot be closed, only expire"

// unless leaves checks out where a trait says so, for a reason.
func unless(trait bool, reason string, checks ...Check) []Check {
	for i := range checks {
		if trait {
			checks[i].Run = func(context.Context, *Bench) error { return &LeftOutError{reason} }
		}
	}
	return checks
}

// own says whether a check is about trouble that this protocol alone has.
func (t Traits) own(name string) bool {
	mode := name[strings.LastIndexByte(name, '/')+1:]
	if strings.HasPrefix(name, "outage/") {
		return slices.Contains(t.Outages, mode)
	}
	mode, refused := strings.CutSuffix(mode, "_is_refused")
	return refused && strings.HasPrefix(name, "notice/") && slices.Contains(t.Forgeries, mode)
}
