package models

import (
	"slices"
	"time"
)

// refusals states why the law does not take an event, in words for people.
var refusals = map[string]Error{
	"not_now":        say(Conflict, "This is not possible at this point of the request.", ""),
	"stale_answer":   say(Conflict, "The answer came for a moment that has passed.", ""),
	"not_ready":      say(Conflict, "The request is still being checked.", "Try again in a second."),
	"ended":          say(Gone, "This request has ended.", "Ask the buyer for a new one."),
	"already_paid":   say(Conflict, "This order has been paid already.", "Nothing more to pay."),
	"already_ending": say(Conflict, "The request is already being closed.", ""),
	"slot_taken":     say(Conflict, "Someone is paying right now.", "Wait until the slot is free."),
	"not_paying":     say(Conflict, "You are not paying this right now.", "See what became of it."),
	"paused":         say(Conflict, "The request is paused.", "Wait for the buyer or the shop."),
	"price_changed":  say(Conflict, "The price has changed.", "Load the page again."),
	"too_many_attempts": say(Gone, "This request has been tried too often to be paid.",
		"Ask the buyer for a new one."),
	"closing_soon":     say(Gone, "Too little time is left to pay safely.", "Ask for a new request."),
	"old_price":        {Code: Conflict, Message: "A newer price is known already.", Field: "price_version"},
	"other_currency":   {Code: Invalid, Message: "A request keeps its currency.", Field: "payable.currency"},
	"nothing_to_agree": say(Conflict, "There is no new price to agree to.", ""),
	"not_held":         say(Conflict, "Nobody holds this request.", ""),
	"not_paid":         say(Conflict, "Nothing has been paid that could be refunded.", ""),
	"refund_exceeds":   {Code: Conflict, Message: "More than is left of the payment.", Field: "amount.minor"},
	"refund_known":     say(Conflict, "This refund is not in a state to be retried.", ""),
	"refund_diverted":  say(Conflict, "This refund is on its way to the merchant's own account.", ""),
	"not_stranded":     say(Conflict, "The payer's account is not what this refund waits for.", ""),
	"not_with_merchant": say(Conflict, "This money has not come to the merchant's own account.",
		"Have it diverted first."),
	"not_later": {Code: Invalid, Message: "A deadline is moved to a later moment only.", Field: "until",
		Fix: "Name a moment after the present deadline."},
	"too_long": {Code: Invalid, Message: "No request waits longer than three days from now.", Field: "until",
		Fix: "Name an earlier moment."},
	"still_open": say(Conflict, "The request is open.", ""),
	"money_came": say(Conflict, "Money came for it: it is not opened again.",
		"Ask the buyer for a new one."),
	"merchant_withdrew": say(Conflict, "The merchant cannot deliver.", "Ask the merchant for a new order."),
	"unknown_attempt":   say(NotFound, "This request has no such attempt.", ""),
	"unknown_refund":    say(NotFound, "This request has no such refund.", ""),
}

func say(code Code, message, fix string) Error { return Error{Code: code, Message: message, Fix: fix} }

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
