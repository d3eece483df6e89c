package paysim_test

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

	"github.com/friendpay/friendpay/internal/paysim"
)

// ended ends a refund by hand and returns the status of that.
func (s *shop) ended(number, state string) int {
	s.t.Helper()
	return first(s.simulate("/sim/wechatpay/refunds", members{"number": number, "state": state}))
}

// noBill asks for a bill and returns the code that refuses it.
func (s *shop) noBill(query string) string {
	s.t.Helper()
	return s.ask(http.MethodGet, "/v3/bill/"+query, nil).code()
}

func (s *shop) refundState(number string) any {
	s.t.Helper()
	return s.ask(http.MethodGet, backs+"/"+number, nil).said["status"]
}

func TestWeChatRefundsTakeTime(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{Speed: 100})
	order, number := s.paid("jsapi", nowhere), newNumber()
	taken := s.giveBack(back(order, number, 900))
	require.Equal(t, http.StatusOK, taken.status)
	require.Equal(t, "PROCESSING", taken.said["status"])
	require.NotContains(t, taken.said, "success_time")
	s.eventually(number, "refund_done", 1)
	done := s.ask(http.MethodGet, backs+"/"+number, nil).said
	require.Equal(t, "SUCCESS", done["status"])
	require.Contains(t, done, "success_time")
	require.EqualValues(t, 900, done["amount"].(members)["refund"])
	require.Equal(t, s.giveBack(back(order, number, 900)).said["refund_id"], done["refund_id"])
	changed := s.giveBack(back(order, number, 901))
	require.Equal(t, http.StatusBadRequest, changed.status)
	require.Equal(t, "INVALID_REQUEST", changed.code())
	s.eventually(number, "refund_created", 1)
	totals := sim(s.merchant, "/sim/totals?account="+s.account.MchID+"&number="+order)
	require.EqualValues(t, 12900, totals["captured"])
	require.EqualValues(t, 900, totals["refunded"])
	require.Equal(t, "wechatpay", totals["orders"].([]any)[0].(members)["provider"])
}

func TestWeChatGivesBackWhatIsThere(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	order := s.paid("native", nowhere)
	unpaid, _ := s.made("native", nowhere)
	foreign := back(order, newNumber(), 1)
	foreign["amount"] = members{"refund": 1, "total": 12800, "currency": "CNY"}
	for name, body := range map[string]members{
		"unpaid": back(unpaid, newNumber(), 1), "over": back(order, newNumber(), 12901), "total": foreign,
	} {
		answer := s.giveBack(body)
		require.Equal(t, http.StatusBadRequest, answer.status, name)
	}
	require.Equal(t, "RESOURCE_NOT_EXISTS", s.giveBack(back(newNumber(), newNumber(), 1)).code())
	require.Equal(t, "RESOURCE_NOT_EXISTS", s.ask(http.MethodGet, backs+"/"+newNumber(), nil).code())
	require.Equal(t, "PARAM_ERROR", s.giveBack(back(order, newNumber(), 12901)).code(), "more than the total")
	s.simulate("/sim/faults", members{"op": "refund", "mode": "not_enough"})
	number := newNumber()
	broke := s.giveBack(back(order, number, 1))
	require.Equal(t, http.StatusForbidden, broke.status)
	require.Equal(t, "NOT_ENOUGH", broke.code())
	require.Equal(t, http.StatusOK, s.giveBack(back(order, number, 12000)).status, "the number was not used up")
	require.Equal(t, "INVALID_REQUEST", s.giveBack(back(order, newNumber(), 901)).code(), "the sum is too much")
	require.Equal(t, http.StatusOK, s.giveBack(back(order, newNumber(), 900)).status)
	byID := back("", newNumber(), 1)
	byID["transaction_id"] = s.query(order).said["transaction_id"]
	s.become(shops()[1])
	require.Equal(t, "RESOURCE_NOT_EXISTS", s.giveBack(byID).code())
	require.Equal(t, "RESOURCE_NOT_EXISTS", s.giveBack(back(order, newNumber(), 1)).code())
	require.Equal(t, "RESOURCE_NOT_EXISTS", s.ask(http.MethodGet, backs+"/"+number, nil).code())
}

