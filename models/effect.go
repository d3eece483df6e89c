package models

// EffectKind names something that must be done about a transition. Every kind
// but StartRefund is an activity of that name.
type EffectKind string

// The effects. The first group stays inside the house and answers at once; the
// second leaves it and answers when it can, so a step does not wait for it.
const (
	CheckOrder   EffectKind = "CheckOrder"   // may this order be friend-paid?
	CheckLogin   EffectKind = "CheckLogin"   // may this payer pay it?
	ApplyOrder   EffectKind = "ApplyOrder"   // the order row takes the money, or refuses
	QueryPayment EffectKind = "QueryPayment" // a hint came: ask the provider, briefly
	QueryRefund  EffectKind = "QueryRefund"  // a hint came: ask the provider, briefly

	OpenPayment  EffectKind = "OpenPayment"  // make the provider's order
	ClosePayment EffectKind = "ClosePayment" // query, close, query
	AskOrderHook EffectKind = "AskOrderHook" // the merchant's system takes the money, or refuses
	StartRefund  EffectKind = "StartRefund"  // a workflow of its own gives the money back
	DivertRefund EffectKind = "DivertRefund" // to the merchant's own account, what the payer's cannot take
)

// PollPayment is the activity behind Request.Watched: it asks the provider until
// there is an end, retried by the server on the poll schedule. "Unpaid" is an end
// only for an attempt that is over already: then the hint was nothing.
const PollPayment EffectKind = "PollPayment"

// FollowRefund is PollPayment's like for a refund that broke and may yet arrive: it asks
// slowly, for nobody but a human waits.
const FollowRefund EffectKind = "FollowRefund"

// Effects lists every effect that must have an activity.
var Effects = []EffectKind{
	CheckOrder, CheckLogin, ApplyOrder, QueryPayment, QueryRefund, OpenPayment, ClosePayment, AskOrderHook,
	PollPayment, FollowRefund, DivertRefund,
}

// Effect is a kind with the attempt or refund number it is about.
type Effect struct {
	Kind EffectKind `json:"kind"`
	Ref  string     `json:"ref,omitempty"`
}

// answers lists what each effect may come back with; an effect answers at most
// one event. It is what the law's tests hold the table against.
var answers = map[EffectKind][]EventKind{
	CheckOrder:   {OrderEligible, OrderIneligible},
	CheckLogin:   {LoginPassed, LoginRefused},
	ApplyOrder:   {OrderAccepted, OrderRefused},
	QueryPayment: {PaymentSucceeded, PaymentUnpaid, PaymentBusy, PaymentClosed, PaymentFailed, PaymentUnknown},
	QueryRefund:  {RefundDone, RefundUnfinished, RefundBroke},
	OpenPayment:  {PaymentOpened, PaymentRefused, PaymentUnknown},
	ClosePayment: {PaymentSucceeded, PaymentClosed},
	AskOrderHook: {OrderAccepted, OrderRefused},
	StartRefund:  {RefundDone, RefundBroke},
	PollPayment:  {PaymentSucceeded, PaymentBusy, PaymentClosed, PaymentFailed, PaymentUnpaid},
	FollowRefund: {RefundDone, RefundBroke},
	DivertRefund: {RefundDone, RefundUnfinished, RefundBroke},
}

// Notice is a message that a transition owes to people: to the merchant's
// webhooks always, to the friend where it is about his money.
type Notice string

// The notices; a webhook's type is "request." and the notice.
const (
	NoticeOpened      Notice = "opened"
	NoticePaying      Notice = "paying"
	NoticeFreed       Notice = "slot_freed"
	NoticeSettled     Notice = "settled"
	NoticePriceRisen  Notice = "price_risen"
	NoticePaused      Notice = "paused"
	NoticeResumed     Notice = "resumed"
	NoticeEnded       Notice = "ended"
	NoticeMoneyBack   Notice = "money_returning" // captured money that is not applied is on its way back
	NoticeRefunding   Notice = "refunding"
	NoticeRefunded    Notice = "refunded"
	NoticeRefundStuck Notice = "refund_stuck"
)

// Notices are all of them.
var Notices = []Notice{
	NoticeOpened, NoticePaying, NoticeFreed, NoticeSettled, NoticePriceRisen, NoticePaused, NoticeResumed,
	NoticeEnded, NoticeMoneyBack, NoticeRefunding, NoticeRefunded, NoticeRefundStuck,
}

// CaseKind names work for a human.
type CaseKind string

// The kinds of case.
const (
	CaseMismatch CaseKind = "capture_mismatch"
	CaseRiskHold CaseKind = "risk_hold"
	CaseSilence  CaseKind = "provider_silent"
	CaseRefund   CaseKind = "refund_failed"
	CaseOrphan   CaseKind = "unknown_number" // opened by the relay, not by the law
	CaseReported CaseKind = "link_reported"  // by a friend, who takes the request for a fraud
	CaseShipment CaseKind = "shipment_hold"  // too many strangers paid: the goods wait, the money does not

	// Opened when the books are compared with a provider's statement.
	CaseUnbilled    CaseKind = "not_on_statement"
	CaseStatement   CaseKind = "statement_mismatch"
	CaseNoStatement CaseKind = "statement_overdue"

	CaseSurface CaseKind = "surface_blocked" // an app seems to show a warning in the place of our links
)

// Call is what an effect is carried out with: the snapshot and what it is about.
type Call struct {
	Request Request `json:"request"`
	Ref     string  `json:"ref,omitempty"`
}
