package paysim_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/friendpay/friendpay/internal/paysim"
)

func (s *stall) billURL(day string) aliSaid {
	s.t.Helper()
	biz := members{"bill_type": "trade", "bill_date": day}
	return s.ask("alipay.data.dataservice.bill.downloadurl.query", biz)
}

// bill fetches today's bill and opens it: file names and texts as UTF-8.
func (s *stall) bill() (names, texts []string) {
	s.t.Helper()
	status, _, text := s.see(get(s.t, s.billURL(today()).get("bill_download_url")))
	require.Equal(s.t, http.StatusOK, status)
	archive, err := zip.NewReader(bytes.NewReader([]byte(text)), int64(len(text)))
	require.NoError(s.t, err)
	decode := simplifiedchinese.GBK.NewDecoder()
	for _, file := range archive.File {
		name, err := decode.String(file.Name)
		require.NoError(s.t, err)
		in, err := file.Open()
		require.NoError(s.t, err)
		coded, err := io.ReadAll(in)
		require.NoError(s.t, err)
		table, err := decode.Bytes(coded)
		require.NoError(s.t, err)
		names, texts = append(names, name), append(texts, string(table))
	}
	return names, texts
}

// rows are the lines of a table that are no comments, without the head.
func rows(table string) []string {
	var list []string
	for line := range strings.SplitSeq(table, "\r\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			list = append(list, line)
		}
	}
	return list[1:]
}

func TestAlipaysBillTellsWhatMoved(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	require.Equal(t, "isp.bill_not_exist", s.billURL(today()).code())
	number, _ := s.coded(nowhere)
	status, _ := s.payment(members{"number": number, "coupon": 900})
	require.Equal(t, http.StatusOK, status)
	s.refund(number, "RF1", "0.75")
	s.coded(nowhere) // of which nothing came
	names, texts := s.bill()
	stem := s.account.SellerID + "_" + strings.ReplaceAll(today(), "-", "") + "_业务明细"
	require.Equal(t, []string{stem + ".csv", stem + "(汇总).csv"}, names)
	detail := texts[0]
	require.True(t, strings.HasPrefix(detail, "#支付宝业务明细查询\r\n#账号:["+s.account.SellerID))
	require.Contains(t, detail, "业务明细列表结束")
	require.Contains(t, detail, "#退款合计：1笔，商家实收退款共-0.75元")
	list := rows(detail)
	require.Len(t, list, 2)
	paid, back := strings.Split(list[0], ","), strings.Split(list[1], ",")
	require.Len(t, paid, 25)
	require.Equal(t, s.query(number).get("trade_no")+"\t", paid[0])
	require.Equal(t, []string{number + "\t", "交易", "代付-咖啡 <b>%25"}, paid[1:4])
	require.Equal(t, []string{"129.00", "129.00", "0.00", "0.00", "9.00"}, paid[11:16])
	require.Equal(t, []string{"\t", "0.77", "0.00"}, paid[21:24])
	require.Equal(t, "退款", back[2])
	require.Equal(t, "-0.75", back[11])
	require.Equal(t, []string{"RF1\t", "0.00", "0.00"}, back[21:24], "0.45 fen is none")
	require.Contains(t, texts[1], "合计,,1,1,128.25,")
	require.Equal(t, "isv.invalid-bill-date", s.billURL("2025").code())
}

func TestAlipaysBillIsFetchedWithinHalfAMinute(t *testing.T) {
	t.Parallel()
	s, later := stallInTime(t, paysim.Options{Strict: true})
	day := today()
	s.paid(nowhere)
	require.Equal(t, "isp.bill_not_exist", s.billURL(day).code(), "not before it is over")
	later.Store(int64(48 * time.Hour))
	address := s.billURL(day).get("bill_download_url")
	status, _, _ := s.see(get(t, address))
	require.Equal(t, http.StatusOK, status)
	later.Add(int64(31 * time.Second))
	status, _, _ = s.see(get(t, address))
	require.Equal(t, http.StatusForbidden, status)
	status, _, _ = s.see(get(t, s.base+"/alipay/bill?token=x"))
	require.Equal(t, http.StatusForbidden, status)
}

func TestAlipaysBillsAreSpoiled(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	s.paid(nowhere)
	s.paid(nowhere)
	spoiled := func(mode string) []string {
		s.fault(members{"op": "statement", "mode": mode})
		_, texts := s.bill()
		return texts
	}
	require.Len(t, rows(spoiled("missing_row")[0]), 1)
	extra := rows(spoiled("extra_row")[0])
	require.Len(t, extra, 3)
	require.Contains(t, extra[2], "phantom")
	require.Contains(t, rows(spoiled("wrong_amount")[0])[0], ",129.01,")
	dear := spoiled("wrong_fee")
	require.Contains(t, rows(dear[0])[0], ",1.55,")
	require.Contains(t, dear[1], ",2.32,0.00,255.68", "the sums are of the rows: 155 and 77 fen")
	require.NotContains(t, spoiled("garbage")[0], "支付宝")
	s.fault(members{"op": "bill_download", "mode": "expired_url"})
	status, _, _ := s.see(get(t, s.billURL(today()).get("bill_download_url")))
	require.Equal(t, http.StatusForbidden, status)
	s.fault(members{"op": "bill_download", "mode": "bad_json"})
	_, _, text := s.see(get(t, s.billURL(today()).get("bill_download_url")))
	_, err := zip.NewReader(strings.NewReader(text), int64(len(text)))
	require.Error(t, err, "cut in half")
	s.fault(members{"op": "statement", "mode": "missing"})
	require.Equal(t, "isp.bill_not_exist", s.billURL(today()).code())
	require.Len(t, rows(s.firstTable()), 2, "all as it was")
}

func (s *stall) firstTable() string {
	_, texts := s.bill()
	return texts[0]
}
