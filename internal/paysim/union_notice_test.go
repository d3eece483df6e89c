package paysim_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
)

// taking is a merchant's address that answers 200, which alone UnionPay takes.
func taking(t *testing.T) (string, chan delivery) {
	t.Helper()
	return listener(t, slices.Repeat([]int{http.StatusOK}, 100)...)
}

// told are the fields of a notification.
func told(t *testing.T, d delivery) pairs {
	t.Helper()
	values, err := url.ParseQuery(string(d.text))
	require.NoError(t, err)
	p := pairs{}
	for name, all := range values {
		require.Len(t, all, 1, name)
		require.NotEmpty(t, all[0], name)
		p[name] = all[0]
	}
	return p
}

func TestUnionPayTellsOfMoneyThatCame(t *testing.T) {
	t.Parallel()
	address, came := taking(t)
	s := openTill(t, paysim.Options{Speed: 1000})
	call, _ := s.placed("wap", address)
	status, _ := s.simulate("/sim/unionpay/pay", members{"number": call["orderId"], "funding": "wechat"})
	require.Equal(t, http.StatusOK, status)
	d := next(t, came)
	require.True(t, strings.HasPrefix(d.header.Get("Content-Type"), "application/x-www-form-urlencoded"))
	said := told(t, d)
	require.Empty(t, s.wrong(said))
	found := s.inquire(call)
	for name, want := range map[string]string{
		"respCode": "00", "txnType": "01", "orderId": call["orderId"], "txnTime": call["txnTime"],
		"txnAmt": "12900", "settleAmt": "12900", "reqReserved": "YXR0", "payType": "1501", "payCardType": "00",
		"queryId": found["queryId"], "traceTime": found["traceTime"], "settleDate": found["settleDate"],
	} {
		require.Equal(t, want, said[name], name)
	}
	for _, name := range []string{"origRespCode", "accNo", "couponInfo", "backUrl"} {
		require.NotContains(t, said, name)
	}
}

func TestUnionPayTellsFiveTimesAtMost(t *testing.T) {
	t.Parallel()
	address, came := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})
	s := openTill(t, paysim.Options{Speed: 1e6})
	call := s.settled("qr", address)
	s.eventually(call["orderId"], "callback_given_up", 1)
	require.EqualValues(t, 5, came.Load(), "204 is not 200")
}

func TestUnionPaySpoilsNotifications(t *testing.T) {
	t.Parallel()
	for mode, wrong := range map[string]string{
		"forged": "signature", "unsigned": "unsigned", "wrong_chain": "chain: ", "expired_cert": "chain: ",
		"merchant_cert": "subject: ", "foreign_account": "chain: ", "truncated": "",
	} {
		address, came := listener(t, http.StatusBadRequest, http.StatusOK)
		s := openTill(t, paysim.Options{Speed: 1e6})
		s.simulate("/sim/faults", members{"provider": "unionpay", "op": "callback", "mode": mode})
		s.settled("qr", address)
		d := next(t, came)
		if mode == "truncated" {
			require.NotContains(t, string(d.text), "&signature=")
			continue
		}
		bad := told(t, d)
		found := s.wrong(bad)
		require.True(t, strings.HasPrefix(found, wrong) && found != "", "%s: %s", mode, found)
		if mode == "foreign_account" {
			require.Equal(t, s.sim.UnionPayAccounts()[1].MerID, bad["merId"])
		}
		require.Empty(t, s.wrong(told(t, next(t, came))), "the next one is good again")
	}
}

func TestUnionPayLosesAndDoublesNotifications(t *testing.T) {
	t.Parallel()
	address, came := taking(t)
	s := openTill(t, paysim.Options{Speed: 1e6})
	s.simulate("/sim/faults", members{"op": "callback", "mode": "lost", "provider": "unionpay"})
	lost := s.settled("qr", address)
	s.eventually(lost["orderId"], "callback_lost", 1)
	require.Equal(t, "00", s.inquire(lost)["origRespCode"], "the money came all the same")
	s.simulate("/sim/faults", members{"op": "callback", "mode": "double", "provider": "unionpay"})
	call := s.settled("qr", address)
	for range 2 {
		require.Equal(t, call["orderId"], told(t, next(t, came))["orderId"])
	}
	s.eventually(call["orderId"], "callback_sent", 2)
}

func TestUnionPaysRefundMayBeToldBeforeItsPayment(t *testing.T) {
	t.Parallel()
	address, came := taking(t)
	s := openTill(t, paysim.Options{Speed: 1e6})
	s.simulate("/sim/faults", members{"op": "callback", "mode": "late", "ms": 300, "provider": "unionpay"})
	call := s.settled("qr", address)
	require.Equal(t, "00", s.tell(backDo, s.returning(call, "900", address))["respCode"])
	require.Equal(t, "04", told(t, next(t, came))["txnType"])
	require.Equal(t, "01", told(t, next(t, came))["txnType"])
}
