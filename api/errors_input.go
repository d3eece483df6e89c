package api

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
)

// ownErrors makes huma's own errors ours, once per process: huma keeps the
// constructors in package variables.
var ownErrors = sync.OnceFunc(func() {
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError {
		return fromInput(status, errs)
	}
	huma.NewErrorWithContext = func(_ huma.Context, status int, _ string, errs ...error) huma.StatusError {
		return fromInput(status, errs)
	}
})

// fromInput says what is wrong with an input without repeating any of it: huma
// would return the offending values, which may be a phone number or a token.
func fromInput(status int, errs []error) *Problem {
	for _, err := range errs {
		var known *models.Error
		if errors.As(err, &known) {
			return fromRefusal(known)
		}
	}
	if status != http.StatusUnprocessableEntity && status != http.StatusBadRequest {
		return fromStatus(status)
	}
	problem := newProblem(http.StatusUnprocessableEntity, models.Invalid, "invalid_input",
		"A member of the body, the address or the query breaks its rule.")
	for _, err := range errs {
		problem.Errors = append(problem.Errors, fieldError(err))
	}
	if len(problem.Errors) == 0 {
		problem.Errors = []FieldError{{Field: "body", Detail: "required: a JSON object"}}
	}
	slices.SortStableFunc(problem.Errors, func(a, b FieldError) int { return cmp.Compare(a.Field, b.Field) })
	problem.Field = problem.Errors[0].Field
	return problem
}

const maxFieldName = 80

func fieldError(err error) FieldError {
	var detail *huma.ErrorDetail
	if !errors.As(err, &detail) {
		return FieldError{Field: "body", Detail: "cannot be read"}
	}
	field := strings.TrimPrefix(detail.Location, "body.")
	if len(field) > maxFieldName {
		field = field[:maxFieldName]
	}
	return FieldError{Field: field, Detail: harmless(detail.Message)}
}

// harmless lets huma's own sentences through, which speak of the schema only;
// what a decoder adds after them, or says itself, may quote the input.
func harmless(message string) string {
	for _, own := range []string{"expected ", "unexpected property", "required "} {
		if strings.HasPrefix(message, own) {
			rule, _, _ := strings.Cut(message, ": ")
			return rule
		}
	}
	return "cannot be read"
}

// fromStatus is a problem that HTTP itself has a word for.
func fromStatus(status int) *Problem {
	switch status {
	case http.StatusNotFound:
		return newProblem(status, models.NotFound, "not_found", "There is nothing here, or nothing of yours.")
	case http.StatusMethodNotAllowed:
		return newProblem(status, models.NotFound, "method_not_allowed", "This address does not take that method.")
	case http.StatusRequestEntityTooLarge:
		return newProblem(status, models.Invalid, "body_too_large", "The body is larger than 64 KiB.")
	case http.StatusUnsupportedMediaType:
		return newProblem(status, models.Invalid, "not_json", "Send the body as application/json.")
	case http.StatusNotAcceptable:
		return newProblem(status, models.Invalid, "not_acceptable", "The answer is JSON.")
	case http.StatusRequestTimeout:
		return newProblem(status, models.Invalid, "too_slow", "The body took too long to arrive.")
	case http.StatusUnauthorized:
		return newProblem(status, models.Unauthenticated, "unauthenticated", "Say who you are.")
	case http.StatusForbidden:
		return newProblem(status, models.Forbidden, "forbidden", "You may not do this.")
	case http.StatusServiceUnavailable:
		return newProblem(status, models.Unavailable, "too_busy", "This took too long; try again in a moment.")
	}
	if status >= http.StatusBadRequest && status < http.StatusInternalServerError {
		return newProblem(status, models.Invalid, "bad_request", "The request cannot be understood.")
	}
	return newProblem(http.StatusInternalServerError, models.Internal, "internal",
		"Something went wrong on our side.")
}

func (s *Server) problemJSON(c echo.Context, p *Problem) error {
	c.Response().Header().Set(echo.HeaderContentType, p.ContentType(""))
	return c.JSON(p.Status, p)
}
