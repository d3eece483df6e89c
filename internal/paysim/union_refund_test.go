package paysim_test

import (
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
	"github.com/friendpay/friendpay/internal/paysim/journal"
)

func TestUnionPayRefundsInTwoSteps(t *testing.T) {
	t.Parallel()
	address, came := taking(t)
	s := openTill(t, paysim.Options{Speed: 1000})
	payment := s.settled("wap", nowhere)
	call := s.returning(payment, "900", address)
	require.Equal(t, "34", s.inquire(call)["respCode"])
	taken := s.tell(backDo, call)
	require.Equal(t, "00", taken["respCode"])
	s.eventually(call["orderId"], "refund_done", 1)
	found, said := s.inquire(call), told(t, next(t, came))
	require.Empty(t, s.wrong(said))
	require.Equal(t, "00", found["origRespCode"])
	for name, want := range map[string]string{
		"txnType": "04", "txnAmt": "900", "settleAmt": "900", "queryId": taken["queryId"],
		"orderId": call["orderId"], "origOrderId": payment["orderId"], "origTxnTime": payment["txnTime"],
		"origQryId": s.inquire(payment)["queryId"], "reqReserved": "cmVm", "respCode": "00",
	} {
		require.Equal(t, want, found[name], name)
		require.Equal(t, want, said[name], name)
	}
	require.Equal(t, "00", s.inquire(payment)["origRespCode"], "the payment stays paid")
	require.Equal(t, "12", s.tell(backDo, call)["respCode"], "a number serves once")
}

func TestUnionPayRefundsWhatIsThereOnly(t *testing.T) {
	t.Parallel()
	s := openTill(t, paysim.Options{RefundDelay: time.Hour})
	unpaid, _ := s.placed("wap", nowhere)
	payment := s.settled("wap", nowhere)
	refuse := func(code string, about pairs, fen string, change pairs) {
		t.Helper()
		call := s.returning(about, fen, nowhere)
		maps.Copy(call, change)
		require.Equal(t, code, s.tell(backDo, call)["respCode"], change)
	}
	refuse("35", unpaid, "900", nil)
	refuse("36", payment, "12901", nil)
	refuse("34", payment, "900", pairs{"origOrderId": "NOSUCHORDER"})
	refuse("34", payment, "900", pairs{"origTxnTime": "20200101000000"})
	refuse("34", payment, "900", pairs{"origQryId": "202001010000001234567"})
	refuse("36", payment, "900", pairs{"bizType": "000000"})
	refuse("36", payment, "900", pairs{"channelType": "07"})
	refuse("13", payment, "900", pairs{"origOrderId": "", "origTxnTime": ""})
	refuse("12", payment, "900", pairs{"orderId": payment["orderId"]})
	refuse("36", payment, "900", pairs{"txnType": "31"}) // an undo takes all
	refuse("00", payment, "12000", nil)
	refuse("45", payment, "12900", pairs{"txnType": "31"})
	refuse("36", payment, "901", nil)
	query := s.inquire(payment)
	refuse("00", payment, "900", pairs{"origOrderId": "", "origTxnTime": "", "origQryId": query["queryId"]})
	refuse("45", payment, "1", nil)
	s.become(s.sim.UnionPayAccounts()[1])
	refuse("34", payment, "1", pairs{"origOrderId": "", "origTxnTime": "", "origQryId": query["queryId"]})
}

func TestUnionPayUndoesOnTheSameClearingDay(t *testing.T) {
	t.Parallel()
	var clock movable
	s := openTill(t, paysim.Options{Now: clock.now, Speed: 1e6})
	first, second := s.settled("qr", nowhere), s.settled("qr", nowhere)
	undo := s.returning(first, "12900", nowhere)
	undo["txnType"] = "31"
	require.Equal(t, "00", s.tell(backDo, undo)["respCode"])
	s.eventually(undo["orderId"], "refund_done", 1)
	require.Equal(t, "31", s.inquire(undo)["txnType"])
	clock.move(25 * time.Hour)
	undo = s.returning(second, "12900", nowhere)
	undo["txnType"] = "31"
	require.Equal(t, "39", s.tell(backDo, undo)["respCode"])
	require.Equal(t, "00", s.tell(backDo, s.returning(second, "12900", nowhere))["respCode"])
	clock.move(331 * 24 * time.Hour)
	late := s.returning(second, "1", nowhere)
	require.Contains(t, []string{"39", "45"}, s.tell(backDo, late)["respCode"])
}

