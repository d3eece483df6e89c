package wechatpay

import (
	"bufio"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/friendpay/friendpay/providers"
)

// The columns that are read; their order may change.
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
	// summary begins the two lines that end every bill.
	summary = "总交易单数"
)

var columns = []string{
	colTime, colApp, colMerchant, colTransaction, colNumber, colState, colCurrency, colTotal,
	colRefundID, colRefund, colBack, colRefundState,
}

// maxLine is of one row, in bytes.
const maxLine = 64 << 10

var errBill = errors.New("the bill is not of the expected form")

// readBill reads a bill's rows up to its summary, which proves that it is whole.
// An error quotes nothing: rows name payers.
func (a *Adapter) readBill(from io.Reader) ([]providers.Entry, error) {
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, 0, 4096), maxLine)
	if !lines.Scan() {
		return nil, errBill
	}
	at := map[string]int{}
	for i, name := range cells(strings.TrimPrefix(lines.Text(), "\ufeff")) {
		at[name] = i
	}
	for _, name := range columns {
		if _, there := at[name]; !there {
			return nil, errBill
		}
	}
	var entries []providers.Entry
	for lines.Scan() {
		values := cells(lines.Text())
		if values[0] == summary {
			return entries, nil
		}
		if len(values) != len(at) {
			return nil, errBill
		}
		entry, ours, err := a.entry(row{at, values})
		if err != nil {
			return nil, err
		}
		if ours {
			entries = append(entries, entry)
		}
	}
	return nil, errBill
}

// cells splits a line. Values of rows begin with a backtick each, so that a comma
// inside one does not split it; names of columns do not.
func cells(line string) []string {
	line = strings.TrimRight(line, "\r")
	if values, ok := strings.CutPrefix(line, "`"); ok {
		return strings.Split(values, ",`")
	}
	return strings.Split(line, ",")
}

type row struct {
	at     map[string]int
	values []string
}

func (r row) cell(name string) string { return strings.TrimSpace(r.values[r.at[name]]) }

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
	entry.Amount.Currency = r.cell(colCurrency)
	entry.Amount.Minor, err = fen(r.cell(amount))
	return entry, true, err
}

// leaves says whether a refund takes the merchant's money: also while the payer's
// bank is at it, since a refund has one row, of the day on which it was taken on.
func leaves(state string) bool { return state == "SUCCESS" || state == "PROCESSING" }

var yuanForm = regexp.MustCompile(`^([0-9]{1,12})(?:\.([0-9]{1,2}))?$`)

// fen reads an amount of yuan without ever passing through a float.
func fen(yuan string) (int64, error) {
	parts := yuanForm.FindStringSubmatch(yuan)
	if parts == nil {
		return 0, errBill
	}
	return strconv.ParseInt(parts[1]+(parts[2] + "00")[:2], 10, 64)
}
