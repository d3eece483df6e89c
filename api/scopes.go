package api

import (
	"slices"
	"strings"

	"github.com/friendpay/friendpay/models"
)

// may says whether a key has a scope.
func (p Principal) may(scope string) bool {
	if len(p.Scopes) == 0 {
		return !strings.HasPrefix(scope, "keys:")
	}
	return slices.Contains(p.Scopes, scope)
}

// permitted refuses a key that lacks the scope of a route.
func (p Principal) permitted(r route) error {
	if p.Kind != merchant || p.may(r.needs()) {
		return nil
	}
	return insufficientScope(r.needs())
}

func insufficientScope(scope string) error {
	return &models.Error{
		Code: models.Forbidden, Reason: "insufficient_scope", Field: "Authorization",
		Message: "This key has not the scope " + scope + ".", Fix: "Use a key that has the scope " + scope + ".",
	}
}