func TestWeChatRefusesWrongRefunds(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	order := s.paid("native", nowhere)
	for field, change := range map[string]members{
		"/out_refund_no":   {"out_refund_no": "a b"},
		"/reason":          {"reason": strings.Repeat("长", 81)},
		"/notify_url":      {"notify_url": "http://shop.example/"},
		"/amount/currency": {"amount": members{"refund": 1, "total": 12900}},
		"/amount/refund":   {"amount": members{"refund": 0, "total": 12900, "currency": "CNY"}},
		"/out_trade_no":    {"transaction_id": "4200"},
	} {
		body := back(order, newNumber(), 1)
		for name, value := range change {
			body[name] = value
		}
		answer := s.giveBack(body)
		require.Equal(t, "PARAM_ERROR", answer.code(), field)
		require.Equal(t, field, answer.said["detail"].(members)["field"])
	}
}

func TestWeChatRefundsFiftyTimes(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	order := s.paid("native", nowhere)
	for range 50 {
		require.Equal(t, http.StatusOK, s.giveBack(back(order, newNumber(), 1)).status)
	}
	answer := s.giveBack(back(order, newNumber(), 1))
	require.Equal(t, http.StatusBadRequest, answer.status)
	require.Equal(t, "INVALID_REQUEST", answer.code())
}

func TestWeChatRefundsWithinAYear(t *testing.T) {
	t.Parallel()
	var clock movable
	s := openShop(t, paysim.Options{Now: clock.now})
	order := s.paid("native", nowhere)
	clock.move(367 * 24 * time.Hour)
	require.Equal(t, "INVALID_REQUEST", s.giveBack(back(order, newNumber(), 1)).code())
}

func TestWeChatAbnormalRefundsArePutRight(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{Speed: 1000})
	order, number := s.paid("native", nowhere), newNumber()
	s.simulate("/sim/faults", members{"op": "refund", "mode": "abnormal", "number": number})
	id := s.giveBack(back(order, number, 900)).said["refund_id"].(string)
	s.eventually(number, "refund_abnormal", 1)
	require.Equal(t, "ABNORMAL", s.refundState(number))
	path := backs + "/" + id + "/apply-abnormal-refund"
	for code, body := range map[string]members{
		"PARAM_ERROR":         {"out_refund_no": number, "type": "USER_BANK_CARD"},
		"RESOURCE_NOT_EXISTS": {"out_refund_no": "other", "type": "MERCHANT_BANK_CARD"},
	} {
		require.Equal(t, code, s.ask(http.MethodPost, path, body).code())
	}
	right := members{"out_refund_no": number, "type": "MERCHANT_BANK_CARD"}
	require.Equal(t, "PROCESSING", s.ask(http.MethodPost, path, right).said["status"])
	s.eventually(number, "refund_done", 1)
	require.Equal(t, "INVALID_REQUEST", s.ask(http.MethodPost, path, right).code())
}

func TestWeChatStuckRefundsAreEndedByHand(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{Speed: 1000})
	order := s.paid("native", nowhere)
	for state, status := range map[string]string{"done": "SUCCESS", "abnormal": "ABNORMAL", "closed": "CLOSED"} {
		number := newNumber()
		s.simulate("/sim/faults", members{"op": "refund", "mode": "stuck_processing", "number": number})
		s.giveBack(back(order, number, 100))
		require.Equal(t, "PROCESSING", s.refundState(number))
		require.Equal(t, 200, s.ended(number, state))
		require.Equal(t, status, s.refundState(number))
		want := map[string]int{"done": 409, "abnormal": 200, "closed": 409}[state]
		require.Equal(t, want, s.ended(number, "done"))
	}
	require.Equal(t, 404, s.ended("x", "done"))
}

// bill fetches the bill of a day and returns its text, checked against its hash.
func (s *shop) bill(query string) string {
	s.t.Helper()
	answer := s.ask(http.MethodGet, "/v3/bill/"+query, nil)
	require.Equal(s.t, http.StatusOK, answer.status, string(answer.text))
	path, found := strings.CutPrefix(answer.said["download_url"].(string), "https://api.mch.weixin.qq.com")
	require.True(s.t, found)
	file := s.send(s.request(http.MethodGet, path, nil))
	require.Equal(s.t, http.StatusOK, file.status)
	require.Empty(s.t, file.header.Get("Wechatpay-Signature"))
	text := file.text
	if strings.Contains(query, "GZIP") {
		zip, err := gzip.NewReader(bytes.NewReader(text))
		require.NoError(s.t, err)
		text, err = io.ReadAll(zip)
		require.NoError(s.t, err)
	}
	digest := sha1.Sum(text)
	if hex.EncodeToString(digest[:]) != answer.said["hash_value"] {
		return "the hash does not match"
	}
	return string(text)
}

