package alipay

import (
	"context"
	"strings"
	"time"

	library "github.com/smartwalle/alipay/v3"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// maxReason is in characters.
const maxReason = 80

// refunded is the answer to a refund, and to a question about one. The sum of all
// refunds of the trade is Fee, the amount of this one is Amount: each stands in one
// of the answers only.
type refunded struct {
	Number     string `json:"out_trade_no"`
	Refund     string `json:"out_request_no"`
	TradeNo    string `json:"trade_no"`
	FundChange string `json:"fund_change"`
	Fee        amount `json:"refund_fee"`
	Status     string `json:"refund_status"`
	Amount     amount `json:"refund_amount"`
	DoneAt     string `json:"gmt_refund_pay"`
	Funds      []fund `json:"refund_detail_item_list"`
}

// Refund is done at once as a rule. The same number again is the same refund, so
// that it is safe to repeat; then no money moves, and what became of it is asked.
// What a person at the merchant can put right, such as an empty balance, is Refused.
// Alipay takes no callback address for refunds: its callbacks go where the order's go.
func (a *Adapter) Refund(ctx context.Context, wanted providers.Refund) (providers.RefundStatus, error) {
	if err := checkRefund(wanted); err != nil {
		return providers.RefundStatus{}, err
	}
	call := library.NewPayload("alipay.trade.refund").
		AddBizField("out_trade_no", wanted.Payment.Number).
		AddBizField("out_request_no", wanted.Number).
		AddBizField("refund_amount", yuan(wanted.Amount.Minor)).
		AddBizField("query_options", []string{"refund_detail_item_list"})
	if reason := short(wanted.Reason, maxReason); reason != "" {
		call.AddBizField("refund_reason", reason)
	}
	var answer refunded
	if err := a.ask(ctx, "refund", call, &answer); err != nil {
		return providers.RefundStatus{}, err
	}
	if answer.Number != wanted.Payment.Number {
		return providers.RefundStatus{}, odd("refund", "the answer is about another order")
	}
	if answer.FundChange != "Y" {
		return a.repeated(ctx, wanted)
	}
	if sum, err := exactFen(string(answer.Fee)); err != nil || sum < wanted.Amount.Minor {
		return providers.RefundStatus{}, odd("refund", "less went back than was asked")
	}
	return answer.moved("refund", wanted, wanted.Amount.Minor)
}

// repeated is a refund that moved no money: it was done before, or is not done yet.
func (a *Adapter) repeated(ctx context.Context, wanted providers.Refund) (providers.RefundStatus, error) {
	taken := providers.RefundStatus{State: providers.RefundProcessing, Number: wanted.Number}
	status, err := a.QueryRefund(ctx, wanted)
	if err == nil && status.State != providers.RefundNotCreated {
		taken = status
	}
	return taken, nil // it was taken on, whatever the question brought
}

func checkRefund(r providers.Refund) error {
	if !numberForm.MatchString(r.Number) || !numberForm.MatchString(r.Payment.Number) {
		return definite("refund", "NUMBER", "the numbers are 26 characters [0-9A-Z]")
	}
	if r.Amount.Minor < 1 || r.Amount.Minor > r.Total.Minor ||
		r.Amount.Currency != "CNY" || r.Total.Currency != "CNY" {
		return definite("refund", "AMOUNT", "the amount is one fen or more of CNY, and not over the total")
	}
	return nil
}

// QueryRefund answers RefundNotCreated without an error for an unknown number, of
// which Alipay says success and nothing else. Of a refund that failed it tells no more
// than of one that is under way.
func (a *Adapter) QueryRefund(ctx context.Context, wanted providers.Refund) (providers.RefundStatus, error) {
	const op = "query_refund"
	if !numberForm.MatchString(wanted.Number) || !numberForm.MatchString(wanted.Payment.Number) {
		return providers.RefundStatus{}, definite(op, "NUMBER", "the numbers are 26 characters [0-9A-Z]")
	}
	var answer refunded
	err := a.ask(ctx, op, library.NewPayload("alipay.trade.fastpay.refund.query").
		AddBizField("out_trade_no", wanted.Payment.Number).
		AddBizField("out_request_no", wanted.Number).
		AddBizField("query_options", []string{"refund_detail_item_list", "gmt_refund_pay"}), &answer)
	none := providers.RefundStatus{State: providers.RefundNotCreated, Number: wanted.Number}
	switch {
	case told(err, tradeUnknown):
		return none, nil
	case err != nil:
		return providers.RefundStatus{}, err
	case answer.Refund != "" && answer.Refund != wanted.Number,
		answer.Number != "" && answer.Number != wanted.Payment.Number:
		return providers.RefundStatus{}, odd(op, "the answer is about another refund")
	}
	return answer.reading(op, wanted)
}

// reading translates the refund's status. None is one that Alipay does not know, or
// has taken on and not done, when it tells the amount.
func (r refunded) reading(op string, wanted providers.Refund) (providers.RefundStatus, error) {
	status := providers.RefundStatus{
		State: providers.RefundUnknown, Number: wanted.Number, Transaction: r.TradeNo,
	}
	switch {
	case r.Status == "REFUND_SUCCESS":
		back, err := exactFen(string(r.Amount))
		if err != nil || back < 1 || r.Refund == "" || r.Number == "" {
			return providers.RefundStatus{}, odd(op, "money given back without an amount or a number")
		}
		return r.moved(op, wanted, back)
	case r.Status == "REFUND_PROCESSING":
		status.State = providers.RefundProcessing
	case r.Status == "" && r.Amount != "":
		status.State, status.Silent = providers.RefundProcessing, true
	case r.Status == "":
		status.State, status.Silent = providers.RefundNotCreated, true
	case r.Status == "REFUND_FAIL":
		status.State = providers.RefundClosed
	}
	return status, nil
}

// moved is a refund whose money went back. Where the time is not told it is that of
// the answer, since nothing else would end a refund that is done.
func (r refunded) moved(op string, wanted providers.Refund, fen int64) (providers.RefundStatus, error) {
	at := time.Now().UTC()
	if r.DoneAt != "" {
		var err error
		if at, err = time.ParseInLocation(time.DateTime, strings.TrimSpace(r.DoneAt), shanghai); err != nil {
			return providers.RefundStatus{}, odd(op, "money given back at no time")
		}
	}
	coupon, _, err := sources(r.Funds, nil)
	if err != nil {
		return providers.RefundStatus{}, odd(op, "the refund's parts are no amounts")
	}
	status := providers.RefundStatus{
		State: providers.RefundDone, Number: wanted.Number, Transaction: r.TradeNo, DoneAt: at,
		Refunded: models.Money{Minor: fen, Currency: wanted.Amount.Currency},
	}
	if len(r.Funds) > 0 { // else the parts are not told, and none is not the same
		status.Coupon = models.Money{Minor: min(coupon, fen), Currency: wanted.Amount.Currency}
	}
	return status, nil
}

// short is whole UTF-8 of at most n characters.
func short(s string, n int) string {
	runes := []rune(strings.ToValidUTF8(s, ""))
	return string(runes[:min(n, len(runes))])
}
