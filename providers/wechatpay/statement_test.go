package wechatpay_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/providertest"
)

const (
	billFile = "/v3/billdownload/file?token=6XIv5TUPto7pByrTQKhd6kwvyKLG2uY%2B&x=1"
	billHead = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类," +
		"应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率," +
		"订单金额,申请退款金额,费率备注"
	billNames = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n"
)

// billRow is a row: the payment, or the refund if it has a state.
func billRow(appID, state, refundState, total, back string) string {
	refundID, refund, fee := "0", "0", "0.77400"
	if state == "REFUND" {
		refundID, refund, fee = "50300907", refundNo, "-0.05442"
	}
	return "`" + strings.Join([]string{
		"2025-01-01 10:02:03", appID, mch, "0", "", "4200002501", number, "oFriend01", "JSAPI", state, "OTHERS",
		"CNY", total, "0.00", refundID, refund, back, "0.00", "ORIGINAL", refundState,
		"耳机,白色", "", fee, "0.60%", total, back, "",
	}, ",`") + "\r\n"
}

func billEnd(sums ...string) string { return billNames + "`" + strings.Join(sums, ",`") + "\r\n" }

// oneEnd ends a bill of one payment of 129 yuan.
var oneEnd = billEnd("1", "129.00", "0.00", "0.00", "0.77400", "129.00", "0.00")

func aBill(end string, rows ...string) string {
	return "\ufeff" + billHead + "\r\n" + strings.Join(rows, "") + end
}

// bank serves a bill's file, packed unless plain, under the hash of hashed.
type bank struct {
	file, hashed, address string
	plain                 bool
	status                int
}

func (b bank) answer(w http.ResponseWriter, r *http.Request, _ []byte) {
	if strings.HasPrefix(r.URL.Path, "/v3/bill/") {
		if b.address == "" {
			b.address = "https://api.mch.weixin.qq.com" + billFile
		}
		sum := sha1.Sum([]byte(b.hashed))
		reply(w, 200, text(map[string]string{
			"hash_type": "SHA1", "hash_value": hex.EncodeToString(sum[:]), "download_url": b.address,
		}))
		return
	}
	if b.status != 0 {
		w.WriteHeader(b.status)
		return
	}
	if b.plain {
		_, _ = io.WriteString(w, b.file)
		return
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(b.file))
	_ = z.Close()
	_, _ = w.Write(packed.Bytes())
}

var billDay = time.Date(2025, 1, 1, 20, 0, 0, 0, time.UTC) // the 2nd in Shanghai

func TestABillIsReadToTheFen(t *testing.T) {
	t.Parallel()
	file := aBill(billEnd("6", "239.00", "10.17", "0.00", "2.15874", "239.00", "10.17"),
		billRow(app, "SUCCESS", "", "129.00", "0.00"), billRow(app, "REFUND", "SUCCESS", "0.00", "9.07"),
		billRow(app, "REFUND", "PROCESSING", "0.00", "0.1"), billRow(app, "REFUND", "FAILED", "0.00", "1.00"),
		billRow("wx-other", "SUCCESS", "", "55.00", "0.00"), billRow(app, "REVOKED", "", "55.00", "0.00"))
	at := time.Date(2025, 1, 1, 2, 2, 3, 0, time.UTC)
	for _, plain := range []bool{false, true} {
		s := open(t, bank{file: file, hashed: file, plain: plain}.answer)
		entries, err := providertest.Lines(adapter(t, s, nil).Statement(t.Context(), billDay))
		require.NoError(t, err)
		for i := range entries {
			require.True(t, at.Equal(entries[i].At))
			entries[i].At = time.Time{}
		}
		require.Equal(t, []providers.Entry{
			{Kind: "capture", Number: number, Transaction: "4200002501", Amount: models.CNY(12900),
				Fee: models.CNY(77)},
			{Kind: "refund", Number: number, Refund: refundNo, Transaction: "50300907", Amount: models.CNY(907),
				Fee: models.CNY(-5)},
			{Kind: "refund", Number: number, Refund: refundNo, Transaction: "50300907", Amount: models.CNY(10),
				Fee: models.CNY(-5)},
		}, entries)
		came := s.calls()
		require.Equal(t, "/v3/bill/tradebill?bill_type=ALL&tar_type=GZIP&bill_date=2025-01-02", came[0].RequestURI)
		require.Equal(t, billFile, came[1].RequestURI)
	}
}

