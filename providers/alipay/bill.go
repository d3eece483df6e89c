package alipay

import (
	"bufio"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// The columns that are read; their order may change.
const (
	colTransaction = "支付宝交易号"
	colNumber      = "商户订单号"
	colKind        = "业务类型"
	colSubject     = "商品名称"
	colTime        = "完成时间"
	colTotal       = "订单金额(元)"
	colReceived    = "商家实收(元)"
	colRefund      = "退款批次号/请求号"
	colFee         = "服务费(元)"
)

var columns = []string{
	colTransaction, colNumber, colKind, colSubject, colTime, colTotal, colReceived, colRefund, colFee,
}

// maxLine is of one row, in bytes of UTF-8.
const maxLine = 64 << 10

var errBill = errors.New("the bill is not of the expected form")

// ascii writes headings and remarks in one way: Alipay's have wide punctuation.
var ascii = strings.NewReplacer("（", "(", "）", ")", "：", ":", "，", ",", "\t", "")

// bill is the reading of one: its columns, and what the rows add up to.
type bill struct {
	seller string
	date   time.Time
	at     map[string]int // nil before the heading
	ended  bool
	named  bool                // the account was named, and is ours
	rows   map[string]subtotal // by 业务类型
	told   map[string]subtotal // the same, as the bill ends
}

// subtotal is how many rows of a kind there are, and what the merchant got in fen.
type subtotal struct{ count, received int64 }

// The kinds of rows.
const (
	captureRow = "交易"
	refundRow  = "退款"
)

// readBill reads a bill's rows up to its sums, and to the file's end, where the
// checksum is compared. An error quotes nothing: rows name payers.
func (a *Adapter) readBill(from io.Reader, date time.Time, each func(providers.Entry) bool) error {
	b := bill{seller: a.SellerID, date: date, rows: map[string]subtotal{}, told: map[string]subtotal{}}
	plain := simplifiedchinese.GB18030.NewDecoder().Reader(io.LimitReader(from, maxBill))
	lines := bufio.NewScanner(plain)
	lines.Buffer(make([]byte, 0, 4096), maxLine)
	for lines.Scan() {
		line := strings.TrimRight(lines.Text(), "\r")
		if strings.TrimSpace(line) == "" {
			continue
		}
		entry, is, err := b.line(line)
		if err != nil {
			return err
		}
		if is && !each(entry) {
			return nil
		}
	}
	if lines.Err() != nil || !b.whole() {
		return errBill
	}
	return nil
}

// line reads one, and says whether it is money.
func (b *bill) line(line string) (entry providers.Entry, is bool, err error) {
	switch {
	case strings.HasPrefix(line, "#"):
		return entry, false, b.remark(ascii.Replace(line))
	case b.ended:
		return entry, false, errBill
	case b.at == nil:
		return entry, false, b.heading(ascii.Replace(line))
	}
	values := b.cells(line)
	if values == nil {
		return entry, false, errBill
	}
	entry, err = b.entry(row{b.at, values})
	return entry, err == nil, err
}

var (
	accountForm = regexp.MustCompile(`^#账号:\[([0-9]+)`)
	sumForm     = regexp.MustCompile(`^#(交易|退款)合计:([0-9]+)笔,商家实收(?:退款)?共(-?[0-9.]+)元`)
)

// remark reads a line that is none of the table's.
func (b *bill) remark(line string) error {
	if account := accountForm.FindStringSubmatch(line); account != nil {
		b.named = strings.HasPrefix(account[1], b.seller)
		return nil
	}
	if strings.HasPrefix(line, "#起始日期") && !strings.Contains(line, "["+b.date.Format("2006年01月02日")) {
		return errBill
	}
	if strings.Contains(line, "业务明细列表结束") {
		b.ended = true
	}
	sum := sumForm.FindStringSubmatch(line)
	if sum == nil {
		return nil
	}
	count, err := strconv.ParseInt(sum[2], 10, 64)
	received, wrong := fen(sum[3])
	if err != nil || wrong != nil || !b.ended {
		return errBill
	}
	b.told[sum[1]] = subtotal{count, received}
	return nil
}

func (b *bill) heading(line string) error {
	b.at = map[string]int{}
	for i, name := range strings.Split(line, ",") {
		b.at[strings.TrimSpace(name)] = i
	}
	for _, name := range columns {
		if _, there := b.at[name]; !there {
			return errBill
		}
	}
	return nil
}

// whole says whether the bill is ours, came to its end and adds up.
func (b *bill) whole() bool {
	return b.named && b.ended && len(b.told) == 2 &&
		b.told[captureRow] == b.rows[captureRow] && b.told[refundRow].same(b.rows[refundRow])
}

// same compares sums of refunds, which have a sign in rows and may have none at the end.
func (s subtotal) same(rows subtotal) bool {
	return s.count == rows.count && (s.received == rows.received || s.received == -rows.received)
}

// cells splits a line. Nothing is quoted: commas too many are the product name's.
func (b *bill) cells(line string) []string {
	values := strings.Split(line, ",")
	more, at := len(values)-len(b.at), b.at[colSubject]
	if more < 0 {
		return nil
	}
	name := strings.Join(values[at:at+more+1], ",")
	return slices.Concat(values[:at], []string{name}, values[at+more+1:])
}

type row struct {
	at     map[string]int
	values []string
}

func (r row) cell(name string) string { return strings.TrimSpace(r.values[r.at[name]]) }

// entry reads a row. A kind that nobody knows is not passed over, since it could
// hide money. The fee is what the merchant pays for a payment, and gets back with a
// refund, whichever sign it has.
func (b *bill) entry(r row) (providers.Entry, error) {
	entry := providers.Entry{
		Kind: providers.CaptureEntry, Number: r.cell(colNumber), Transaction: r.cell(colTransaction),
	}
	kind := r.cell(colKind)
	total, e1 := fen(r.cell(colTotal))
	received, e2 := fen(r.cell(colReceived))
	fee, e3 := fen(r.cell(colFee))
	at, e4 := time.ParseInLocation(time.DateTime, r.cell(colTime), shanghai)
	if errors.Join(e1, e2, e3, e4) != nil {
		return entry, errBill
	}
	entry.At, entry.Fee = at, models.CNY(max(fee, -fee))
	switch {
	case kind == captureRow && total > 0:
	case kind == refundRow && total < 0:
		entry.Kind, entry.Refund = providers.RefundEntry, r.cell(colRefund)
		total, entry.Fee = -total, models.CNY(min(fee, -fee))
	default:
		return entry, errBill
	}
	entry.Amount = models.CNY(total)
	sum := b.rows[kind]
	b.rows[kind] = subtotal{sum.count + 1, sum.received + received}
	return entry, nil
}
