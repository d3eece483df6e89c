package models

import (
	"slices"
	"time"
)

// refusals states why the law does not take an event, in words for people.
var refusals = map[string]Error{
	"not_now":          {Code: Conflict, Message: "This is not possible at this point of the request."},
	"stale_answer":     {Code: Conflict, Message: "The answer came for a moment that has passed."},
	"not_ready":        {Code: Conflict, Message: "The request is still being checked.", Fix: "Try again in a second."},
	"ended":            {Code: Gone, Message: "This request has ended.", Fix: "Ask the buyer for a new one."},
	"already_paid":     {Code: Conflict, Message: "This order has been paid already.", Fix: "Nothing more to pay."},
	"already_ending":   {Code: Conflict, Message: "The request is already being closed."},
	"slot_taken":       {Code: Conflict, Message: "Someone is paying right now.", Fix: "Wait until the slot is free."},
	"paused":           {Code: Conflict, Message: "The request is paused.", Fix: "Wait for the buyer or the shop."},
	"price_changed":    {Code: Conflict, Message: "The price has changed.", Fix: "Load the page again."},
	"closing_soon":     {Code: Gone, Message: "Too little time is left to pay safely.", Fix: "Ask for a new request."},
	"old_price":        {Code: Conflict, Message: "A newer price is known already.", Field: "version"},
	"other_currency":   {Code: Invalid, Message: "The currency of a request never changes.", Field: "payable.currency"},
	"nothing_to_agree": {Code: Conflict, Message: "There is no new price to agree to."},
	"not_held":         {Code: Conflict, Message: "Nobody holds this request."},
	"not_paid":         {Code: Conflict, Message: "Nothing has been paid that could be refunded."},
	"refund_exceeds":   {Code: Conflict, Message: "More than is left of the payment.", Field: "amount.minor"},
	"refund_known":     {Code: Conflict, Message: "This refund is not in a state to be retried."},
	"unknown_attempt":  {Code: NotFound, Message: "This request has no such attempt."},
	"unknown_refund":   {Code: NotFound, Message: "This request has no such refund."},
}

func refusal(reason string, r Request) *Error {
	err := refusals[reason]
	err.Reason = reason
	err.Until = until(reason, r)
	return &err
}

func until(reason string, r Request) time.Time {
	switch reason {
	case "slot_taken":
		return r.SlotUntil
	case "paused":
		return r.PausedUntil
	default:
		return time.Time{}
	}
}

// untimely is the refusal of an event that no rule mentions in a state.
func untimely(kind EventKind) string {
	if slices.Contains(Answers, kind) || slices.Contains(Lapses, kind) {
		return "stale_answer"
	}
	return "not_now"
}
