package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
)

// Problem is every error's body: RFC 9457 problem details, with the members that
// programs (code, reason) and people (detail, fix) act on.
type Problem struct { //nolint:errname // RFC 9457 calls it a problem
	Type    string          `json:"type" doc:"Where the kind of problem is explained."`
	Title   string          `json:"title" doc:"The HTTP status in words."`
	Status  int             `json:"status"`
	Detail  string          `json:"detail" doc:"A sentence for people."`
	Code    models.Code     `json:"code" doc:"The kind of refusal."`
	Reason  string          `json:"reason" doc:"Stable, snake case: act on this."`
	Field   string          `json:"field,omitempty" doc:"The input that is wrong."`
	Fix     string          `json:"fix,omitempty" doc:"A sentence: what to do instead."`
	Until   *time.Time      `json:"until,omitempty" doc:"When trying again makes sense."`
	Reasons []policy.Reason `json:"reasons,omitempty" doc:"The rules that said no to an order."`
	Price   *PriceView      `json:"price,omitempty" doc:"The price in force, where the one named is outdated."`
	Quote   *QuoteView      `json:"quote,omitempty" doc:"What it costs now, where the quote is outdated."`
	Errors  []FieldError    `json:"errors,omitempty" doc:"All that is wrong; values are never repeated."`
}

// FieldError is one thing wrong with the input.
type FieldError struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

func (p *Problem) Error() string { return p.Reason + ": " + p.Detail }

// GetStatus is the HTTP status, as huma asks for it.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is RFC 9457's, whatever the caller would accept.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statusOf is the one table from the house's refusals to HTTP.
func statusOf(code models.Code) int {
	switch code {
	case models.Invalid:
		return http.StatusUnprocessableEntity
	case models.Unauthenticated:
		return http.StatusUnauthorized
	case models.Forbidden:
		return http.StatusForbidden
	case models.NotFound:
		return http.StatusNotFound
	case models.Conflict:
		return http.StatusConflict
	case models.Gone:
		return http.StatusGone
	case models.Limited:
		return http.StatusTooManyRequests
	case models.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// problemOf turns any error into what the caller may read of it. What is not a
// refusal of the house is our own fault, and its words stay inside.
func problemOf(err error) *Problem {
	var (
		known   *models.Error
		problem *Problem
		routed  *echo.HTTPError
		large   *http.MaxBytesError
	)
	switch {
	case errors.As(err, &problem):
		return problem
	case errors.As(err, &known):
		return fromRefusal(known)
	case errors.As(err, &large):
		return fromStatus(http.StatusRequestEntityTooLarge)
	case errors.As(err, &routed):
		return fromStatus(routed.Code)
	case errors.Is(err, context.DeadlineExceeded):
		return fromStatus(http.StatusServiceUnavailable)
	default:
		return fromStatus(http.StatusInternalServerError)
	}
}

func fromRefusal(e *models.Error) *Problem {
	p := newProblem(statusOf(e.Code), e.Code, e.Reason, e.Message)
	p.Field, p.Fix = e.Field, orDefault(e.Fix, p.Fix)
	if e.Code == models.Internal {
		p.Detail = "Something went wrong on our side."
	}
	if !e.Until.IsZero() {
		until := e.Until.UTC()
		p.Until = &until
	}
	return p
}

func newProblem(status int, code models.Code, reason, detail string) *Problem {
	return &Problem{
		Type: errorsPath + reason, Title: http.StatusText(status), Status: status,
		Code: code, Reason: reason, Detail: detail, Fix: usualFix(reason),
	}
}

// refusal is what an operation returns: the problem, logged when it is our fault,
// with the header that says when to come back.
func (s *Server) refusal(ctx context.Context, err error) error {
	problem := s.judged(ctx, err)
	if problem.Until == nil {
		return problem
	}
	return huma.ErrorWithHeaders(problem, http.Header{"Retry-After": {s.retryAfter(problem)}})
}

func (s *Server) judged(ctx context.Context, err error) *Problem {
	problem := problemOf(err)
	problem.wordsFor(ctx)
	if problem.Status == http.StatusInternalServerError {
		s.Log.ErrorContext(ctx, "call failed", "call", callID(ctx), "error", err)
	}
	return problem
}

func (s *Server) retryAfter(p *Problem) string {
	left := int64(p.Until.Sub(s.Clock()).Seconds()) + 1
	return strconv.FormatInt(max(left, 1), 10)
}

// answerError writes the errors of everything that is not an operation: pages,
// routes that do not exist, and what the middleware refuses.
func (s *Server) answerError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	problem := s.judged(c.Request().Context(), err)
	if problem.Until != nil {
		c.Response().Header().Set("Retry-After", s.retryAfter(problem))
	}
	if problem.Status == http.StatusUnauthorized {
		c.Response().Header().Set("WWW-Authenticate", "Bearer")
	}
	write := s.problemJSON
	if s.wantsPage(c) {
		write = s.problemPage
	}
	if failed := write(c, problem); failed != nil {
		s.Log.WarnContext(c.Request().Context(), "error not written", "call", callID(c.Request().Context()))
	}
}
