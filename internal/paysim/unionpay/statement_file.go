package unionpay

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/zlib"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// line is money that moved: a payment, or with Refund one that went back.
type line struct {
	at      time.Time
	order   *order
	queryID string
	minor   int64
	fee     int64 // that is kept of a payment, or given back with a refund
	coupon  int64
	funding string
	refund  *refund
}

// linesOf finds what moved for a merchant on a clearing day, oldest first. What
// UnionPay gave back by itself never was the merchant's.
func (p *Provider) linesOf(m *merchant, day time.Time) []line {
	p.mu.Lock()
	defer p.mu.Unlock()
	var lines []line
	for _, o := range p.orders {
		if o.MerID != m.MerID {
			continue
		}
		for _, c := range o.Captures {
			if settleDay(c.At).Equal(day) {
				lines = append(lines, line{c.At, o, c.QueryID, c.Minor, fee(c.Minor), c.Coupon, c.Funding, nil})
			}
		}
		for _, number := range o.Refunds {
			if r := p.refunds[key(o.MerID, number)]; r.Status == done && settleDay(r.DoneAt).Equal(day) {
				lines = append(lines, line{
					r.DoneAt, o, r.QueryID, r.Minor, fee(r.Minor), r.Coupon, o.Captures[0].Funding, r,
				})
			}
		}
	}
	slices.SortFunc(lines, func(a, b line) int {
		// Both may stand in one second: what goes back came before.
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.rank(), b.rank()), strings.Compare(a.queryID, b.queryID))
	})
	return lines
}

// number is the merchant's own, of the payment or of the refund.
func (l line) number() string {
	if l.refund != nil {
		return l.refund.Call["orderId"]
	}
	return l.order.Call["orderId"]
}

// phantom is a payment that nobody made, at noon.
func phantom(m *merchant, day time.Time, rule faults.Rule) line {
	at := day.Add(12 * time.Hour)
	o := &order{MerID: m.MerID, Call: fields{
		"orderId": cmp.Or(rule.Number, rand.Text()[:26]), "txnType": typePay, "txnSubType": "01",
		"bizType": "000201", "channelType": "07",
	}}
	minor := cmp.Or(rule.Minor, 100)
	return line{at, o, newQueryID(at), minor, fee(minor), 0, byCard, nil}
}

func (l line) rank() int {
	if l.refund != nil {
		return 1
	}
	return 0
}

// widths are the columns of a ZM file, in bytes; a blank stands between two.
var widths = []int{
	3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15,
	32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 131,
}

// feeRate is what UnionPay keeps of a payment, in hundredths of a percent.
const feeRate = 55

// fee is rounded half up per line, in fen.
func fee(minor int64) int64 { return (minor*feeRate + 5000) / 10000 }

// columns are the values of a line by the numbers of their columns, from 1.
func (l line) columns(m *merchant) map[int]string {
	way, call := fundings[l.funding], l.order.Call
	code, keeps, comes, orig := "S22", "D", "C", ""
	if l.refund != nil {
		call, orig, keeps, comes = l.refund.Call, l.refund.Payment, "C", "D"
		code = map[string]string{typeRefund: "S30", typeUndo: "S31"}[call["txnType"]]
	}
	net := signed(comes, l.minor-l.fee)
	c := map[int]string{
		1: code, 2: "01040000", 3: "01040000", 4: traceNo(l.queryID), 5: traceTime(l.at),
		6: way.account, 7: fmt.Sprintf("%012d", l.minor), 8: "5311", 9: call["channelType"], 10: l.queryID,
		12: call["orderId"], 13: way.cardType, 16: signed(keeps, l.fee), 17: net, 18: way.payType,
		20: call["txnType"], 21: call["txnSubType"], 22: call["bizType"], 27: orig, 28: l.order.MerID,
		31: m.title(), 33: net, 35: call["reqReserved"],
	}
	if orig != "" {
		c[14], c[15] = traceNo(orig), traceTime(l.order.Captures[0].At)
	}
	if l.coupon > 0 {
		c[36] = signed(comes, l.coupon)
	}
	return c
}

func signed(side string, minor int64) string { return fmt.Sprintf("%s%012d", side, minor) }

// row writes a line in GBK; what is too long for its column is cut.
func (l line) row(m *merchant) []byte {
	columns := l.columns(m)
	var row bytes.Buffer
	for i, width := range widths {
		if i > 0 {
			row.WriteByte(' ')
		}
		row.Write(fit(columns[i+1], width))
	}
	row.WriteString("\r\n")
	return row.Bytes()
}

// fit pads a text to a width in bytes of GBK, or cuts it between two characters.
func fit(text string, width int) []byte {
	var column []byte
	for _, letter := range text {
		encoded := gbk(string(letter))
		if len(column)+len(encoded) > width {
			break
		}
		column = append(column, encoded...)
	}
	return append(column, bytes.Repeat([]byte(" "), width-len(column))...)
}

// gbk encodes a text; what GBK does not have becomes a question mark.
func gbk(text string) []byte {
	encoded, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(text))
	if err != nil {
		return []byte("?")
	}
	return encoded
}

// pack is the answer that carries the file, spoiled as asked.
func (c *call) pack(day time.Time, lines []line) fields {
	normal := c.normal(lines)
	stem := "INN" + day.Format("060102") + "88"
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	for _, file := range []struct {
		name string
		text []byte
	}{
		{stem + "ZM_" + c.merchant.MerID, normal}, {stem + "ZME_" + c.merchant.MerID, nil},
		{"RD1001" + day.Format("060102") + "_" + c.merchant.MerID, summary(lines)},
	} {
		entry, err := archive.Create(file.name)
		if err == nil {
			_, err = entry.Write(file.text)
		}
		if err != nil {
			panic(err) // a buffer takes everything
		}
	}
	_ = archive.Close() // likewise
	content := deflate(packed.Bytes())
	if c.rule.Mode == faults.BadHash {
		content[len(content)-1] ^= 1 // of the checksum
	}
	return fields{
		"respCode": done, "respMsg": say(done), "fileType": "00", "settleDate": day.Format("0102"),
		"fileName":    c.merchant.MerID + "_" + day.Format("20060102") + ".zip",
		"fileContent": base64.StdEncoding.EncodeToString(content),
	}
}

func deflate(text []byte) []byte {
	var packed bytes.Buffer
	writer := zlib.NewWriter(&packed)
	_, _ = writer.Write(text) // a buffer takes everything
	_ = writer.Close()
	return packed.Bytes()
}

// normal is the ZM file.
func (c *call) normal(lines []line) []byte {
	var file bytes.Buffer
	for _, l := range lines {
		file.Write(l.row(c.merchant))
	}
	if c.rule.Mode == faults.Garbage {
		// Half of a character of GBK, so that columns no longer begin where they should.
		return bytes.ReplaceAll(file.Bytes(), []byte("S22"), []byte("S\x81\xff\xfe"))
	}
	return file.Bytes()
}

// summary is the RD file: how many lines there are, and what they come to.
func summary(lines []line) []byte {
	var in, out, kept int64
	for _, l := range lines {
		if l.refund == nil {
			in, kept = in+l.minor, kept+l.fee
		} else {
			out, kept = out+l.minor, kept-l.fee
		}
	}
	return gbk(fmt.Sprintf("交易笔数 %d\r\n交易金额 %012d\r\n退货金额 %012d\r\n手续费 %d\r\n", len(lines), in, out, kept))
}
