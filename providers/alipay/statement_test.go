package alipay_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/alipay"
	"github.com/friendpay/friendpay/providers/providertest"
)

var day = time.Date(2025, 1, 1, 12, 0, 0, 0, time.FixedZone("CST", 8*60*60))

const (
	heading = "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户," +
		"订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称," +
		"商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
	paidRow = "2025010122001\t," + number + "\t,交易\t,耳机, 黑色\t,2025-01-01 10:00:00,2025-01-01 10:02:03,,,,," +
		"*三(156****0000),129.00,124.00,5.00,0.00,0.00,0.00,0.00,,0.00,0.00,,-0.7445,0.00,代付"
	backRow = "2025010122001\t," + number + "\t,退款\t,耳机\t,2025-01-01 10:00:00,2025-01-01 11:02:03,,,,," +
		"*三(156****0000),-9.00,-9.00,0.00,0.00,0.00,0.00,0.00,,0.00,0.00," + refundNo + "\t,0.05,0.00,"
)

// bill is the text of a day's details, ending in the sums given.
func bill(sums string, rows ...string) string {
	return "#支付宝业务明细查询\r\n#账号：[" + seller + "0156]\r\n" +
		"#起始日期：[2025年01月01日 00:00:00]   终止日期：[2025年01月02日 00:00:00]\r\n" +
		"#-----------------------------------------业务明细列表----------------------------------------\r\n" +
		heading + "\r\n" + strings.Join(rows, "\r\n") + "\r\n" +
		"#-----------------------------------------业务明细列表结束------------------------------------\r\n" +
		sums + "#导出时间：[2025年01月02日 09:10:00]\r\n"
}

const twoSums = "#交易合计：1笔，商家实收共124.00元，商家优惠共0.00元\r\n#退款合计：1笔，商家实收退款共-9.00元，商家优惠退款共0.00元\r\n"

func gbk(text string) string {
	out, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		panic(err)
	}
	return out
}

// packed is a zip of files by name, in order, as Alipay makes it.
func packed(parts ...string) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i < len(parts); i += 2 {
		part, err := w.CreateHeader(&zip.FileHeader{Name: gbk(parts[i]), NonUTF8: true, Method: zip.Deflate})
		if err == nil {
			_, err = part.Write([]byte(gbk(parts[i+1])))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

const (
	detailName = "20880000000000010156_20250101_业务明细.csv"
	sumName    = "20880000000000010156_20250101_业务明细(汇总).csv"
)

// shop is a gateway that hands out this file.
func shop(t *testing.T, file []byte) *gateway {
	t.Helper()
	g := open(t, nil)
	inner := g.Config.Handler
	g.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/bill" {
			inner.ServeHTTP(w, r)
			return
		}
		if r.URL.RawQuery != "token=secret" || r.Method != http.MethodGet || r.Header.Get("Authorization") != "" {
			t.Errorf("the bill was asked for in another way: %s %s", r.Method, r.URL)
		}
		_, _ = w.Write(file)
	})
	base := strings.ReplaceAll(g.URL, "/", `\/`)
	g.answer = says(`{"code":"10000","bill_download_url":"` + base + `\/bill?token=secret"}`)
	return g
}

func lines(t *testing.T, a *alipay.Adapter) ([]providers.Entry, error) {
	t.Helper()
	return providertest.Lines(a.Statement(t.Context(), day))
}

func TestABillIsReadToTheFen(t *testing.T) {
	t.Parallel()
	g := shop(t, packed(sumName, "#业务汇总\r\n", detailName, bill(twoSums, paidRow, backRow)))
	entries, err := lines(t, adapter(t, g.URL, nil))
	require.NoError(t, err)
	for i := range entries {
		entries[i].At = entries[i].At.UTC()
	}
	require.Equal(t, []providers.Entry{
		{Kind: providers.CaptureEntry, Number: number, Transaction: "2025010122001", Amount: models.CNY(12900),
			Fee: models.CNY(74), At: time.Date(2025, 1, 1, 2, 2, 3, 0, time.UTC)},
		{Kind: providers.RefundEntry, Number: number, Refund: refundNo, Transaction: "2025010122001",
			Amount: models.CNY(900), Fee: models.CNY(-5), At: time.Date(2025, 1, 1, 3, 2, 3, 0, time.UTC)},
	}, entries)
	require.Equal(t, map[string]any{"bill_type": "trade", "bill_date": "2025-01-01"}, content(t, g.calls()[0]))
}

func TestFeesAreRoundedHalfAwayFromZero(t *testing.T) {
	t.Parallel()
	for fee, want := range map[string]int64{
		"-0.744": 74, "-0.745": 75, "0.7449": 74, "0.005": 1, "0.004": 0, "0": 0, "1.5": 150, "-0.00499": 0,
	} {
		g := shop(t, packed(detailName, bill(twoSums, strings.Replace(paidRow, "-0.7445", fee, 1), backRow)))
		entries, err := lines(t, adapter(t, g.URL, nil))
		require.NoError(t, err)
		require.Equal(t, want, entries[0].Fee.Minor, fee)
	}
}

func TestColumnsAreFoundByTheirNames(t *testing.T) {
	t.Parallel()
	const narrow = "服务费(元),退款批次号/请求号,商家实收(元),订单金额(元),完成时间,商品名称,业务类型,商户订单号,支付宝交易号"
	text := bill(strings.NewReplacer("1笔，商家实收退款共-9.00", "0笔，商家实收退款共0.00").Replace(twoSums),
		"0.77,,124.00,129.00,2025-01-01 10:02:03,耳机,交易,"+number+",2025")
	g := shop(t, packed(detailName, strings.Replace(text, heading, narrow, 1)))
	entries, err := lines(t, adapter(t, g.URL, nil))
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, []any{number, models.CNY(77)}, []any{entries[0].Number, entries[0].Fee})
}

