package mockpay

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"time"
	"unicode/utf8"

	"github.com/friendpay/friendpay/internal/paysim/desk"
)

// The limits of the protocol.
const (
	maxBody     = 64 << 10
	maxAmount   = 100_000_000 // fen: one million yuan
	maxPartials = 50
	maxLife     = 31 * 24 * time.Hour
	maxSubject  = 127
	maxURL      = 512
)

var numberForm = regexp.MustCompile(`^[0-9A-Z]{26}$`)

// failure is an answer that refuses, with the provider's own code.
type failure struct {
	status  int
	Code    string `json:"code"`
	Message string `json:"message"`
	// RetryAfter is in seconds, 0 where it is not known.
	RetryAfter int `json:"retry_after,omitempty"`
}

func fail(status int, code, message string) *failure {
	return &failure{status: status, Code: code, Message: message}
}

func invalid(message string) *failure {
	return fail(http.StatusBadRequest, "PARAM_INVALID", message)
}

// money is the wire's amount: minor units and ISO currency.
type money struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

func (m money) check() *failure {
	if m.Currency != "CNY" {
		return invalid("the currency is CNY")
	}
	if m.Minor < 1 || m.Minor > maxAmount {
		return invalid("the amount is between 1 and 100000000 fen")
	}
	return nil
}

type createCall struct {
	Number    string    `json:"number"`
	Product   string    `json:"product"`
	Amount    money     `json:"amount"`
	Subject   string    `json:"subject"`
	ExpiresAt time.Time `json:"expires_at"`
	NotifyURL string    `json:"notify_url"`
	ReturnURL string    `json:"return_url,omitempty"`
}

func (c createCall) check() *failure {
	switch {
	case !numberForm.MatchString(c.Number):
		return invalid("the number is 26 characters [0-9A-Z]")
	case c.Product != "wap" && c.Product != "qr":
		return invalid("the product is wap or qr")
	case c.Subject == "" || !utf8.ValidString(c.Subject) || utf8.RuneCountInString(c.Subject) > maxSubject:
		return invalid("the subject is 1 to 127 characters")
	case c.ExpiresAt.IsZero():
		return invalid("expires_at is missing")
	case !desk.WebAddress(c.NotifyURL, maxURL) || c.ReturnURL != "" && !desk.WebAddress(c.ReturnURL, maxURL):
		return invalid("notify_url and return_url are absolute http addresses of at most 512 bytes")
	}
	return c.Amount.check()
}

// equal says whether a repeated call asks for the same order.
func (c createCall) equal(other createCall) bool {
	sameEnd := c.ExpiresAt.Equal(other.ExpiresAt)
	other.ExpiresAt = c.ExpiresAt
	return sameEnd && c == other
}

type refundCall struct {
	Number    string `json:"number"`
	Order     string `json:"order"`
	Total     money  `json:"total"`
	Amount    money  `json:"amount"`
	Reason    string `json:"reason,omitempty"`
	NotifyURL string `json:"notify_url,omitempty"`
}

func (c refundCall) check() *failure {
	switch {
	case !numberForm.MatchString(c.Number) || !numberForm.MatchString(c.Order):
		return invalid("numbers are 26 characters [0-9A-Z]")
	case utf8.RuneCountInString(c.Reason) > maxSubject:
		return invalid("the reason is at most 127 characters")
	case c.NotifyURL != "" && !desk.WebAddress(c.NotifyURL, maxURL):
		return invalid("notify_url is an absolute http address of at most 512 bytes")
	}
	return c.Amount.check()
}

// read decodes one JSON value, refusing unknown fields and anything behind it.
func read(body []byte, into any) *failure {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return invalid("the body is not the JSON this call takes")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return invalid("there is something behind the JSON")
	}
	return nil
}

// orderView is what calls and callbacks tell of an order. PayURL is a
// capability: only the answer to create carries it.
type orderView struct {
	AppID       string     `json:"app_id"`
	Merchant    string     `json:"merchant"`
	Number      string     `json:"number"`
	Status      string     `json:"status"`
	Amount      money      `json:"amount"`
	Captured    *money     `json:"captured,omitempty"`
	Transaction string     `json:"transaction,omitempty"`
	PaidAt      *time.Time `json:"paid_at,omitempty"`
	CreatedAt   time.Time  `json:"created_at"`
	ExpiresAt   time.Time  `json:"expires_at"`
	PayURL      string     `json:"pay_url,omitempty"`
}

type refundView struct {
	AppID       string     `json:"app_id"`
	Merchant    string     `json:"merchant"`
	Number      string     `json:"number"`
	Order       string     `json:"order"`
	Status      string     `json:"status"`
	Amount      money      `json:"amount"`
	Transaction string     `json:"transaction"`
	Note        string     `json:"note,omitempty"`
	CreatedAt   time.Time  `json:"created_at"`
	DoneAt      *time.Time `json:"done_at,omitempty"`
}
