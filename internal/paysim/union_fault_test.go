package paysim_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
	"github.com/friendpay/friendpay/internal/paysim/journal"
)

func TestUnionPaySpoilsAnswers(t *testing.T) {
	t.Parallel()
	s := openTill(t, paysim.Options{})
	call := s.settled("qr", nowhere)
	for mode, wrong := range map[string]string{
		"bad_signature": "signature", "unsigned": "unsigned", "wrong_chain": "chain: ", "expired_cert": "chain: ",
		"merchant_cert": "subject: ",
	} {
		s.simulate("/sim/faults", members{"op": "query", "mode": mode, "provider": "unionpay"})
		ask := s.base51("00/00/000000", call["orderId"])
		ask["txnTime"] = call["txnTime"]
		said := answered(string(s.post(queryDo, s.sign(ask)).text))
		require.Equal(t, "00", said["origRespCode"], mode)
		found := s.wrong(said)
		require.True(t, found != "" && strings.HasPrefix(found, wrong), "%s: %s", mode, found)
	}
	s.simulate("/sim/faults", members{"op": "query", "mode": "foreign_account", "provider": "unionpay"})
	require.Equal(t, s.sim.UnionPayAccounts()[1].MerID, s.inquire(call)["merId"])
	s.simulate("/sim/faults", members{"op": "query", "mode": "rate_limited", "provider": "unionpay"})
	often := s.inquire(call)
	require.Equal(t, "37", often["respCode"])
	require.NotContains(t, often, "origRespCode")
	for _, code := range []string{"03", "04", "05", "34", "A6", "60"} {
		s.simulate("/sim/faults", members{"op": "query", "mode": "say_status", "value": code})
		require.Equal(t, code, s.inquire(call)["origRespCode"])
	}
	require.Equal(t, "00", s.inquire(call)["origRespCode"])
}

func TestUnionPayDropsCalls(t *testing.T) {
	t.Parallel()
	s := openTill(t, paysim.Options{})
	for mode, there := range map[string]string{
		"drop_before": "34", "drop_after": "05", "error_before": "34", "error_after": "05", "redirect": "05",
		"bad_json": "05", "rate_limited": "34",
	} {
		s.simulate("/sim/faults", members{"op": "create", "mode": mode, "provider": "unionpay"})
		call := s.ordered("qr", newNumber(), nowhere)
		response, err := s.client.PostForm(s.base+backDo, formOf(s.sign(call)))
		if strings.HasPrefix(mode, "drop") {
			require.Error(t, err, mode)
		} else {
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			require.Equal(t, mode == "bad_json", response.StatusCode == http.StatusOK, mode)
		}
		// Whether the order is there shows when somebody tries to pay it.
		status, _ := s.simulate("/sim/unionpay/pay", members{"number": call["orderId"], "outcome": "pending"})
		require.Equal(t, there == "05", status == http.StatusOK, mode)
	}
}

func formOf(p pairs) url.Values {
	values := url.Values{}
	for name, value := range p {
		values.Set(name, value)
	}
	return values
}

func TestUnionPaySpoilsPayments(t *testing.T) {
	t.Parallel()
	s := openTill(t, paysim.Options{})
	for mode, want := range map[string]pairs{
		"declined": {"origRespCode": "60", "txnAmt": "12900"}, "stuck_processing": {"origRespCode": "05"},
		"wrong_amount": {"origRespCode": "00", "txnAmt": "12901", "settleAmt": "12901"},
	} {
		s.simulate("/sim/faults", members{"op": "pay", "mode": mode, "provider": "unionpay"})
		call := s.settled("qr", nowhere)
		found := s.inquire(call)
		for name, value := range want {
			require.Equal(t, value, found[name], mode)
		}
		status, _ := s.simulate("/sim/unionpay/capture", members{"number": call["orderId"], "amount": 500})
		require.Equal(t, http.StatusOK, status, "money comes whatever was said before")
		require.Equal(t, "00", s.inquire(call)["origRespCode"])
	}
}

func TestUnionPaysNextRunGoesOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var up atomic.Bool
	address, _ := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
		if !up.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	first := openTill(t, paysim.Options{StateDir: dir, UnionPay: tills()})
	payment := first.settled("wap", address)
	first.eventually(payment["orderId"], "callback_sent", 1)
	back := first.returning(payment, "900", nowhere)
	first.tell(backDo, back)
	waiting, said := first.placed("qr", nowhere)
	first.stop()

	up.Store(true)
	second := openTill(t, paysim.Options{StateDir: dir, Speed: 10_000})
	second.eventually(back["orderId"], "refund_done", 1)
	require.Eventually(t, func() bool {
		list := second.sim.Journal().Read(journal.Filter{Number: payment["orderId"], Kind: "callback_sent"}).Entries
		return slices.ContainsFunc(list, func(e journal.Entry) bool { return e.Status == http.StatusOK })
	}, eventual, tick, "the payment is told at last")
	status, _ := second.simulate("/sim/unionpay/pay", members{"code_url": said["qrCode"]})
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "00", second.inquire(waiting)["origRespCode"])
	require.Equal(t, "12", second.tell(backDo, waiting)["respCode"], "numbers are remembered")
	status, _ = second.simulate("/sim/reset", nil)
	require.Equal(t, http.StatusNoContent, status)
	require.Equal(t, "34", second.inquire(waiting)["respCode"])
}