func TestColumnsAreFoundByTheirNames(t *testing.T) {
	t.Parallel()
	turn := func(line string) string {
		mark := ","
		if strings.HasPrefix(line, "`") {
			mark = ",`"
		}
		first, rest, _ := strings.Cut(strings.TrimSuffix(line, "\r\n"), mark)
		if mark == ",`" {
			return "`" + rest + mark + strings.TrimPrefix(first, "`") + "\r\n"
		}
		return rest + mark + first + "\r\n"
	}
	file := turn(billHead+"\r\n") + turn(billRow(app, "SUCCESS", "", "129.00", "0.00")) + turn(billNames) +
		turn(strings.TrimPrefix(oneEnd, billNames))
	s := open(t, bank{file: file, hashed: file}.answer)
	entries, err := providertest.Lines(adapter(t, s, nil).Statement(t.Context(), billDay))
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, number, entries[0].Number)
}

func TestABillThatIsNotTheOnePromisedIsNotBelieved(t *testing.T) {
	t.Parallel()
	row := billRow(app, "SUCCESS", "", "129.00", "0.00")
	file := aBill(oneEnd, row)
	nameless := strings.Replace(file, "订单金额,申请", "x,申请", 1)
	for name, b := range map[string]bank{
		"another":         {file: aBill(oneEnd, row, row), hashed: file},
		"cut short":       {file: billHead + "\r\n" + row, hashed: billHead + "\r\n" + row},
		"no row":          {file: aBill(oneEnd, "`a,`b\r\n"), hashed: aBill(oneEnd, "`a,`b\r\n")},
		"no bill":         {file: "\xd6\xd0\xb9\xfa", hashed: "\xd6\xd0\xb9\xfa"},
		"empty":           {plain: true},
		"a column less":   {file: nameless, hashed: nameless},
		"expired":         {status: 404, hashed: file},
		"a strange host":  {file: file, hashed: file, address: "https://evil.example/v3/billdownload/file?token=1"},
		"in the clear":    {file: file, hashed: file, address: "http://api.mch.weixin.qq.com/?token=1"},
		"a host in front": {file: file, hashed: file, address: "https://api.mch.weixin.qq.com@evil.example/?token"},
	} {
		_, err := providertest.Lines(adapter(t, open(t, b.answer), nil).Statement(t.Context(), billDay))
		classed(t, err, providers.Ambiguous, "")
		require.NotContains(t, err.Error(), "token", name)
	}
	for _, odd := range []string{
		billRow(app, "NEWSTATE", "", "1.00", "0.00"), billRow(app, "SUCCESS", "", "1.005", "0.00"),
		billRow(app, "SUCCESS", "", "-1.00", "0.00"), billRow(app, "SUCCESS", "", "1e3", "0.00"),
		strings.Replace(row, mch, "1900000999", 1), strings.Replace(row, "10:02:03", "10h", 1),
	} {
		file := aBill(oneEnd, odd)
		bad := adapter(t, open(t, bank{file: file, hashed: file}.answer), nil)
		_, err := providertest.Lines(bad.Statement(t.Context(), billDay))
		classed(t, err, providers.Ambiguous, "ANSWER")
		require.ErrorContains(t, err, "not of the expected form")
	}
	md5 := asked(t, 200, `{"hash_type":"MD5","download_url":"https://api.mch.weixin.qq.com/"}`)
	_, err := providertest.Lines(md5.Statement(t.Context(), billDay))
	classed(t, err, providers.Ambiguous, "ANSWER")
}

func TestADayWithoutABill(t *testing.T) {
	t.Parallel()
	none := asked(t, 400, `{"code":"NO_STATEMENT_EXIST","message":"账单文件不存在"}`)
	entries, err := providertest.Lines(none.Statement(t.Context(), billDay))
	require.NoError(t, err)
	require.Empty(t, entries)
	_, err = providertest.Lines(none.Statement(t.Context(), time.Now()))
	failed := classed(t, err, providers.Refused, "NO_STATEMENT_EXIST")
	require.Greater(t, failed.RetryAfter, 9*time.Hour)
	making := asked(t, 400, `{"code":"STATEMENT_CREATING","message":"生成中"}`)
	_, err = providertest.Lines(making.Statement(t.Context(), billDay))
	failed = classed(t, err, providers.Refused, "STATEMENT_CREATING")
	require.Equal(t, 30*time.Minute, failed.RetryAfter)
	nobody := adapter(t, open(t, unsigned(400, `{"code":"NO_STATEMENT_EXIST"}`)), nil)
	_, err = providertest.Lines(nobody.Statement(t.Context(), billDay))
	classed(t, err, providers.Ambiguous, "400")
}
