package client

// What a webhook, or an event of the list, may be about; docs/events says when each is sent.
const (
	RequestOpened         = "request.opened"
	RequestPaying         = "request.paying"
	RequestSlotFreed      = "request.slot_freed"
	RequestSettled        = "request.settled"
	RequestPriceRisen     = "request.price_risen"
	RequestPaused         = "request.paused"
	RequestResumed        = "request.resumed"
	RequestEnded          = "request.ended"
	RequestMoneyReturning = "request.money_returning"
	RequestRefunding      = "request.refunding"
	RequestRefunded       = "request.refunded"
	RequestRefundStuck    = "request.refund_stuck"
	RequestReminder       = "request.reminder"
)

// EventTypes are all of them.
var EventTypes = []string{
	RequestOpened, RequestPaying, RequestSlotFreed, RequestSettled, RequestPriceRisen, RequestPaused,
	RequestResumed, RequestEnded, RequestMoneyReturning, RequestRefunding, RequestRefunded, RequestRefundStuck,
	RequestReminder,
}
