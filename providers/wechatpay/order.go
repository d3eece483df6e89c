package wechatpay

import (
	"context"
	"time"

	"github.com/wechatpay-apiv3/wechatpay-go/services/payments"
	"github.com/wechatpay-apiv3/wechatpay-go/services/payments/native"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// Query answers NotCreated without an error when WeChat Pay says, signed, that it
// knows no such order.
//
// Captured is the order's total, not what the payer's account was charged
// (payer_total): coupons of WeChat Pay's make up the difference, the total is what
// the merchant's order is paid with, and refunds are counted against it.
func (a *Adapter) Query(ctx context.Context, ref providers.Ref) (providers.Status, error) {
	if err := number("query", ref.Number); err != nil {
		return providers.Status{}, err
	}
	var status providers.Status
	err := a.call(ctx, exchange{op: "query", reads: true, do: func(ctx context.Context) error {
		// One address serves the orders of all products.
		found, _, err := (&native.NativeApiService{Client: a.signed}).QueryOrderByOutTradeNo(ctx,
			native.QueryOrderByOutTradeNoRequest{OutTradeNo: &ref.Number, Mchid: &a.MchID})
		if err != nil {
			return err
		}
		if text(found.OutTradeNo) != ref.Number {
			return odd("query", "the answer is about another order")
		}
		status, err = reading(found)
		return err
	}})
	if told(err, orderUnknown) {
		return providers.Status{State: providers.NotCreated, Number: ref.Number}, nil
	}
	return status, err
}

// state translates the trade state. A failed try stays NOTPAY; REFUND was paid.
// The other words belong to products that are not ours.
func state(word string) providers.State {
	switch word {
	case "SUCCESS", "REFUND":
		return providers.Paid
	case "NOTPAY":
		return providers.Unpaid
	case "CLOSED":
		return providers.Closed
	default:
		return providers.Unknown
	}
}

// reading never believes in money without an amount, a transaction and a time.
func reading(found *payments.Transaction) (providers.Status, error) {
	status := providers.Status{
		State: state(text(found.TradeState)), Number: text(found.OutTradeNo),
		Account: text(found.Mchid), App: text(found.Appid), Transaction: text(found.TransactionId),
	}
	if found.Payer != nil {
		status.Payer = text(found.Payer.Openid)
	}
	if status.State != providers.Paid {
		return status, nil
	}
	at, err := time.Parse(time.RFC3339, text(found.SuccessTime))
	amount := found.Amount
	if err != nil || amount == nil || amount.Total == nil || *amount.Total < 1 ||
		text(amount.Currency) == "" || status.Transaction == "" {
		return providers.Status{}, odd("query", "money without an amount, a transaction or a time")
	}
	status.PaidAt = at
	status.Captured = models.Money{Minor: *amount.Total, Currency: *amount.Currency}
	status.Coupon, err = discount("query", *amount.Total, amount.PayerTotal, *amount.Currency)
	status.Funding = text(found.BankType)
	return status, err
}

// Close is safe to repeat. An order younger than CloseAfter is Refused as
// TOO_EARLY, with the time that is left: WeChat Pay advises against it, and its
// older systems refuse it.
func (a *Adapter) Close(ctx context.Context, ref providers.Ref) error {
	if err := number("close", ref.Number); err != nil {
		return err
	}
	if left := a.closeAfter - time.Since(ref.CreatedAt); left > 0 {
		return &providers.Error{
			Class: providers.Refused, Op: "close", Code: "TOO_EARLY",
			Message: "the order is too young to be closed", RetryAfter: left,
		}
	}
	err := a.call(ctx, exchange{op: "close", do: func(ctx context.Context) error {
		result, err := (&native.NativeApiService{Client: a.signed}).CloseOrder(ctx,
			native.CloseOrderRequest{OutTradeNo: &ref.Number, Mchid: &a.MchID})
		if result != nil && result.Response != nil {
			result.Response.Body.Close()
		}
		return err
	}})
	switch {
	case told(err, orderPaid):
		return providers.ErrPaid
	case told(err, orderUnknown):
		return providers.ErrNotCreated
	case told(err, orderClosed):
		return nil
	default:
		return err
	}
}