func TestUnionPaysRefundsMayFail(t *testing.T) {
	t.Parallel()
	s := openTill(t, paysim.Options{Speed: 1000})
	payment := s.settled("qr", nowhere)
	for mode, want := range map[string][2]string{
		"abnormal": {"refund_abnormal", "60"}, "closed_no_funds": {"refund_closed", "64"},
	} {
		s.simulate("/sim/faults", members{"op": "refund", "mode": mode})
		call := s.returning(payment, "12900", nowhere)
		require.Equal(t, "00", s.tell(backDo, call)["respCode"], "accepted all the same")
		s.eventually(call["orderId"], want[0], 1)
		found := s.inquire(call)
		require.Equal(t, "00", found["respCode"])
		require.Equal(t, want[1], found["origRespCode"])
		ends := s.sim.Journal().Read(journal.Filter{Number: call["orderId"], Kind: want[0]}).Entries
		require.Empty(t, ends[0].Event, "of failures nobody is told")
	}
	s.simulate("/sim/faults", members{"op": "refund", "mode": "not_enough", "provider": "unionpay"})
	require.Equal(t, "64", s.tell(backDo, s.returning(payment, "12900", nowhere))["respCode"])
	s.simulate("/sim/faults", members{"op": "refund", "mode": "say_status", "value": "05"})
	call := s.returning(payment, "12900", nowhere)
	require.Equal(t, "05", s.tell(backDo, call)["respCode"], "said, and yet taken on")
	s.eventually(call["orderId"], "refund_done", 1)
	require.Equal(t, "45", s.tell(backDo, s.returning(payment, "1", nowhere))["respCode"])
}

func TestUnionPaysStuckRefundIsEndedByHand(t *testing.T) {
	t.Parallel()
	s := openTill(t, paysim.Options{Speed: 1e6})
	payment := s.settled("qr", nowhere)
	s.simulate("/sim/faults", members{"op": "refund", "mode": "stuck_processing"})
	call := s.returning(payment, "900", nowhere)
	s.tell(backDo, call)
	require.Equal(t, "05", s.inquire(call)["origRespCode"])
	status, _ := s.simulate("/sim/unionpay/refunds", members{"number": call["orderId"], "state": "later"})
	require.Equal(t, http.StatusConflict, status)
	status, _ = s.simulate("/sim/unionpay/refunds", members{"number": call["orderId"], "state": "done"})
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "00", s.inquire(call)["origRespCode"])
	status, _ = s.simulate("/sim/unionpay/refunds", members{"number": call["orderId"], "state": "closed"})
	require.Equal(t, http.StatusConflict, status, "done is final")
	status, _ = s.simulate("/sim/unionpay/refunds", members{"number": "NOSUCHREFUND", "state": "done"})
	require.Equal(t, http.StatusNotFound, status)
}

func TestUnionPaysCouponGoesBackByItsShare(t *testing.T) {
	t.Parallel()
	s := openTill(t, paysim.Options{Speed: 1000})
	payment, _ := s.placed("qr", nowhere)
	status, _ := s.simulate("/sim/unionpay/pay", members{"number": payment["orderId"], "coupon": 12901})
	require.Equal(t, http.StatusBadRequest, status)
	s.simulate("/sim/unionpay/pay", members{"number": payment["orderId"], "coupon": 1000})
	require.Contains(t, s.inquire(payment)["couponInfo"], `"spnsrId":"00010000","offstAmt":"1000"`)
	require.Equal(t, "12900", s.inquire(payment)["settleAmt"], "the merchant gets all")
	for _, part := range []struct{ fen, back string }{{"4300", "333"}, {"4300", "333"}, {"4300", "334"}} {
		call := s.returning(payment, part.fen, nowhere)
		require.Equal(t, "00", s.tell(backDo, call)["respCode"])
		s.eventually(call["orderId"], "refund_done", 1)
		require.Contains(t, s.inquire(call)["couponInfo"], `"offstAmt":"`+part.back+`"`)
	}
}
