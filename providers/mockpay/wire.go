package mockpay

import (
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// orderWanted is the body of create.
type orderWanted struct {
	Number    string       `json:"number"`
	Product   string       `json:"product"`
	Amount    models.Money `json:"amount"`
	Subject   string       `json:"subject"`
	ExpiresAt time.Time    `json:"expires_at"`
	NotifyURL string       `json:"notify_url"`
	ReturnURL string       `json:"return_url,omitempty"`
}

// order is the answer to create and query.
type order struct {
	AppID       string        `json:"app_id"`
	Merchant    string        `json:"merchant"`
	Number      string        `json:"number"`
	Status      string        `json:"status"`
	Captured    *models.Money `json:"captured"`
	Transaction string        `json:"transaction"`
	PaidAt      *time.Time    `json:"paid_at"`
	PayURL      string        `json:"pay_url"`
}

// refundWanted is the body of refund.
type refundWanted struct {
	Number    string       `json:"number"`
	Order     string       `json:"order"`
	Total     models.Money `json:"total"`
	Amount    models.Money `json:"amount"`
	Reason    string       `json:"reason,omitempty"`
	NotifyURL string       `json:"notify_url,omitempty"`
}

// refund is the answer to refund and query_refund.
type refund struct {
	Number      string       `json:"number"`
	Order       string       `json:"order"`
	Status      string       `json:"status"`
	Amount      models.Money `json:"amount"`
	Transaction string       `json:"transaction"`
	DoneAt      *time.Time   `json:"done_at"`
}

// notice is the body of a callback. What it says of amounts is not read: the
// query decides.
type notice struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	AppID    string `json:"app_id"`
	Merchant string `json:"merchant"`
	Order    struct {
		Number string `json:"number"`
	} `json:"order"`
	Refund *struct {
		Number string `json:"number"`
	} `json:"refund"`
}

// statement is one page of a day; Next is where the next one starts.
type statement struct {
	Day   string `json:"day"`
	Lines []line `json:"lines"`
	Next  int    `json:"next"`
}

type line struct {
	Kind        string       `json:"kind"`
	Number      string       `json:"number"`
	Refund      string       `json:"refund"`
	Transaction string       `json:"transaction"`
	Amount      models.Money `json:"amount"`
	Fee         models.Money `json:"fee"`
	At          time.Time    `json:"at"`
}

// refusal is the body of an answer that is not 2xx.
type refusal struct {
	Code       string `json:"code"`
	Message    string `json:"message"`
	RetryAfter int64  `json:"retry_after"` // seconds
}

// state translates the provider's word. Only PAID is money; a word that is not
// known is not understood, never guessed.
func state(word string) providers.State {
	switch word {
	case "WAITING":
		return providers.Unpaid
	case "PAYING":
		return providers.Paying
	case "PAID":
		return providers.Paid
	case "CLOSED":
		return providers.Closed
	case "FAILED":
		return providers.Failed
	default:
		return providers.Unknown
	}
}

func refundState(word string) providers.RefundState {
	switch word {
	case "PROCESSING":
		return providers.RefundProcessing
	case "DONE":
		return providers.RefundDone
	case "ABNORMAL":
		return providers.RefundAbnormal
	case "CLOSED":
		return providers.RefundClosed
	default:
		return providers.RefundUnknown
	}
}

// believable says whether an answer that claims money carries what money needs.
func (o order) believable() bool {
	return o.Status != "PAID" ||
		o.Captured != nil && o.Captured.Minor > 0 && o.Captured.Currency != "" &&
			o.Transaction != "" && o.PaidAt != nil
}

func (r refund) believable() bool {
	return r.Status != "DONE" || r.Amount.Minor > 0 && r.Amount.Currency != "" && r.DoneAt != nil
}

func (o order) reading() providers.Status {
	s := providers.Status{
		State: state(o.Status), Number: o.Number, Account: o.Merchant, App: o.AppID, Transaction: o.Transaction,
	}
	if s.State == providers.Paid {
		s.Captured, s.PaidAt = *o.Captured, *o.PaidAt
	}
	return s
}

func (r refund) reading() providers.RefundStatus {
	s := providers.RefundStatus{State: refundState(r.Status), Number: r.Number, Transaction: r.Transaction}
	if s.State == providers.RefundDone {
		s.Refunded, s.DoneAt = r.Amount, *r.DoneAt
	}
	return s
}
