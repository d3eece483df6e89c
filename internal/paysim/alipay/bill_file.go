package alipay

import (
	"archive/zip"
	"bytes"
	"io"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

const (
	detailHead = "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户," +
		"订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称," +
		"商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
	sumHead = "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）," +
		"卡消费金额（元）,服务费（元）,分润（元）,实收净额（元）"
	rule = "-----------------------------------------"
)

// zip is the file as it is fetched: two tables in GBK, whose names are GBK too.
func (b bill) zip(mode faults.Mode) []byte {
	stem := b.seller + "_" + b.day.Format("20060102") + "_业务明细"
	var packed bytes.Buffer
	file := zip.NewWriter(&packed)
	b.add(file, stem+".csv", mode, func(out io.Writer) { b.writeDetail(out, b.lines) })
	b.add(file, stem+"(汇总).csv", mode, func(out io.Writer) { b.writeSum(out, b.lines) })
	_ = file.Close() // a buffer takes everything
	return desk.Garble(packed.Bytes(), mode)
}

func (b bill) add(file *zip.Writer, name string, mode faults.Mode, write func(io.Writer)) {
	coder := encoding.ReplaceUnsupported(simplifiedchinese.GBK.NewEncoder())
	coded, err := coder.String(name)
	if err != nil {
		panic(err) // our own words
	}
	header := &zip.FileHeader{Name: coded, NonUTF8: true, Method: zip.Deflate, Modified: b.at}
	out, err := file.CreateHeader(header)
	if err != nil {
		panic(err) // a buffer takes everything
	}
	if mode == faults.Garbage || mode == faults.BadHash {
		_, _ = out.Write(bytes.Repeat([]byte{0xff, 0x80, ',', 0x81, '\n'}, 100))
		return
	}
	text := encoding.ReplaceUnsupported(simplifiedchinese.GBK.NewEncoder()).Writer(out)
	write(text)
}

func put(out io.Writer, parts ...string) {
	_, _ = io.WriteString(out, strings.Join(parts, "")+"\r\n") // a buffer takes everything
}

func (b bill) head(out io.Writer, title string) {
	end := b.day.AddDate(0, 0, 1)
	const form = "2006年01月02日 15:04:05"
	put(out, "#支付宝", title, "查询")
	put(out, "#账号:[", b.seller, "0156]")
	put(out, "#起始日期:[", b.day.Format(form), "]   终止日期:[", end.Format(form), "]")
	put(out, "#", rule, title, "列表", rule)
}

func (b bill) writeDetail(out io.Writer, lines []line) {
	b.head(out, "业务明细")
	put(out, detailHead)
	var paid, back int64
	var payments, refunds int
	for _, l := range lines {
		put(out, strings.Join(l.row(), ","))
		if l.refund == nil {
			payments, paid = payments+1, paid+l.minor
		} else {
			refunds, back = refunds+1, back+l.minor
		}
	}
	put(out, "#", rule, "业务明细列表结束", rule)
	put(out, "#交易合计：", strconv.Itoa(payments), "笔，商家实收共", yuan(paid), "元，商家优惠共0.00元")
	put(out, "#退款合计：", strconv.Itoa(refunds), "笔，商家实收退款共", yuan(-back), "元，商家优惠退款共0.00元")
	put(out, "#导出时间:[", b.at.Format("2006年01月02日 15:04:05"), "]")
}

var oneCell = strings.NewReplacer("\r", " ", "\n", " ", "\t", " ", ",", "，", `"`, "”")

// row is a line of the table; values are padded by tabs where a program that shows
// tables would take them for numbers.
func (l line) row() []string {
	kind, sign, request := "交易", int64(1), ""
	if l.refund != nil {
		kind, sign, request = "退款", -1, l.refund.Request
	}
	return []string{
		l.order.Trade + "\t", l.order.Call.Number + "\t", kind, oneCell.Replace(l.order.Call.Subject),
		clock(l.order.TradeAt), clock(l.at), "\t", "", "\t", "\t", "*友(159****5620)\t",
		yuan(sign * l.minor), yuan(sign * l.minor), "0.00", "0.00", yuan(sign * l.coupon), "0.00", "0.00", "",
		"0.00", "0.00", request + "\t", yuan(sign * l.fee), "0.00", oneCell.Replace(l.order.Call.Body),
	}
}

// fee is 0.6 percent of an amount in fen, rounded half up.
func fee(fen int64) int64 { return (fen*6 + 500) / 1000 }

func (b bill) writeSum(out io.Writer, lines []line) {
	b.head(out, "业务汇总")
	put(out, sumHead)
	var paid, fees, coupons int64
	var payments, refunds int
	for _, l := range lines {
		sign := int64(1)
		if l.refund != nil {
			sign, refunds = -1, refunds+1
		} else {
			payments++
		}
		paid, fees, coupons = paid+sign*l.minor, fees+sign*l.fee, coupons+sign*l.coupon
	}
	put(out, strings.Join([]string{
		"合计", "", strconv.Itoa(payments), strconv.Itoa(refunds), yuan(paid), yuan(paid), yuan(coupons), "0.00",
		"0.00", yuan(fees), "0.00", yuan(paid - fees),
	}, ","))
	put(out, "#", rule, "业务汇总列表结束", rule)
	put(out, "#导出时间:[", b.at.Format(time.DateTime), "]")
}
