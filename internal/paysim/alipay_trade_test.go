package paysim_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
)

func TestAnAlipayTradeBeginsWhenSomebodyScans(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	number, code := s.coded(nowhere)
	require.Equal(t, "ACQ.TRADE_NOT_EXIST", s.query(number).code())
	require.Equal(t, "ACQ.TRADE_NOT_EXIST", s.ask(aliClose, members{"out_trade_no": number}).code())
	require.NotContains(t, s.ask(aliCancel, members{"out_trade_no": number}).node, "action")
	s.look(code, http.StatusOK, "付款给")
	opened := s.query(number)
	require.Equal(t, "WAIT_BUYER_PAY", opened.get("trade_status"))
	require.Equal(t, "0.00", opened.get("buyer_pay_amount"))
	status, _ := s.payment(members{"qr_code": code, "openid": "friend01", "funding": "PCREDIT", "coupon": 900})
	require.Equal(t, http.StatusOK, status)
	options := []string{"fund_bill_list"}
	paid := s.ask(aliQuery, members{"trade_no": opened.get("trade_no"), "query_options": options})
	require.Equal(t, "TRADE_SUCCESS", paid.get("trade_status"))
	require.Equal(t, number, paid.get("out_trade_no"))
	require.Equal(t, "129.00", paid.get("total_amount"))
	require.Equal(t, "129.00", paid.get("receipt_amount"))
	require.Equal(t, "120.00", paid.get("buyer_pay_amount"))
	require.Equal(t, "friend01", paid.get("buyer_open_id"))
	require.Equal(t, []any{
		map[string]any{"fund_channel": "PCREDIT", "amount": "120.00"},
		map[string]any{"fund_channel": "COUPON", "amount": "9.00"},
	}, paid.node["fund_bill_list"])
	require.NotContains(t, s.query(number).node, "fund_bill_list", "only those who ask are told")
	require.Equal(t, []string{"order_created", "trade_created", "captured"}, s.kinds(number)[:3])
}

func TestAnAlipayOrderMayNameWhereTheMoneyComesFrom(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	number := newNumber()
	biz := s.goods(aliPrecreate, number)
	biz["enable_pay_channels"] = "pcredit,debt"
	require.Equal(t, "ACQ.INVALID_PARAMETER", s.ask(aliPrecreate, biz).code())
	biz["enable_pay_channels"] = "pcredit"
	require.Equal(t, "10000", s.ask(aliPrecreate, biz).get("code"))
	status, code := s.payment(members{"number": number, "funding": "ALIPAYACCOUNT"})
	require.Equal(t, http.StatusConflict, status)
	require.Equal(t, "PAYMENT_CHANNEL_NOT_ENABLED", code)
	status, _ = s.payment(members{"number": number})
	require.Equal(t, http.StatusOK, status)
	paid := s.ask(aliQuery, members{"out_trade_no": number, "query_options": []string{"fund_bill_list"}})
	from := []any{map[string]any{"fund_channel": "PCREDIT", "amount": "129.00"}}
	require.Equal(t, from, paid.node["fund_bill_list"])
}

func TestAnAlipayOrderIsTheSameWhenAskedForAgain(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	number := newNumber()
	biz := s.goods(aliPrecreate, number)
	require.Equal(t, "10000", s.ask(aliPrecreate, biz).get("code"))
	require.Equal(t, "10000", s.ask(aliPrecreate, biz).get("code"))
	other := s.goods(aliPrecreate, number)
	other["total_amount"] = "129.01"
	require.Equal(t, "ACQ.CONTEXT_INCONSISTENT", s.ask(aliPrecreate, other).code())
	status, _ := s.payment(members{"number": number})
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "ACQ.TRADE_HAS_SUCCESS", s.ask(aliPrecreate, biz).code())
	status, code := s.payment(members{"number": number})
	require.Equal(t, http.StatusConflict, status)
	require.Equal(t, "TRADE_HAS_SUCCESS", code)

	made := s.goods(aliCreate, newNumber())
	first, again := s.ask(aliCreate, made), s.ask(aliCreate, made)
	require.Len(t, first.get("trade_no"), 28)
	require.Equal(t, first.get("trade_no"), again.get("trade_no"))
	named := members{"trade_no": first.get("trade_no")}
	require.Equal(t, "10000", s.ask(aliClose, named).get("code"))
	require.Equal(t, "ACQ.TRADE_HAS_CLOSE", s.ask(aliCreate, made).code())
	require.Equal(t, "ACQ.REASON_TRADE_STATUS_INVALID", s.ask(aliClose, named).code())
	require.Equal(t, "TRADE_CLOSED", s.query(made["out_trade_no"].(string)).get("trade_status"))
}

func TestAnAlipayTradeForABuyerIsThatBuyers(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	number := newNumber()
	trade := s.ask(aliCreate, s.goods(aliCreate, number)).get("trade_no")
	require.Equal(t, "WAIT_BUYER_PAY", s.query(number).get("trade_status"))
	status, code := s.payment(members{"trade_no": trade, "openid": "friend02"})
	require.Equal(t, http.StatusConflict, status)
	require.Equal(t, "TRADE_BUYER_NOT_MATCH", code)
	status, _ = s.payment(members{"number": number, "openid": "friend02"})
	require.Equal(t, http.StatusConflict, status)
	status, _ = s.payment(members{"trade_no": trade, "openid": "friend01"})
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "friend01", s.query(number).get("buyer_open_id"))
	nobody := s.goods(aliCreate, newNumber())
	delete(nobody, "buyer_open_id")
	require.Equal(t, "ACQ.INVALID_PARAMETER", s.ask(aliCreate, nobody).code())
}