func TestABillThatIsNotWholeIsNotBelieved(t *testing.T) {
	t.Parallel()
	whole := bill(twoSums, paidRow, backRow)
	file := packed(detailName, whole)
	damaged := bytes.Clone(file)
	damaged[len(file)/3] ^= 1
	change := func(old, new string) []byte {
		require.Contains(t, whole, old)
		return packed(detailName, strings.Replace(whole, old, new, 1))
	}
	for name, file := range map[string][]byte{
		"a row is missing":     change(backRow+"\r\n", ""),
		"a row too many":       change(backRow, backRow+"\r\n"+backRow),
		"another amount":       change("124.00", "124.01"),
		"a row after the end":  change("#导出时间", paidRow+"\r\n#导出时间"),
		"no sums":              change(twoSums, ""),
		"sums of another kind": change("笔，商家实收共124.00元", "笔"),
		"cut":                  packed(detailName, whole[:strings.LastIndex(whole, "#----")]),
		"of another seller":    change(seller, "2088000000000002"),
		"of nobody":            change("#账号", "#账户"),
		"of another day":       change("2025年01月01日", "2025年01月03日"),
		"a column is missing":  change("服务费（元）", "费"),
		"an unknown kind":      change("交易\t,耳机,", "转账\t,耳机,"),
		"too few cells":        change(",0.05,0.00,", ""),
		"no amount":            change("129.00", "many"),
		"no time":              change("2025-01-01 10:02:03", ""),
		"a payment below zero": change("129.00", "-129.00"),
		"another file as well": packed(detailName, whole, "b.csv", whole),
		"no details":           packed(sumName, whole),
		"too many files":       packed(strings.Split(strings.Repeat("a.txt,,", 17), ",")[:34]...),
		"no zip":               []byte(whole),
		"nothing":              {},
		"a changed byte":       damaged,
		"a cut zip":            file[:len(file)-4],
	} {
		entries, err := lines(t, adapter(t, shop(t, file).URL, nil))
		classed(t, err, providers.Ambiguous, "ANSWER")
		require.Empty(t, entries, name)
	}
}

func TestABillIsOnlyFetchedFromAlipay(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"https://evil.example/bill?token=secret", "http://openapi.alipay.com.evil.example/",
		"ftp://dwbillcenter.alipay.com/",
		"https://user:secret@dwbillcenter.alipay.com/", "http://127.0.0.1:1/bill", ":", "",
	} {
		_, err := lines(t, asked(t, `{"code":"10000","bill_download_url":"`+address+`"}`))
		classed(t, err, providers.Ambiguous, "ANSWER")
	}
	// Alipay's own host is gone to by https, and what goes wrong there tells no token.
	g := open(t, says(`{"code":"10000","bill_download_url":"http://dwbillcenter.alipay.com/x?token=secret"}`))
	dialled := make(chan string, 2)
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if dialled <- address; strings.HasPrefix(g.URL, "http://"+address) {
				return (&net.Dialer{}).DialContext(ctx, network, address)
			}
			return nil, context.Canceled
		},
	}}
	t.Cleanup(client.CloseIdleConnections)
	a, err := alipay.New(good(g.URL), client)
	require.NoError(t, err)
	_, err = lines(t, a)
	classed(t, err, providers.Ambiguous, "WIRE")
	require.Equal(t, strings.TrimPrefix(g.URL, "http://"), <-dialled)
	require.Equal(t, "dwbillcenter.alipay.com:443", <-dialled)
}

func TestABillThatCannotBeHadAnyMore(t *testing.T) {
	t.Parallel()
	for _, status := range []int{302, 403, 404, 500} {
		gone := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/gateway.do" {
				fmt.Fprint(w, wrapped(keys().alipay, "alipay.data.dataservice.bill.downloadurl.query",
					`{"code":"10000","bill_download_url":"http://`+r.Host+`/bill?token=secret"}`))
				return
			}
			w.Header().Set("Location", "/gateway.do")
			w.WriteHeader(status)
		}))
		t.Cleanup(gone.Close)
		_, err := lines(t, adapter(t, gone.URL, nil))
		classed(t, err, providers.Ambiguous, "ANSWER")
	}
}

func TestADayWithoutABill(t *testing.T) {
	t.Parallel()
	a := adapter(t, open(t, refuses("40004", "isp.bill_not_exist")).URL, nil)
	entries, err := lines(t, a)
	require.NoError(t, err)
	require.Empty(t, entries)
	_, err = providertest.Lines(a.Statement(t.Context(), time.Now()))
	failed := classed(t, err, providers.Refused, "isp.bill_not_exist")
	require.Greater(t, failed.RetryAfter, 10*time.Hour-time.Minute)
	require.LessOrEqual(t, failed.RetryAfter, 34*time.Hour)
	_, err = lines(t, adapter(t, open(t, refuses("40006", "isv.insufficient-isv-permissions")).URL, nil))
	classed(t, err, providers.Definite, "")
}

func TestAReaderMayStopEarly(t *testing.T) {
	t.Parallel()
	g := shop(t, packed(detailName, bill(twoSums, paidRow, backRow)))
	n := 0
	for _, err := range adapter(t, g.URL, nil).Statement(t.Context(), day) {
		require.NoError(t, err)
		n++
		break
	}
	require.Equal(t, 1, n)
}
