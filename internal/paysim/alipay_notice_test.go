package paysim_test

import (
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
	"github.com/friendpay/friendpay/internal/paysim/alipay"
	"github.com/friendpay/friendpay/internal/paysim/journal"
)

// aliListener takes notifications, answering the first ones with the given words
// and then with the one that is wanted.
func aliListener(t *testing.T, words ...string) (string, chan url.Values) {
	t.Helper()
	came, seen := make(chan url.Values, 100), 0
	address, _ := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		word := "success"
		if seen < len(words) {
			word = words[seen]
		}
		seen++
		_, _ = io.WriteString(w, word)
		form, _ := url.ParseQuery(string(text)) // it may be cut
		came <- form
	})
	return address, came
}

func nextForm(t *testing.T, came chan url.Values) url.Values {
	t.Helper()
	select {
	case form := <-came:
		return form
	case <-time.After(eventual):
		require.FailNow(t, "no notification came")
		return nil
	}
}

// genuine says whether a notification is signed for the account.
func (s *stall) genuine(form url.Values) bool {
	text := aliText(form, "sign sign_type alipay_cert_sn ")
	return aliSigned(s.t, s.public(), text, form.Get("sign"))
}

func TestAlipayTellsOfMoneyUntilItHearsSuccess(t *testing.T) {
	t.Parallel()
	address, came := aliListener(t, "OK", "SUCCESS", "success\n", `"success"`, "fail")
	s := openStall(t, paysim.Options{Speed: 100_000})
	number := s.paid(address)
	first := nextForm(t, came)
	require.True(t, s.genuine(first))
	for name, want := range map[string]string{
		"notify_type": "trade_status_sync", "app_id": s.account.AppID, "seller_id": s.account.SellerID,
		"out_trade_no": number, "trade_status": "TRADE_SUCCESS", "total_amount": "129.00", "sign_type": "RSA2",
		"subject": "代付-咖啡 <b>%25", "passback_params": "a%26b", "buyer_pay_amount": "129.00",
	} {
		require.Equal(t, want, first.Get(name), name)
	}
	for name := range first {
		require.NotEmpty(t, first.Get(name), "an empty parameter: %s", name)
	}
	require.Empty(t, first.Get("out_biz_no")+first.Get("refund_fee")+first.Get("gmt_refund"))
	for range 5 {
		again := nextForm(t, came)
		require.Equal(t, first.Get("notify_id"), again.Get("notify_id"))
		require.True(t, s.genuine(again))
	}
	s.eventually(number, "callback_sent", 6)
	require.Empty(t, s.sim.Journal().Read(journal.Filter{Number: number, Kind: "callback_given_up"}).Entries)
}

func TestAlipayGivesUpAfterEight(t *testing.T) {
	t.Parallel()
	address, came := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, "success")
	})
	s := openStall(t, paysim.Options{Speed: 1e7})
	number := s.paid(address)
	s.eventually(number, "callback_given_up", 1)
	require.EqualValues(t, 8, came.Load(), "the status must be 200 too")
}

func TestAlipayTellsOfRefunds(t *testing.T) {
	t.Parallel()
	address, came := aliListener(t)
	s := openStall(t, paysim.Options{})
	number := s.paid(address)
	require.Empty(t, nextForm(t, came).Get("refund_fee"))
	s.refund(number, "RF1", "9.00")
	part := nextForm(t, came)
	require.True(t, s.genuine(part))
	require.Equal(t, "TRADE_SUCCESS", part.Get("trade_status"), "a part that went back leaves it paid")
	require.Equal(t, "RF1", part.Get("out_biz_no"))
	require.Equal(t, "9.00", part.Get("refund_fee"))
	require.Equal(t, "129.00", part.Get("total_amount"))
	require.NotEmpty(t, part.Get("gmt_refund"))
	s.refund(number, "RF2", "120.00")
	all := nextForm(t, came)
	require.Equal(t, "TRADE_CLOSED", all.Get("trade_status"))
	require.Equal(t, "129.00", all.Get("refund_fee"), "the sum of all")
	require.NotEmpty(t, all.Get("gmt_close"))
}

func TestAlipaysNotificationsAreSpoiled(t *testing.T) {
	t.Parallel()
	address, came := aliListener(t)
	s := openStall(t, paysim.Options{Speed: 1e6})
	spoiled := func(mode string) url.Values {
		s.fault(members{"op": "callback", "mode": mode})
		s.paid(address)
		return nextForm(t, came)
	}
	require.False(t, s.genuine(spoiled("forged")))
	require.Empty(t, spoiled("unsigned").Get("sign"))
	foreign := spoiled("foreign_account")
	require.Equal(t, s.sim.AlipayAccounts()[1].AppID, foreign.Get("app_id"))
	require.False(t, s.genuine(foreign), "signed by the other's key")
	stale := spoiled("stale")
	require.True(t, s.genuine(stale))
	require.NotContains(t, stale.Get("notify_time"), today())
	require.Empty(t, spoiled("truncated").Get("version"))
	spoiled("double")
	nextForm(t, came)
	s.fault(members{"op": "callback", "mode": "lost"})
	s.eventually(s.paid(address), "callback_lost", 1)

	require.Len(t, spoiled("wrong_serial").Get("alipay_cert_sn"), 32)
}

func TestAlipayMayNameItsCertificateInNotifications(t *testing.T) {
	t.Parallel()
	named := stalls()[1]
	named.NoticeSerial = true
	address, came := aliListener(t)
	s := openStall(t, paysim.Options{Alipay: []alipay.Account{named}})
	s.paid(address)
	certificate := certificates(t, named.AlipayCert)[0]
	form := nextForm(t, came)
	require.Equal(t, certSerial(certificate), form.Get("alipay_cert_sn"))
	require.True(t, s.genuine(form), "it is not part of what is signed")
}
