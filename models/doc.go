// Package models is the vocabulary of the house and its law: what a friend-pay
// request is, what may happen to it, and the table by which it moves. It
// imports the standard library only, reads no clock and makes no random number,
// so that the same request and the same event always give the same verdict.
//
// # The life of a request
//
// A buyer places a request. It is checking until the rules have answered, then
// open: a friend may pay, or it is ineligible and that is the end.
//
// A friend who wants to pay takes the slot, and the request is paying. There is
// one slot: everybody else is refused and told when it is free. Taking it makes
// an attempt: one payer, one channel, one quote, one number that is never used
// again. The payer's login is checked, the provider's order is made, the attempt
// goes live. If the payer changes his mind about the channel or gives the slot
// up, or the slot's time is over, or the price changes, the attempt is closed
// first. That is confirming: no second attempt begins while the provider might
// still take money for the first. An attempt that is still being made is left alone until the provider has
// answered: closing never overtakes creating.
//
// Money counts only as a verified success, asked from the provider. A callback is
// a hint to ask; a hint that cannot be checked is watched until it could be. The
// first success of a request wins: it is applying while the order is asked to take
// the money, and then settled, or paid_by_buyer. If the order refuses, the money
// goes back: refunding.
//
// Every other capture gets its disposition and its refund in the very transition
// that records it: duplicate, late, stale_price, order_gone, amount_mismatch. Only
// money held for risk waits for a human. Success is final: whatever is said of an
// attempt afterwards changes nothing.
//
// A request leaves without money when its time is over, when the buyer or the
// merchant takes it back, when risk stops it or the buyer declines a higher price.
// If an attempt is pending it is closing first, on the way to its target; money
// that wins that race is applied, unless the merchant withdrew, or risk holds it.
// A higher price, an outage or staff make it paused: the clock stops, for half an
// hour in total and never past the hard end, when the stock is gone.
//
// Each end is on guard for three days. Money that comes then is refunded; within
// the merchant's acceptance an expired request is opened again instead. A request
// is final when the guard is over, no attempt is pending or watched, and no refund
// is under way. Then captured money minus refunded money is what is applied; what
// is not lies with a human, as a case.
//
// After the sale a merchant may refund in parts. Whatever breaks is refund_stuck
// until it is retried, under the same number, or under a new one where the
// provider closed the old.
//
// docs/states.md has the same as a picture and as tables, generated from the rules.
// The invariants that hold after every step (P1 to P10) are in invariants_test.go.
package models
