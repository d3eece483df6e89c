package models

import (
	"errors"
	"time"
)

// Code is the kind of a refusal; one table turns it into an HTTP status, another
// into a retry decision.
type Code string

// The whole vocabulary of refusals.
const (
	Invalid         Code = "invalid"         // the input breaks a rule of its shape; 422
	Unauthenticated Code = "unauthenticated" // nobody, or nobody we know; 401
	Forbidden       Code = "forbidden"       // known, but not for this; 403
	NotFound        Code = "not_found"       // not there, or not yours; 404
	Conflict        Code = "conflict"        // right words at the wrong moment; 409
	Gone            Code = "gone"            // was there and has ended; 410
	Limited         Code = "limited"         // too often; 429, see Until
	Unavailable     Code = "unavailable"     // a part we need is down; 503, try again
	Internal        Code = "internal"        // our own bug; 500
)

// Codes lists the whole vocabulary.
var Codes = []Code{
	Invalid, Unauthenticated, Forbidden, NotFound, Conflict, Gone, Limited, Unavailable, Internal,
}

// StaleStep is the reason of a save that a later judgement of its request forestalled.
const StaleStep = "stale_step"

// RequestOpen is the reason of a save that would make a second open request of one order.
const RequestOpen = "request_open"

// Error is a refusal that people and programs can act on.
type Error struct {
	Code    Code      `json:"code"`
	Reason  string    `json:"reason"`          // stable, snake case: "slot_taken"
	Message string    `json:"message"`         // a sentence for people, free of secrets
	Field   string    `json:"field,omitempty"` // the input that is wrong: "amount.minor"
	Fix     string    `json:"fix,omitempty"`   // what to do instead
	Until   time.Time `json:"until,omitzero"`  // when trying again makes sense
}

func (e *Error) Error() string { return e.Reason + ": " + e.Message }

// CodeOf is the code of the first Error in the chain, Internal for any other error.
func CodeOf(err error) Code {
	var known *Error
	if errors.As(err, &known) {
		return known.Code
	}
	return Internal
}

// Refuse makes an Error of code, reason and message.
func Refuse(code Code, reason, message string) *Error {
	return &Error{Code: code, Reason: reason, Message: message}
}
