package paysim_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
)

func (s *stall) refundStatus(number, request string) string {
	s.t.Helper()
	answer := s.ask(aliRefundQuery, members{"out_trade_no": number, "out_request_no": request})
	require.Equal(s.t, "10000", answer.get("code"))
	return answer.get("refund_status")
}

func TestAlipayGivesBackAtOnceAndOnce(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	number := s.paid(nowhere)
	require.Empty(t, s.refundStatus(number, "RF1"))
	first := s.refund(number, "RF1", "9.00")
	require.Equal(t, "Y", first.get("fund_change"))
	require.Equal(t, "9.00", first.get("refund_fee"))
	require.Equal(t, "REFUND_SUCCESS", s.refundStatus(number, "RF1"))
	again := s.refund(number, "RF1", "9.00")
	require.Equal(t, "N", again.get("fund_change"))
	require.Equal(t, "9.00", again.get("refund_fee"))
	require.Equal(t, "ACQ.DISCORDANT_REPEAT_REQUEST", s.refund(number, "RF1", "9.01").code())
	require.Equal(t, "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", s.refund(number, "RF2", "120.01").code())
	require.Equal(t, "TRADE_SUCCESS", s.query(number).get("trade_status"))
	rest := s.refund(number, "RF2", "120.00")
	require.Equal(t, "129.00", rest.get("refund_fee"), "the sum of all")
	closed := s.query(number)
	require.Equal(t, "TRADE_CLOSED", closed.get("trade_status"))
	require.NotEmpty(t, closed.get("send_pay_date"), "unlike one that was never paid")
	require.Equal(t, "N", s.refund(number, "RF2", "120.00").get("fund_change"))
	require.Equal(t, "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", s.refund(number, "RF3", "0.01").code())

	other := s.paid(nowhere)
	require.Equal(t, "Y", s.refund(other, "RF1", "1.00").get("fund_change"), "numbers are of one trade each")
}

func TestAlipayRefusesWrongRefunds(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	number, code := s.coded(nowhere)
	require.Equal(t, "ACQ.TRADE_NOT_EXIST", s.refund(number, "RF1", "1.00").code())
	require.Equal(t, "ACQ.TRADE_NOT_EXIST",
		s.ask(aliRefundQuery, members{"out_trade_no": number, "out_request_no": "RF1"}).code())
	s.look(code, http.StatusOK, "付款给")
	require.Equal(t, "ACQ.TRADE_STATUS_ERROR", s.refund(number, "RF1", "1.00").code())
	paid := s.paid(nowhere)
	require.Equal(t, "ACQ.REASON_TRADE_REFUND_FEE_ERR", s.refund(paid, "RF1", "0.00").code())
	require.Equal(t, "ACQ.INVALID_PARAMETER", s.refund(paid, "RF-1", "1.00").code())
	require.Equal(t, "ACQ.INVALID_PARAMETER",
		s.ask(aliRefund, members{"out_trade_no": paid, "refund_amount": "1.00"}).code(), "a part needs a number")
	whole := s.ask(aliRefund, members{"out_trade_no": paid, "refund_amount": "129.00"})
	require.Equal(t, "Y", whole.get("fund_change"))
}

func TestAnAlipayMerchantMayHaveNoMoney(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	number := s.paid(nowhere)
	s.fault(members{"op": "refund", "mode": "not_enough"})
	require.Equal(t, "ACQ.SELLER_BALANCE_NOT_ENOUGH", s.refund(number, "RF1", "9.00").code())
	require.Empty(t, s.refundStatus(number, "RF1"))
	require.Equal(t, "Y", s.refund(number, "RF1", "9.00").get("fund_change"), "once there is money")
}

func TestAlipayRefundsWithinAYear(t *testing.T) {
	t.Parallel()
	s, later := stallInTime(t, paysim.Options{})
	number := s.paid(nowhere)
	later.Store(int64(367 * 24 * time.Hour))
	require.Equal(t, "TRADE_FINISHED", s.query(number).get("trade_status"))
	require.Equal(t, "ACQ.TRADE_HAS_FINISHED", s.refund(number, "RF1", "9.00").code())
	require.Equal(t, "ACQ.REASON_ILLEGAL_STATUS", s.ask(aliClose, members{"out_trade_no": number}).code())
}

func TestAnAlipayRefundMayTakeTimeOrFail(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{Speed: 1000})
	number := s.paid(nowhere)
	refused := func(mode, request, amount string) {
		s.fault(members{"op": "refund", "mode": mode})
		require.Equal(t, "N", s.refund(number, request, amount).get("fund_change"), mode)
	}
	refused("slow_refund", "RF1", "1.00")
	s.eventually("RF1", "refund_done", 1)
	require.Equal(t, "REFUND_SUCCESS", s.refundStatus(number, "RF1"))

	refused("stuck_processing", "RF2", "2.00")
	require.Empty(t, s.refundStatus(number, "RF2"))
	too := s.refund(number, "RF3", "127.00")
	require.Equal(t, "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", too.code(), "its part is taken")
	status, said := s.simulate("/sim/alipay/refunds", members{"number": "RF2", "state": "done"})
	require.Equal(t, http.StatusOK, status, said)
	require.Equal(t, "REFUND_SUCCESS", s.refundStatus(number, "RF2"))
	status, _ = s.simulate("/sim/alipay/refunds", members{"number": "RF2", "state": "closed"})
	require.Equal(t, http.StatusConflict, status, "what went back is final")

	refused("closed_no_funds", "RF4", "4.00")
	s.eventually("RF4", "refund_closed", 1)
	require.Empty(t, s.refundStatus(number, "RF4"))
	require.Equal(t, "Y", s.refund(number, "RF4", "4.00").get("fund_change"), "the same number tries anew")
}

func TestAlipaysCouponGetsItsPartBack(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	number, _ := s.coded(nowhere)
	status, _ := s.payment(members{"number": number, "coupon": 1000})
	require.Equal(t, http.StatusOK, status)
	var parts []string
	for i, amount := range []string{"43.00", "43.00", "43.00"} {
		request := []string{"RF1", "RF2", "RF3"}[i]
		s.refund(number, request, amount)
		answer := s.ask(aliRefundQuery, members{
			"out_trade_no": number, "out_request_no": request,
			"query_options": []string{"gmt_refund_pay", "refund_detail_item_list"},
		})
		parts = append(parts, answer.get("present_refund_discount_amount"))
		require.NotEmpty(t, answer.get("gmt_refund_pay"))
		require.Len(t, answer.node["refund_detail_item_list"], 2)
	}
	require.Equal(t, []string{"3.33", "3.33", "3.34"}, parts)
	status, _ = s.payment(members{"number": number, "coupon": 1000})
	require.Equal(t, http.StatusConflict, status)
}
