// Package providers says what the engine needs of whoever moves the money:
// WeChat Pay, Alipay, UnionPay, and mockpay for development. Each provider has
// a folder of its own; providertest is the contract they all pass.
package providers

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/friendpay/friendpay/models"
)

// Adapter speaks one provider's protocol for one merchant account. It holds no
// state between calls, so that any worker may make any call.
type Adapter interface {
	// Products are the ways in which an order can be presented, by name.
	Products() []string
	// Seller is who we are at the provider: what its answers must name.
	Seller() Seller
	// Create makes the provider's order. The same Payment again is the same
	// order: it is safe after an Unknown error.
	Create(ctx context.Context, payment Payment) (Presentation, error)
	// Query asks what became of an order. It is the only proof of payment.
	Query(ctx context.Context, ref Ref) (Status, error)
	// Close makes an order unpayable: nil, ErrPaid, ErrNotCreated or ErrNotSupported.
	Close(ctx context.Context, ref Ref) error
	// Refund gives money back to whoever paid. The same number is the same refund.
	Refund(ctx context.Context, refund Refund) (RefundStatus, error)
	// QueryRefund asks what became of a refund.
	QueryRefund(ctx context.Context, refund Refund) (RefundStatus, error)
	// ParseNotice verifies a callback over its raw body and reads it. An error
	// means that nothing in it may be believed.
	ParseNotice(header http.Header, body []byte, now time.Time) (Notice, error)
	// Ack is what the provider wants to hear: stored (true) or try again (false).
	Ack(stored bool) Ack
	// Statement is the provider's own list of a day's captures and refunds, the
	// day being one in Asia/Shanghai. Entries come one by one, however many there are; an
	// error is the last thing that comes, and means that none of them may be believed.
	Statement(ctx context.Context, day time.Time) iter.Seq2[Entry, error]
}

// Payment is an order to be made at the provider. Number is 26 characters
// [0-9A-Z], minted once per attempt and never reused.
type Payment struct {
	Number    string
	Product   string // how it is presented: "wap", "qr", "jsapi" …; the adapter lists its own
	Amount    models.Money
	Subject   string    // what the payer reads at the provider; no personal data
	CreatedAt time.Time // when Number was minted: the same over all tries
	ExpiresAt time.Time // absolute; the provider refuses money after it
	NotifyURL string    // names the account: …/v1/callbacks/{provider}/{account}
	ReturnURL string    // where the payer's browser goes afterwards; proves nothing
	Payer     string    // the provider's id of the payer, where the product binds to one
	PayerIP   string    // the address the payer's browser comes from, where the product asks for it
	Sources   []string  // where the money may come from, in the provider's own words; empty: anywhere
}

// Seller names a merchant account in the provider's own words.
type Seller struct {
	Account string
	App     string
}

// Ref finds an order again. Some providers need the creation time too.
type Ref struct {
	Number    string
	CreatedAt time.Time
}

// Presentation is what the payer's browser needs to pay. It is a capability:
// it never enters a log or a workflow's history.
type Presentation struct {
	Kind   string            `json:"kind"` // redirect, form, qr or bridge
	URL    string            `json:"url,omitempty"`
	Fields map[string]string `json:"fields,omitempty"` // form fields or bridge parameters
	// Referer: the page that sends the browser to URL must let it tell its origin.
	Referer bool `json:"referer,omitempty"`
	// GoodUntil is when it leads nowhere any more, the order being as it was; zero
	// for as long as the order can be paid.
	GoodUntil time.Time `json:"good_until,omitzero" required:"false"`
}

// The kinds of presentation.
const (
	Redirect = "redirect" // send the browser to URL
	Form     = "form"     // post Fields to URL
	QR       = "qr"       // draw URL as a QR code
	Bridge   = "bridge"   // hand Fields to the app's JavaScript bridge
)

// State is what a provider says of an order. Only Paid is money.
type State string

// The states every provider's own words are translated to. What is not
// explicitly a success or an end is Unpaid or, if not understood, Unknown.
const (
	NotCreated State = "not_created" // the provider knows no such order (yet)
	Unpaid     State = "unpaid"
	Paying     State = "paying" // the payer is at it right now
	Paid       State = "paid"
	Closed     State = "closed" // can no more be paid
	Failed     State = "failed" // definitely failed; this order can no more be paid
	Unknown    State = "unknown"
)

// Status is the provider's authenticated answer about an order. Account and
// App are the provider's names of the seller, to be compared with our own.
type Status struct {
	State       State
	Number      string
	Account     string
	App         string
	Captured    models.Money // what was really paid, zero unless Paid
	Coupon      models.Money // the part of Captured that a coupon of the provider's paid, not the payer
	Funding     string       // where the money came from, in the provider's own code, where it tells
	Transaction string       // the provider's own number
	PaidAt      time.Time
	Payer       string // the provider's id of who paid, where it tells
}

// Refund is money to be given back. Its number stays the same over all retries.
type Refund struct {
	Number  string // 26 characters [0-9A-Z]
	Payment Ref
	// Transaction is the provider's own number of the payment; empty where it never told.
	Transaction string
	Total       models.Money // what the payment captured
	Amount      models.Money // what goes back now
	Reason      string       // shown to the payer by some providers; no personal data
	NotifyURL   string
	CreatedAt   time.Time
}

// RefundState is what a provider says of a refund.
type RefundState string

// The states of a refund. Only RefundDone means that the money went back.
const (
	RefundProcessing RefundState = "processing" // accepted, not yet done
	RefundDone       RefundState = "done"
	RefundAbnormal   RefundState = "abnormal" // the payer's account cannot take it
	RefundClosed     RefundState = "closed"   // ended without money, e.g. no funds; a new number is needed
	RefundNotCreated RefundState = "not_created"
	RefundUnknown    RefundState = "unknown"
)

// RefundStatus is the provider's authenticated answer about a refund.
type RefundStatus struct {
	State       RefundState
	Number      string
	Refunded    models.Money
	Coupon      models.Money // the part of Refunded that went back to a coupon, not to the payer
	Transaction string
	DoneAt      time.Time
	// Silent: the provider would say the same of a refund that failed. Only asking for it
	// again, under its number, tells; and where it failed, that is the way on.
	Silent bool
}

// Notice is a verified callback. Key is the provider's own id of the event: the
// same over all resends. Nothing in it counts as money before Query agrees.
type Notice struct {
	Key    string
	Kind   NoticeKind
	Number string // our order number
	Refund string // our refund number, for refund notices
	Type   string // the provider's own word, for support
}

// NoticeKind says what a callback is about.
type NoticeKind string

// The kinds of callback. Probe is the provider testing us: acknowledge only.
const (
	PaymentNotice NoticeKind = "payment"
	RefundNotice  NoticeKind = "refund"
	Probe         NoticeKind = "probe"
)

// Ack is an HTTP answer to a callback.
type Ack struct {
	Status      int
	ContentType string
	Body        string
}

// Entry is one line of a provider's statement. The account may have lines of other
// systems of the same merchant: their numbers are not ours.
type Entry struct {
	Kind        EntryKind
	Number      string // our payment number
	Refund      string // our refund number
	Transaction string // the provider's number: of the payment, or of the refund
	Amount      models.Money
	Fee         models.Money // what the provider keeps for it, rounded to fen; negative when it gives some back
	At          time.Time
}

// EntryKind says what a line of a statement is about.
type EntryKind string

// The kinds of entry. Amounts are positive in both.
const (
	CaptureEntry EntryKind = "capture"
	RefundEntry  EntryKind = "refund"
)