func TestAnAlipayTradeEndsWithItsTime(t *testing.T) {
	t.Parallel()
	s, later := stallInTime(t, paysim.Options{})
	unseen, code := s.coded(nowhere)
	seen, other := s.coded(nowhere)
	s.look(other, http.StatusOK, "付款给")
	later.Store(int64(time.Hour + time.Second))
	require.Equal(t, "ACQ.TRADE_NOT_EXIST", s.query(unseen).code(), "nobody ever came")
	s.look(code, http.StatusForbidden, "订单已过期")
	require.Equal(t, "TRADE_CLOSED", s.query(seen).get("trade_status"))
	s.look(other, http.StatusOK, "订单已过期")
	status, said := s.payment(members{"number": seen})
	require.Equal(t, http.StatusConflict, status)
	require.Equal(t, "TRADE_EXPIRED", said)
	status, _ = s.payment(members{"number": seen, "late": true})
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "TRADE_SUCCESS", s.query(seen).get("trade_status"), "money that came counts")
}

func TestALengthOfTimeBeginsWithTheAlipayTrade(t *testing.T) {
	t.Parallel()
	s, later := stallInTime(t, paysim.Options{})
	number := newNumber()
	biz := s.goods(aliPrecreate, number)
	delete(biz, "time_expire")
	biz["timeout_express"] = "10m"
	code := s.ask(aliPrecreate, biz).get("qr_code")
	later.Store(int64(time.Hour))
	s.look(code, http.StatusOK, "付款给")
	later.Store(int64(time.Hour + 11*time.Minute))
	s.look(code, http.StatusOK, "订单已过期")

	unseen, code := s.coded(nowhere)
	later.Store(int64(4 * time.Hour))
	s.look(code, http.StatusForbidden, "二维码已失效")
	require.Equal(t, "ACQ.TRADE_NOT_EXIST", s.query(unseen).code())
}

func TestAPaidAlipayTradeIsNotClosedButCancelled(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	number := s.paid(nowhere)
	require.Equal(t, "ACQ.TRADE_STATUS_ERROR", s.ask(aliClose, members{"out_trade_no": number}).code())
	cancelled := s.ask(aliCancel, members{"out_trade_no": number})
	require.Equal(t, "refund", cancelled.get("action"))
	require.Equal(t, "TRADE_CLOSED", s.query(number).get("trade_status"))
	require.Equal(t, "refund", s.ask(aliCancel, members{"out_trade_no": number}).get("action"))
	s.eventually(number, "refund_done", 1)

	number, code := s.coded(nowhere)
	s.look(code, http.StatusOK, "付款给")
	require.Equal(t, "close", s.ask(aliCancel, members{"out_trade_no": number}).get("action"))
	s.look(code, http.StatusOK, "订单已关闭")

	number, code = s.coded(nowhere)
	s.look(code, http.StatusOK, "付款给")
	s.fault(members{"op": "close", "mode": "pay_between_query_and_close"})
	require.Equal(t, "ACQ.TRADE_STATUS_ERROR", s.ask(aliClose, members{"out_trade_no": number}).code())
	require.Equal(t, "TRADE_SUCCESS", s.query(number).get("trade_status"))
}

func TestAlipayRefusesWhatItsDocumentsRefuse(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	for name, c := range map[string]struct {
		member string
		value  any
		code   string
	}{
		"number":         {"out_trade_no", "a-b", "ACQ.INVALID_PARAMETER"},
		"nothing":        {"total_amount", "0.00", "ACQ.INVALID_PARAMETER"},
		"three decimals": {"total_amount", "1.001", "ACQ.INVALID_PARAMETER"},
		"too much":       {"total_amount", "100000000.01", "ACQ.TOTAL_FEE_EXCEED"},
		"subject":        {"subject", "a=b", "ACQ.INVALID_PARAMETER"},
		"no subject":     {"subject", "", "ACQ.INVALID_PARAMETER"},
		"time":           {"time_expire", "2030-01-01T10:00:00+08:00", "ACQ.INVALID_PARAMETER"},
		"over":           {"time_expire", "2020-01-01 10:00:00", "ACQ.INVALID_PARAMETER"},
		"length":         {"timeout_express", "1w", "ACQ.INVALID_PARAMETER"},
		"product":        {"product_code", "QUICK_WAP_WAY", "ACQ.INVALID_PARAMETER"},
		"other seller":   {"seller_id", "2088000000000001", "ACQ.INVALID_STORE_ID"},
	} {
		biz := s.goods(aliPrecreate, newNumber())
		biz[c.member] = c.value
		require.Equal(t, c.code, s.ask(aliPrecreate, biz).code(), name)
	}
	odd := s.ask(aliPrecreate, s.goods(aliPrecreate, newNumber()), "notify_url", "x")
	require.Equal(t, "ACQ.INVALID_PARAMETER", odd.code())
	require.Equal(t, "ACQ.INVALID_PARAMETER", s.ask(aliQuery, members{}).code())
	number := s.paid(nowhere)
	s.become(s.sim.AlipayAccounts()[1])
	require.Equal(t, "ACQ.TRADE_NOT_EXIST", s.query(number).code(), "another's order")
}

// look opens a page as a browser does and wants to read something there.
func (s *stall) look(address string, status int, words string) {
	s.t.Helper()
	got, _, text := s.see(get(s.t, address))
	require.Equal(s.t, status, got, text)
	require.Contains(s.t, text, words)
}
