package wechatpay

import (
	"context"
	"regexp"

	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/services/refunddomestic"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// maxReason is in characters.
const maxReason = 80

// Refund is accepted first and done later: its answer is mostly RefundProcessing.
// The same number again is the same refund, so that it is safe to repeat. What a
// person at the merchant can put right, such as an empty balance, is Refused.
func (a *Adapter) Refund(ctx context.Context, wanted providers.Refund) (providers.RefundStatus, error) {
	if err := a.checkRefund(wanted); err != nil {
		return providers.RefundStatus{}, err
	}
	body := refunddomestic.CreateRequest{
		OutTradeNo: &wanted.Payment.Number, OutRefundNo: &wanted.Number,
		Amount: &refunddomestic.AmountReq{
			Refund: &wanted.Amount.Minor, Total: &wanted.Total.Minor, Currency: &wanted.Amount.Currency,
		},
	}
	if reason := short(wanted.Reason, maxReason); reason != "" {
		body.Reason = &reason
	}
	if wanted.NotifyURL != "" {
		body.NotifyUrl = &wanted.NotifyURL
	}
	var status providers.RefundStatus
	err := a.call(ctx, exchange{op: "refund", do: func(ctx context.Context) error {
		service := refunddomestic.RefundsApiService{Client: a.signed}
		made, _, err := service.Create(ctx, body)
		if err != nil {
			return err
		}
		status, err = readRefund("refund", wanted, made)
		return err
	}})
	return status, err
}

func (a *Adapter) checkRefund(r providers.Refund) error {
	if !numberForm.MatchString(r.Number) || !numberForm.MatchString(r.Payment.Number) {
		return definite("refund", "NUMBER", "the numbers are 26 characters [0-9A-Z]")
	}
	if r.Amount.Minor < 1 || r.Amount.Minor > r.Total.Minor ||
		r.Amount.Currency != "CNY" || r.Total.Currency != "CNY" {
		return definite("refund", "AMOUNT", "the amount is one fen or more of CNY, and not over the total")
	}
	if r.NotifyURL == "" { // then the one set at WeChat Pay holds
		return nil
	}
	return a.checkNotify("refund", r.NotifyURL)
}

// QueryRefund answers RefundNotCreated without an error for an unknown number.
func (a *Adapter) QueryRefund(ctx context.Context, wanted providers.Refund) (providers.RefundStatus, error) {
	if err := number("query_refund", wanted.Number); err != nil {
		return providers.RefundStatus{}, err
	}
	var status providers.RefundStatus
	err := a.call(ctx, exchange{op: "query_refund", reads: true, do: func(ctx context.Context) error {
		service := refunddomestic.RefundsApiService{Client: a.signed}
		found, _, err := service.QueryByOutRefundNo(ctx,
			refunddomestic.QueryByOutRefundNoRequest{OutRefundNo: &wanted.Number})
		if err != nil {
			return err
		}
		status, err = readRefund("query_refund", wanted, found)
		return err
	}})
	if told(err, thingUnknown) {
		return providers.RefundStatus{State: providers.RefundNotCreated, Number: wanted.Number}, nil
	}
	return status, err
}

var refundIDForm = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// abnormalWanted asks for the money to be sent to the merchant's own bank card.
type abnormalWanted struct {
	OutRefundNo string `json:"out_refund_no"`
	Type        string `json:"type"`
}

// DivertRefund takes an abnormal refund, which the payer's account cannot
// take, back to the merchant's bank account, from where a person pays it out. It
// is for support staff: the payer's own bank card, the other way WeChat Pay has,
// would need data of the payer that we do not hold. The refund must read
// RefundAbnormal; afterwards QueryRefund tells its end. Unlike all other calls it
// is never repeated by itself on the backup domain.
func (a *Adapter) DivertRefund(
	ctx context.Context, wanted providers.Refund,
) (providers.RefundStatus, error) {
	const op = "abnormal_refund"
	status, err := a.QueryRefund(ctx, wanted)
	if err != nil {
		return status, err
	}
	if status.State != providers.RefundAbnormal || !refundIDForm.MatchString(status.Transaction) {
		return status, definite(op, "NOT_ABNORMAL", "only an abnormal refund can be taken back")
	}
	address := "https://" + mainHost + "/v3/refund/domestic/refunds/" + status.Transaction +
		"/apply-abnormal-refund"
	body := abnormalWanted{OutRefundNo: wanted.Number, Type: "MERCHANT_BANK_CARD"}
	err = a.call(ctx, exchange{op: op, once: true, do: func(ctx context.Context) error {
		result, err := a.signed.Post(ctx, address, body)
		if err != nil {
			return err
		}
		var made refunddomestic.Refund
		if err := core.UnMarshalResponse(result.Response, &made); err != nil {
			return err
		}
		status, err = readRefund(op, wanted, &made)
		return err
	}})
	return status, err
}

func refundState(word string) providers.RefundState {
	switch word {
	case "PROCESSING":
		return providers.RefundProcessing
	case "SUCCESS":
		return providers.RefundDone
	case "ABNORMAL":
		return providers.RefundAbnormal
	case "CLOSED":
		return providers.RefundClosed
	default:
		return providers.RefundUnknown
	}
}

// readRefund never believes in money without an amount and a time. What counts
// is the amount asked for, coupons included, as it does in Captured.
func readRefund(
	op string, wanted providers.Refund, r *refunddomestic.Refund,
) (providers.RefundStatus, error) {
	if text(r.OutRefundNo) != wanted.Number || text(r.OutTradeNo) != wanted.Payment.Number {
		return providers.RefundStatus{}, odd(op, "the answer is about another refund")
	}
	status := providers.RefundStatus{
		State: refundState(text(r.Status)), Number: wanted.Number, Transaction: text(r.RefundId),
	}
	if status.State != providers.RefundDone {
		return status, nil
	}
	if r.Amount == nil || r.Amount.Refund == nil || *r.Amount.Refund < 1 || text(r.Amount.Currency) == "" ||
		r.SuccessTime == nil || r.SuccessTime.IsZero() {
		return providers.RefundStatus{}, odd(op, "money given back without an amount or a time")
	}
	status.Refunded = models.Money{Minor: *r.Amount.Refund, Currency: *r.Amount.Currency}
	status.DoneAt = *r.SuccessTime
	var err error
	status.Coupon, err = discount(op, *r.Amount.Refund, r.Amount.PayerRefund, *r.Amount.Currency)
	return status, err
}
