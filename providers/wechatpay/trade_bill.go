package wechatpay

import (
	"io"
	"strconv"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

const (
	colTime        = "交易时间"
	colApp         = "公众账号ID"
	colMerchant    = "商户号"
	colTransaction = "微信订单号"
	colNumber      = "商户订单号"
	colState       = "交易状态"
	colCurrency    = "货币种类"
	colTotal       = "订单金额"
	colRefundID    = "微信退款单号"
	colRefund      = "商户退款单号"
	colBack        = "申请退款金额"
	colRefundState = "退款状态"
	colFee         = "手续费"

	sumCount = "总交易单数"
)

// tradeSums are the columns that are summed up, and the sums' own names.
var tradeSums = [...][2]string{
	{"应结订单金额", "应结订单总金额"}, {"退款金额", "退款总金额"}, {"充值券退款金额", "充值券退款总金额"},
	{colFee, "手续费总金额"}, {colTotal, "订单总金额"}, {colBack, "申请退款总金额"},
}

var tradeForm = func() form {
	f := form{
		rows: []string{
			colTime, colApp, colMerchant, colTransaction, colNumber, colState, colCurrency, colRefundID, colRefund,
			colRefundState,
		},
		summary: []string{sumCount},
	}
	for _, pair := range tradeSums {
		f.rows, f.summary = append(f.rows, pair[0]), append(f.summary, pair[1])
	}
	return f
}()

// tradeTally sums the columns of rows up, in grains.
type tradeTally [len(tradeSums)]int64

func (t *tradeTally) add(r row) error {
	for i, pair := range tradeSums {
		amount, _, err := grains(r.cell(pair[0]))
		if err != nil {
			return err
		}
		t[i] += amount
	}
	return nil
}

func (t *tradeTally) is(said row) bool {
	for i, pair := range tradeSums {
		if !tells(said.cell(pair[1]), t[i]) {
			return false
		}
	}
	return true
}

// readTrades hands out the payments and refunds of our app. Rows that a cashier took
// back may or may not be in the sums: no document says.
func (a *Adapter) readTrades(from io.Reader, tell func(providers.Entry) bool) error {
	var count int64
	var standing, revoked tradeTally
	return tradeForm.read(from, func(r row) error {
		count++
		sums := &standing
		if r.cell(colState) == "REVOKED" {
			sums = &revoked
		}
		if err := sums.add(r); err != nil {
			return err
		}
		entry, ours, err := a.entry(r)
		if err == nil && ours && !tell(entry) {
			return errEnough
		}
		return err
	}, func(said row) error {
		rows, err := strconv.ParseInt(said.cell(sumCount), 10, 64)
		all := standing
		for i, sum := range revoked {
			all[i] += sum
		}
		if err != nil || rows != count || !standing.is(said) && !all.is(said) {
			return errSums
		}
		return nil
	})
}

// entry reads a row, and says whether it is money of our app. Rows that only the
// merchant's other apps or bar codes make are passed over; a word that nobody
// knows is not, since it could hide money.
func (a *Adapter) entry(r row) (entry providers.Entry, ours bool, err error) {
	if r.cell(colMerchant) != a.MchID {
		return entry, false, errBill
	}
	entry = providers.Entry{
		Kind: providers.CaptureEntry, Number: r.cell(colNumber), Transaction: r.cell(colTransaction),
	}
	amount := colTotal
	switch r.cell(colState) {
	case "SUCCESS":
	case "REFUND":
		entry.Kind, entry.Refund, entry.Transaction = providers.RefundEntry, r.cell(colRefund), r.cell(colRefundID)
		amount = colBack
	case "REVOKED":
		return entry, false, nil
	default:
		return entry, false, errBill
	}
	if r.cell(colApp) != a.AppID || entry.Kind == providers.RefundEntry && !leaves(r.cell(colRefundState)) {
		return entry, false, nil
	}
	if entry.At, err = time.ParseInLocation(time.DateTime, r.cell(colTime), shanghai); err != nil {
		return entry, false, errBill
	}
	currency := r.cell(colCurrency)
	entry.Amount, entry.Fee = models.Money{Currency: currency}, models.Money{Currency: currency}
	if entry.Amount.Minor, err = fen(r.cell(amount)); err == nil {
		entry.Fee.Minor, err = feeFen(r.cell(colFee))
	}
	return entry, err == nil, err
}

// leaves says whether a refund takes the merchant's money: also while the payer's
// bank is at it, since a refund has one row, of the day on which it was taken on.
func leaves(state string) bool { return state == "SUCCESS" || state == "PROCESSING" }
