package models

import "slices"

// The conditions of what moves the end of a request, or takes it back.
var (
	sameEnd = guard{"to where it is", func(r Request, e Event) bool { return e.Until.Equal(r.ExpiresAt) }}
	noLater = guard{"not later", func(r Request, e Event) bool { return !e.Until.After(r.ExpiresAt) }}
	past    = guard{"in the past", func(_ Request, e Event) bool { return !e.Until.After(e.At) }}
	tooLong = guard{"beyond the longest wait", func(r Request, e Event) bool {
		return e.Until.After(e.At.Add(r.scaled(waitWindow)))
	}}
	watchOver = guard{"watched for long enough", func(r Request, e Event) bool {
		return !r.Guarded || !e.At.Before(r.GuardUntil)
	}}
	moneyCame = guard{"money came", func(r Request, _ Event) bool {
		return slices.ContainsFunc(r.Attempts, func(a Attempt) bool { return a.State == SucceededAttempt })
	}}
)
