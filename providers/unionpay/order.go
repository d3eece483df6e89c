package unionpay

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// Query asks for the order of this number and the time it was made: both name it.
//
// A try that failed can be made again until the order's end, so that it reads
// Unpaid; whoever asks after the end has the last word. NotCreated may still become
// an order: a form is known only when a browser has posted it.
func (a *Adapter) Query(ctx context.Context, ref providers.Ref) (providers.Status, error) {
	found, err := a.find(ctx, "query", ref)
	if told(err, codeUnknown) {
		return providers.Status{State: providers.NotCreated, Number: ref.Number, Account: a.MerID}, nil
	}
	if err != nil {
		return providers.Status{}, err
	}
	status := providers.Status{
		State: state(found.get("origRespCode")), Number: ref.Number, Account: found.get("merId"),
	}
	if status.State != providers.Paid {
		return status, nil
	}
	return capture(status, found, ref)
}

// find asks for what became of an order or a refund. Its answer is about that
// question; origRespCode is what became of it.
func (a *Adapter) find(ctx context.Context, op string, ref providers.Ref) (message, error) {
	if err := identified(op, ref.Number, ref.CreatedAt); err != nil {
		return message{}, err
	}
	return a.ask(ctx, op, queryPath, fields{
		"txnType": "00", "txnSubType": "00", "bizType": "000000",
		"orderId": ref.Number, "txnTime": stamp(ref.CreatedAt),
	})
}

// state translates what became of a payment. All codes that are known and no
// success leave the order to be paid by another card; the rest is not understood.
func state(code string) providers.State {
	switch {
	case succeeded(code):
		return providers.Paid
	case slices.Contains(certain, code), slices.Contains(unfinished, code):
		return providers.Unpaid
	default:
		return providers.Unknown
	}
}

// unfinished are codes of what is under way, or of which UnionPay does not know.
var unfinished = strings.Fields(`02 03 04 05 37 42 69 70 99`)

// capture never believes in money without an amount, a transaction and a time, nor
// in that of another kind of transaction: a refund is found by its number too.
func capture(status providers.Status, found message, ref providers.Ref) (providers.Status, error) {
	captured, err := amount(found)
	at, wrong := near(found.get("traceTime"), ref.CreatedAt)
	status.Transaction = found.get("queryId")
	switch {
	case found.get("txnType") != "01":
		return providers.Status{}, odd("query", "the answer is about something that is no payment")
	case err != nil || wrong != nil || !queryForm.MatchString(status.Transaction):
		return providers.Status{}, odd("query", "money without an amount, a transaction or a time")
	}
	status.Captured, status.PaidAt = captured, at
	status.Coupon = models.CNY(min(discount(found.get("couponInfo")), captured.Minor))
	status.Funding = funding(found)
	return status, nil
}

var (
	queryForm = regexp.MustCompile(`^[0-9]{1,32}$`)
	fenForm   = regexp.MustCompile(`^[0-9]{1,12}$`)
	codesForm = regexp.MustCompile(`^[0-9A-Za-z]{1,4}$`)
)

// amount is what moved, in fen: UnionPay calls the currency 156.
func amount(m message) (models.Money, error) {
	text := m.get("txnAmt")
	fen, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !fenForm.MatchString(text) || fen < 1 || m.get("currencyCode") != "156" {
		return models.Money{}, errForm
	}
	return models.CNY(fen), nil
}

// coupon is one of those that helped to pay.
type coupon struct {
	Paid string `json:"offstAmt"`
}

// discount is what coupons paid, in fen: the text is JSON, sometimes in base64.
// What cannot be read counts as none, since the whole amount came all the same.
func discount(text string) int64 {
	if decoded, err := base64.StdEncoding.DecodeString(text); err == nil {
		text = string(decoded)
	}
	var coupons []coupon
	if json.Unmarshal([]byte(text), &coupons) != nil {
		return 0
	}
	var total int64
	for _, c := range coupons {
		fen, err := strconv.ParseInt(c.Paid, 10, 64)
		if err != nil || !fenForm.MatchString(c.Paid) {
			return 0
		}
		total += fen
	}
	return total
}

// funding is how it was paid, as in "0001" (a card) or "0001/02" (one of credit).
// It never has the number of a card.
func funding(m message) string {
	var told []string
	for _, key := range []string{"payType", "payCardType"} {
		if code := m.get(key); codesForm.MatchString(code) {
			told = append(told, code)
		}
	}
	return strings.Join(told, "/")
}

var stampForm = regexp.MustCompile(`^[0-9]{10}$`)

// near reads MMDDhhmmss of Shanghai. It has no year: of all years it is the one
// that brings it nearest to a moment, which matters around New Year.
func near(text string, about time.Time) (time.Time, error) {
	var best time.Time
	for year := about.Year() - 1; year <= about.Year()+1 && stampForm.MatchString(text); year++ {
		at, err := time.ParseInLocation("20060102150405", fmt.Sprintf("%04d%s", year, text), shanghai)
		if err == nil && (best.IsZero() || at.Sub(about).Abs() < best.Sub(about).Abs()) {
			best = at
		}
	}
	if best.IsZero() {
		return best, errForm
	}
	return best, nil
}
