package providers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Class says what may be concluded from a failed call; nothing else may decide
// about retries.
type Class string

// The classes of failure.
const (
	// Definite: the provider surely did nothing and never will for this call.
	Definite Class = "definite"
	// Ambiguous: it may have been done. Ask with the same number, never with a new one.
	Ambiguous Class = "ambiguous"
	// Refused: the provider did nothing and says not now (rate limit, maintenance, too
	// early, and for refunds what a person can put right: balance, key, permission).
	Refused Class = "refused"
)

// Error is a failed call to a provider. Message holds the provider's code and
// words, never credentials or a payer's data.
type Error struct {
	Class   Class
	Op      string // create, query, close, refund, query_refund, abnormal_refund, statement, login
	Code    string // the provider's own code, or the HTTP status
	Message string
	Err     error
	// RetryAfter is how long not to ask again, told with Refused; 0 is not known.
	RetryAfter time.Duration
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s: %s (%s %s)", e.Op, e.Message, e.Class, e.Code)
}

func (e *Error) Unwrap() error { return e.Err }

// What Close may answer besides success.
var (
	ErrPaid         = errors.New("the order is already paid")
	ErrNotCreated   = errors.New("the provider knows no such order")
	ErrNotSupported = errors.New("the order cannot be closed: it stays payable until it expires")
)

// ErrNoFunds is, beside Refused, a refund that the merchant's balance at the provider does
// not cover: it goes back under the same number once somebody has topped the balance up.
var ErrNoFunds = errors.New("the merchant's balance at the provider is empty")

// ErrForged is a callback that is not the provider's, or not for this account,
// or too old to be believed.
var ErrForged = errors.New("the callback does not verify")

// ErrLogin is a login code that was used before, is too old or was never given
// out. A new login, begun by the payer, is the only way on.
var ErrLogin = errors.New("the login code is not good any more")

// ErrSnapshot is, beside Definite, a login of somebody who looks at a preview of the page
// inside the provider's app: he can do something about it himself.
var ErrSnapshot = errors.New("somebody looks at a preview")

// ClassOf is the class of a failed call; what is not known is Ambiguous.
func ClassOf(err error) Class {
	var known *Error
	if errors.As(err, &known) {
		return known.Class
	}
	return Ambiguous
}

// ClassOfStatus is the class of an HTTP status that carries no better word.
func ClassOfStatus(status int) Class {
	switch {
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
		return Refused
	case status >= http.StatusBadRequest && status < http.StatusInternalServerError:
		return Definite
	default:
		return Ambiguous
	}
}

// NoAnswer is a call that got none, of class Ambiguous: even a refused connection is no
// proof that nothing was done, since a proxy may be in between. It tells why without the
// address, which may carry a secret.
func NoAnswer(ctx context.Context, op, provider string, err error) error {
	failed := &Error{Class: Ambiguous, Op: op, Code: "WIRE", Message: "no answer from " + provider}
	var wire *url.Error
	switch {
	case ctx.Err() != nil:
		failed.Err = ctx.Err()
	case errors.As(err, &wire):
		failed.Err = wire.Err
	}
	return failed
}