func TestWeChatBillsTellWhatMoved(t *testing.T) {
	t.Parallel()
	var clock movable
	s := openShop(t, paysim.Options{Speed: 1000, Now: clock.now})
	require.Equal(t, "NO_STATEMENT_EXIST", s.noBill("tradebill?bill_date="+today()))
	order, number := s.paid("jsapi", nowhere), newNumber()
	s.giveBack(back(order, number, 900))
	s.eventually(number, "refund_done", 1)
	text := s.bill("tradebill?bill_date=" + today() + "&bill_type=ALL")
	lines := strings.Split(strings.TrimSuffix(strings.TrimPrefix(text, "\ufeff"), "\r\n"), "\r\n")
	require.Len(t, lines, 5)
	rows := make([][]string, len(lines))
	for i, line := range lines {
		rows[i] = strings.Split(strings.TrimPrefix(line, "`"), ",`")
	}
	head := strings.Split(lines[0], ",")
	require.Len(t, head, 27)
	require.Len(t, rows[1], 27)
	require.Len(t, rows[2], 27)
	require.Equal(t, []string{order, "oFriend01", "JSAPI", "SUCCESS"}, rows[1][6:10])
	require.Equal(t, []string{"129.00", "0.77000", "0.60%"}, []string{rows[1][12], rows[1][22], rows[1][23]})
	require.Equal(t, []string{number, "9.00"}, rows[2][15:17])
	require.Equal(t, "-0.05000", rows[2][22])
	require.Equal(t, []string{"2", "129.00", "9.00", "0.00", "0.72000", "129.00", "9.00"}, rows[4])
	zipped := s.bill("tradebill?bill_date=" + today() + "&tar_type=GZIP")
	require.Equal(t, text, zipped)
	require.NotContains(t, s.bill("tradebill?bill_type=SUCCESS&bill_date="+today()), number)
	flow := s.bill("fundflowbill?bill_date=" + today())
	for _, want := range []string{
		"`交易,`收入,`129.00,`129.00,`", "`扣除交易手续费,`支出,`0.77,`128.23,`", "`退款,`支出,`9.00,`119.23,`",
		"`退还交易手续费,`收入,`0.05,`119.28,`", "`" + number + "\r\n", "`4,`2,`129.05,`2,`9.77\r\n",
	} {
		require.Contains(t, flow, want)
	}
	for query, code := range map[string]string{
		"tradebill?bill_date=20250101": "PARAM_ERROR", "tradebill?bill_type=X&bill_date=" + today(): "PARAM_ERROR",
		"tradebill?bill_date=2020-01-01": "PARAM_ERROR", "fundflowbill?account_type=X": "PARAM_ERROR",
	} {
		require.Equal(t, code, s.noBill(query), query)
	}
	s.simulate("/sim/faults", members{"op": "bill_download", "mode": "bad_hash"})
	require.Contains(t, s.bill("tradebill?bill_date="+today()), "does not match")
	unknown := s.send(s.request(http.MethodGet, "/v3/billdownload/file?token=x", nil))
	require.Equal(t, http.StatusNotFound, unknown.status)
	r := s.request(http.MethodGet, "/v3/billdownload/file?token=x", nil)
	r.Header.Del("Authorization")
	require.Equal(t, http.StatusUnauthorized, s.send(r).status)
}

func TestWeChatBillsAreFetchedSoonAndByTheirOwner(t *testing.T) {
	t.Parallel()
	var clock movable
	s := openShop(t, paysim.Options{Now: clock.now})
	s.paid("native", nowhere)
	made := s.ask(http.MethodGet, "/v3/bill/tradebill?bill_date="+today(), nil)
	path := strings.TrimPrefix(made.said["download_url"].(string), "https://api.mch.weixin.qq.com")
	s.become(shops()[1])
	require.Equal(t, http.StatusNotFound, s.send(s.request(http.MethodGet, path, nil)).status)
	s.become(shops()[0])
	require.Equal(t, http.StatusOK, s.send(s.request(http.MethodGet, path, nil)).status)
	clock.move(301 * time.Second)
	require.Equal(t, http.StatusNotFound, s.send(s.request(http.MethodGet, path, nil)).status)
}

func TestWeChatMayInsistOnYesterdaysBill(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{Strict: true})
	s.paid("native", nowhere)
	require.Equal(t, "STATEMENT_CREATING", s.noBill("tradebill?bill_date="+today()))
}
