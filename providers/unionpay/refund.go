package unionpay

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// The types of transactions that give money back. Undoing is never asked for: a
// refund does the same on the same day, and on all later ones too.
const (
	typeRefund = "04"
	typeUndo   = "31"
)

// Refund is accepted first and done later. The payment is asked for before each
// try: only the query tells UnionPay's number of it, where that is not known, and
// by which product it was made, which a refund has to repeat.
//
// The same number and time are the same refund: a second try is refused as a
// duplicate, and then it is asked what became of the first.
func (a *Adapter) Refund(ctx context.Context, wanted providers.Refund) (providers.RefundStatus, error) {
	if err := a.checkRefund(wanted); err != nil {
		return providers.RefundStatus{}, err
	}
	said, err := a.refundOf(ctx, wanted)
	if err != nil {
		return providers.RefundStatus{}, err
	}
	_, err = a.ask(ctx, "refund", backPath, said)
	switch {
	case told(err, codeDuplicate):
		return a.again(ctx, wanted)
	case err != nil && !told(err, codeAccepted):
		return providers.RefundStatus{}, err
	}
	return providers.RefundStatus{State: providers.RefundProcessing, Number: wanted.Number}, nil
}

// refundOf is the message that asks for a refund. Its reserved field comes back
// with the callback and on the statement, where nothing else names the payment.
func (a *Adapter) refundOf(ctx context.Context, wanted providers.Refund) (fields, error) {
	const op = "refund"
	paid, err := a.find(ctx, op, wanted.Payment)
	if err != nil {
		return nil, err
	}
	if !succeeded(paid.get("origRespCode")) || paid.get("txnType") != "01" {
		return nil, definite(op, "NOT_PAID", "the payment was not made")
	}
	original := wanted.Transaction
	if original == "" {
		original = paid.get("queryId")
	}
	if !queryForm.MatchString(original) {
		return nil, odd(op, "the payment has no number of UnionPay's")
	}
	way := wayOf(paid)
	return fields{
		"txnType": typeRefund, "txnSubType": "00", "bizType": way.biz, "channelType": way.channel,
		"orderId": wanted.Number, "txnTime": stamp(wanted.CreatedAt), "origQryId": original,
		"txnAmt": strconv.FormatInt(wanted.Amount.Minor, 10), "currencyCode": "156",
		"backUrl": wanted.NotifyURL, "reqReserved": wanted.Payment.Number,
	}, nil
}

// wayOf is how a payment was made: its reserved field has the product. Where that is
// gone, at least the codes that are scanned can be told from the rest.
func wayOf(paid message) product {
	if way, known := products[paid.get("reqReserved")]; known {
		return way
	}
	if paid.get("txnSubType") == products["qr"].sub {
		return products["qr"]
	}
	return products["wap"]
}

func (a *Adapter) checkRefund(r providers.Refund) error {
	const op = "refund"
	if err := errors.Join(
		identified(op, r.Number, r.CreatedAt), identified(op, r.Payment.Number, r.Payment.CreatedAt),
	); err != nil {
		return err
	}
	switch {
	case r.Amount.Minor < 1 || r.Amount.Minor > r.Total.Minor || r.Amount.Currency != "CNY" ||
		r.Total.Currency != "CNY" || r.Total.Minor > maxFen:
		return definite(op, "AMOUNT", "the amount is one fen or more of CNY, and not over the total")
	case !a.reachable(r.NotifyURL):
		return definite(op, "NOTIFY_URL", "the callback address is https, of 256 bytes at most")
	}
	return nil
}

// again is what became of a refund that UnionPay has already.
func (a *Adapter) again(ctx context.Context, wanted providers.Refund) (providers.RefundStatus, error) {
	found, err := a.find(ctx, "refund", providers.Ref{Number: wanted.Number, CreatedAt: wanted.CreatedAt})
	if told(err, codeUnknown) {
		// The number is taken, but not by this refund at this time.
		return providers.RefundStatus{}, definite("refund", codeDuplicate, "the number is taken by another")
	}
	if err != nil {
		return providers.RefundStatus{}, unsure(err)
	}
	fen := strconv.FormatInt(wanted.Amount.Minor, 10)
	if got := found.get("txnAmt"); got != "" && strings.TrimLeft(got, "0") != fen {
		return providers.RefundStatus{}, definite("refund", codeDuplicate, "the number is taken by another amount")
	}
	return readRefund("refund", wanted, found)
}

// unsure is an error after which something was done already, whatever it says.
func unsure(err error) error {
	var failed *providers.Error
	if errors.As(err, &failed) && failed.Class == providers.Definite {
		failed.Class = providers.Ambiguous
	}
	return err
}

// QueryRefund asks by the refund's own number and time. RefundNotCreated comes
// without an error.
func (a *Adapter) QueryRefund(ctx context.Context, wanted providers.Refund) (providers.RefundStatus, error) {
	const op = "query_refund"
	found, err := a.find(ctx, op, providers.Ref{Number: wanted.Number, CreatedAt: wanted.CreatedAt})
	if told(err, codeUnknown) {
		return providers.RefundStatus{State: providers.RefundNotCreated, Number: wanted.Number}, nil
	}
	if err != nil {
		return providers.RefundStatus{}, err
	}
	return readRefund(op, wanted, found)
}

// refundState translates what became of a refund. Unlike a payment, one that failed is
// over, also where the payer's account could not take it: nobody at UnionPay sends it
// elsewhere, and the same number would only tell the same again.
func refundState(code string) providers.RefundState {
	switch {
	case succeeded(code):
		return providers.RefundDone
	case slices.Contains(unfinished, code):
		return providers.RefundProcessing
	case slices.Contains(certain, code):
		return providers.RefundClosed
	default:
		return providers.RefundUnknown
	}
}

// readRefund never believes in money without an amount and a time.
func readRefund(op string, wanted providers.Refund, found message) (providers.RefundStatus, error) {
	status := providers.RefundStatus{
		State: refundState(found.get("origRespCode")), Number: wanted.Number, Transaction: found.get("queryId"),
	}
	if status.State != providers.RefundDone {
		return status, nil
	}
	back, err := amount(found)
	at, wrong := near(found.get("traceTime"), wanted.CreatedAt)
	if err != nil || wrong != nil || found.get("txnType") != typeRefund {
		return providers.RefundStatus{}, odd(op, "money given back without an amount or a time, or no refund")
	}
	status.Refunded, status.DoneAt = back, at
	if told := found.get("couponInfo"); told != "" { // else the parts are not told
		status.Coupon = models.CNY(min(discount(told), back.Minor))
	}
	return status, nil
}
