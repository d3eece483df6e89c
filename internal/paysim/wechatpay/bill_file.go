package wechatpay

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

const (
	tradeHead = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行," +
		"货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称," +
		"商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
	tradeSum = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
	fundHead = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额（元）,账户结余（元）," +
		"资金变更提交申请人,备注,业务凭证号"
	fundSum = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"
)

// tradeFile writes the bill of payments and refunds; kind is ALL, SUCCESS or REFUND.
func tradeFile(lines []line, kind string) []byte {
	file := newFile(tradeHead)
	var count, paid, back, fees int64
	for _, l := range lines {
		if kind == "SUCCESS" && l.refund != nil || kind == "REFUND" && l.refund == nil {
			continue
		}
		count++
		shared := []string{
			moneyTime(l.at), l.order.Call.AppID, l.order.MchID, "0", "", l.transaction, l.order.Call.Number,
			l.payer, tradeTypes[l.order.Product],
		}
		goods := []string{l.order.Call.Description, l.order.Call.Attach}
		if l.refund == nil {
			paid, fees = paid+l.minor, fees+l.fee
			file.row(shared, []string{"SUCCESS", "OTHERS", "CNY", yuan(l.minor), "0.00", "0", "0",
				"0.00", "0.00", "", ""}, goods, []string{long(l.fee), "0.60%", yuan(l.minor), "0.00", ""})
			continue
		}
		back, fees = back+l.minor, fees-l.fee
		file.row(shared, []string{"REFUND", "OTHERS", "CNY", "0.00", "0.00", l.refund.ID, l.refund.Call.Number,
			yuan(l.minor), "0.00", "ORIGINAL", "SUCCESS"},
			goods, []string{long(-l.fee), "0.60%", "0.00", yuan(l.minor), ""})
	}
	if count == 0 {
		return nil
	}
	return file.end(tradeSum, number(count), yuan(paid), yuan(back), "0.00", long(fees), yuan(paid), yuan(back))
}

// fundFile writes how the account's balance moved: a payment comes in and its fee
// goes out, a refund goes out and its part of the fee comes back.
func fundFile(lines []line) []byte {
	file := newFile(fundHead)
	var ins, in, outs, out int64
	for _, l := range lines {
		name, kinds, id := "交易", [2]string{"交易", "扣除交易手续费"}, l.transaction
		amounts := [2]int64{l.minor, -l.fee}
		if l.refund != nil {
			name, kinds, id = "退款", [2]string{"退款", "退还交易手续费"}, l.refund.ID
			amounts = [2]int64{-l.minor, l.fee}
		}
		for i, amount := range amounts {
			way := "收入"
			switch {
			case amount == 0:
				continue // no fee
			case amount > 0:
				ins, in = ins+1, in+amount
			default:
				way, outs, out = "支出", outs+1, out-amount
			}
			file.row([]string{moneyTime(l.at), id, "1" + digits(20), name, kinds[i], way, yuan(max(amount, -amount)),
				yuan(in - out), "system", "", l.number()})
		}
	}
	return file.end(fundSum, number(ins+outs), number(ins), yuan(in), number(outs), yuan(out))
}

// file is a bill in the making: a line of names, then values each behind a backtick.
type file struct{ text bytes.Buffer }

func newFile(head string) *file {
	f := &file{}
	f.text.WriteString("\ufeff" + head + "\r\n")
	return f
}

var oneLine = strings.NewReplacer("\r", " ", "\n", " ", "`", " ")

func (f *file) row(parts ...[]string) {
	values := slices.Concat(parts...)
	for i, value := range values {
		values[i] = "`" + oneLine.Replace(value)
	}
	f.text.WriteString(strings.Join(values, ",") + "\r\n")
}

func (f *file) end(names string, values ...string) []byte {
	f.text.WriteString(names + "\r\n")
	f.row(values)
	return f.text.Bytes()
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func moneyTime(at time.Time) string { return at.In(shanghai).Format(time.DateTime) }

func yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	return fmt.Sprintf("%s%d.%02d", sign, fen/100, fen%100)
}

// long is yuan with five digits, as fees are told.
func long(fen int64) string { return yuan(fen) + "000" }

// fee is 0.6 percent of an amount, rounded half up to fen.
func fee(fen int64) int64 { return (fen*6 + 500) / 1000 }

// download hands out a bill's file. The call is signed as any other, the answer
// is not: the hash that came with the address stands for it.
func (p *Provider) download(w http.ResponseWriter, r *http.Request) {
	c, refusal := p.admit(w, r, faults.Download)
	ctx, cancel := p.desk.Until(r.Context())
	defer cancel()
	if refusal == nil {
		refusal = trouble[p.desk.Before(ctx, c.rule)]
	}
	var file bill
	if refusal == nil {
		var known bool
		token := r.URL.Query().Get("token")
		if file, known = p.bills.find(token, c.merchant.MchID, p.deps.Pace.Now()); !known {
			refusal = errNothing
		}
	}
	status := http.StatusOK
	if refusal == nil {
		if status = p.desk.After(ctx, c.rule); status == http.StatusInternalServerError {
			refusal = errBusy
		}
	}
	if refusal != nil {
		desk.Reply(w, refusal.status, refusal)
		return
	}
	if status == http.StatusFound {
		w.Header().Set("Location", "/v3/elsewhere")
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(max(status, http.StatusOK))
	_, _ = w.Write(file.bytes(c.rule.Mode)) // the caller may be gone
}

func (b bill) bytes(mode faults.Mode) []byte {
	text := desk.Garble(b.text, mode)
	if mode == faults.BadHash {
		text = bytes.ReplaceAll(text, []byte("`SUCCESS"), []byte("`REVOKED"))
	}
	if !b.zipped {
		return text
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, _ = zip.Write(text) // a buffer takes everything
	_ = zip.Close()
	return packed.Bytes()
}
