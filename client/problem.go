package client

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// Error is a refusal in one line: the reason for programs, then the words for people.
func (p *Problem) Error() string {
	said := p.Reason + ": " + p.Detail
	if p.Field != nil {
		said += " (" + *p.Field + ")"
	}
	if p.Fix != nil {
		said += " " + *p.Fix
	}
	return said
}

// AsProblem is the refusal behind an error; nil when friendpay did not answer at all.
func AsProblem(err error) *Problem {
	var problem *Problem
	if errors.As(err, &problem) {
		return problem
	}
	return nil
}

// problemOf reads a refusal. What does not come from friendpay itself, but from something before it, is told
// by its status alone.
func problemOf(answer *http.Response, body []byte) *Problem {
	problem := &Problem{}
	kind := answer.Header.Get("Content-Type")
	if strings.HasPrefix(kind, "application/problem+json") && json.Unmarshal(body, problem) == nil {
		return problem
	}
	return &Problem{
		Type: "about:blank", Title: http.StatusText(answer.StatusCode), Status: int64(answer.StatusCode),
		Reason: "not_friendpay", Detail: "Something before friendpay answered " + answer.Status + ".",
	}
}
