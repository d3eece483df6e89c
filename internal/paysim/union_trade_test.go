package paysim_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
)

func TestUnionPayPaysEveryProduct(t *testing.T) {
	t.Parallel()
	s := openTill(t, paysim.Options{})
	for product, unpaid := range map[string]string{"wap": "05", "pc": "05", "qr": "", "app": ""} {
		call, said := s.placed(product, nowhere)
		before := s.inquire(call)
		require.Equal(t, unpaid, before["origRespCode"], product)
		if unpaid == "" {
			require.Equal(t, "34", before["respCode"], product)
			require.Equal(t, "00", said["respCode"])
		}
		lead := members{"number": call["orderId"]}
		switch product {
		case "qr":
			require.Regexp(t, `^https://qr\.95516\.com/00010000/62\d{30}$`, said["qrCode"])
			lead = members{"code_url": said["qrCode"]}
		case "app":
			require.Regexp(t, `^\d{21}$`, said["tn"])
			lead = members{"tn": said["tn"]}
		}
		status, paid := s.simulate("/sim/unionpay/pay", lead)
		require.Equal(t, http.StatusOK, status, paid)
		after := s.inquire(call)
		for name, want := range map[string]string{
			"respCode": "00", "origRespCode": "00", "txnType": "01", "txnAmt": "12900", "settleAmt": "12900",
			"currencyCode": "156", "reqReserved": "YXR0", "payType": "0001", "payCardType": "01",
			"orderId": call["orderId"], "txnTime": call["txnTime"], "merId": s.account.MerID,
		} {
			require.Equal(t, want, after[name], name)
		}
		require.Regexp(t, `^\d{21}$`, after["queryId"])
		require.Regexp(t, `^\d{10}$`, after["traceTime"])
		require.NotContains(t, after, "couponInfo")
	}
}

func TestUnionPayRefusesWrongFields(t *testing.T) {
	t.Parallel()
	s := openTill(t, paysim.Options{})
	for _, w := range []struct{ product, name, value, code string }{
		{"qr", "version", "5.0.0", "10"}, {"qr", "encoding", "GBK", "10"}, {"qr", "signMethod", "11", "10"},
		{"qr", "version", "", "13"}, {"qr", "certId", "1", "11"}, {"qr", "accessType", "1", "10"},
		{"qr", "orderId", "SHORT", "10"}, {"qr", "orderId", "WITH-A-DASH", "10"}, {"qr", "orderId", "", "13"},
		{"qr", "orderId", strings.Repeat("A", 41), "10"},
		{"qr", "txnAmt", "0", "10"}, {"qr", "txnAmt", "1.00", "10"},
		{"qr", "txnAmt", "-1", "10"}, {"qr", "currencyCode", "840", "10"},
		{"qr", "txnTime", "20261301000000", "10"},
		{"qr", "txnTime", beijing(time.Now().Add(-61 * time.Minute)), "39"}, {"qr", "txnTime", "", "13"},
		{"qr", "payTimeout", beijing(time.Now().Add(-time.Second)), "10"}, {"qr", "payTimeout", "soon", "10"},
		{"qr", "backUrl", "http://shop.example/a", "10"}, {"qr", "backUrl", "", "13"},
		{"qr", "backUrl", "https://shop.example/" + strings.Repeat("n", 236), "10"},
		{"qr", "channelType", "09", "10"}, {"qr", "txnType", "02", "10"}, {"qr", "bizType", "000201", "10"},
		{"qr", "reqReserved", strings.Repeat("r", 1025), "10"}, {"qr", "merId", "777290058119999", "31"},
		{"qr", "orderDesc", strings.Repeat("长", 33), "10"}, {"app", "bizType", "000000", "10"},
	} {
		call := s.ordered(w.product, newNumber(), nowhere)
		call[w.name] = w.value
		road := map[string]string{"app": appDo, "qr": backDo}[w.product]
		answer := s.post(road, s.sign(call))
		said := answered(string(answer.text))
		require.Equal(t, w.code, said["respCode"], w)
		require.Equal(t, w.code == "31", s.wrong(said) != "", "whom nobody knows gets no signature")
		require.Regexp(t, `\[\d{7}\]$`, said["respMsg"])
	}
	fits := s.ordered("qr", strings.Repeat("A", 40), nowhere)
	fits["unknown"], fits["empty"] = "a=b&c", ""
	require.Equal(t, "00", s.tell(backDo, fits)["respCode"], "unknown and empty fields are signed and ignored")
}

func TestUnionPayReadsFormsOnly(t *testing.T) {
	t.Parallel()
	s := openTill(t, paysim.Options{})
	call := s.sign(s.ordered("qr", newNumber(), nowhere))
	values := url.Values{}
	for name, value := range call {
		values.Set(name, value)
	}
	for _, wrong := range []struct{ kind, body string }{
		{"application/json", values.Encode()}, {"text/plain", values.Encode()},
		{"application/x-www-form-urlencoded", values.Encode() + "&merId=777290058110048"},
		{"application/x-www-form-urlencoded", values.Encode() + "&x=%zz"},
	} {
		response, err := s.client.Post(s.base+backDo, wrong.kind, strings.NewReader(wrong.body))
		require.NoError(t, err)
		text, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, "10", answered(string(text))["respCode"], wrong.kind)
	}
	require.Equal(t, "00", s.tell(backDo, call)["respCode"])
}

func TestUnionPaysNumbersServeOnce(t *testing.T) {
	t.Parallel()
	s := openTill(t, paysim.Options{})
	call, _ := s.placed("qr", nowhere)
	require.Equal(t, "12", s.tell(backDo, call)["respCode"], "the same call again")
	call["txnTime"] = beijing(time.Now().Add(time.Second))
	require.Equal(t, "12", s.tell(backDo, call)["respCode"], "another time is no other number")
	front, first := s.placed("wap", nowhere)
	again := s.post(frontDo, s.sign(front))
	require.Equal(t, http.StatusSeeOther, again.status, "a browser may load its form again")
	require.Equal(t, first["location"], again.header.Get("Location"))
	front["txnAmt"] = "1"
	changed := s.post(frontDo, s.sign(front))
	require.Equal(t, http.StatusBadRequest, changed.status)
	require.Contains(t, string(changed.text), "应答码：12")
	s.become(s.sim.UnionPayAccounts()[1])
	other := s.ordered("qr", call["orderId"], nowhere)
	require.Equal(t, "00", s.tell(backDo, other)["respCode"], "another merchant's numbers are its own")
}

func TestUnionPayFindsByNumberAndTime(t *testing.T) {
	t.Parallel()
	s := openTill(t, paysim.Options{})
	call := s.settled("qr", nowhere)
	for name, value := range map[string]string{"txnTime": "20200101000000", "orderId": "NOSUCHORDER"} {
		other := maps.Clone(call)
		other[name] = value
		require.Equal(t, "34", s.inquire(other)["respCode"], name)
	}
	s.become(s.sim.UnionPayAccounts()[1])
	require.Equal(t, "34", s.inquire(call)["respCode"], "another merchant's")
}

func TestUnionPayLetsAPayerTryAgain(t *testing.T) {
	t.Parallel()
	s := openTill(t, paysim.Options{})
	call, _ := s.placed("app", nowhere)
	for _, try := range []struct{ outcome, code string }{
		{"declined", "60"}, {"no_funds", "64"}, {"pending", "05"}, {"", "00"},
	} {
		status, _ := s.simulate("/sim/unionpay/pay", members{"number": call["orderId"], "outcome": try.outcome})
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, try.code, s.inquire(call)["origRespCode"])
	}
	status, said := s.simulate("/sim/unionpay/pay", members{"number": call["orderId"]})
	require.Equal(t, http.StatusConflict, status)
	require.Equal(t, "ORDER_PAID", said["code"])
	for _, wrong := range []members{
		{"number": call["orderId"], "outcome": "lucky"}, {"number": call["orderId"], "funding": "cash"},
		{"number": call["orderId"], "coupon": -1},
	} {
		status, said = s.simulate("/sim/unionpay/pay", wrong)
		require.Equal(t, http.StatusBadRequest, status)
		require.Equal(t, "PARAM_ERROR", said["code"])
	}
}

func TestUnionPaysTimeToPayEnds(t *testing.T) {
	t.Parallel()
	var clock movable
	s := openTill(t, paysim.Options{Now: clock.now, Speed: 1e6})
	call, _ := s.placed("wap", nowhere)
	clock.move(time.Hour)
	status, said := s.simulate("/sim/unionpay/pay", members{"number": call["orderId"]})
	require.Equal(t, http.StatusConflict, status)
	require.Equal(t, "ORDER_EXPIRED", said["code"])
	require.Equal(t, "05", s.inquire(call)["origRespCode"], "nothing closes it")
	s.simulate("/sim/faults", members{"op": "pay", "mode": "late_returned"})
	status, _ = s.simulate("/sim/unionpay/pay", members{"number": call["orderId"]})
	require.Equal(t, http.StatusOK, status)
	s.eventually(call["orderId"], "returned_late", 1)
	require.Equal(t, "42", s.inquire(call)["origRespCode"])
	require.NotContains(t, s.kinds(call["orderId"]), "callback_sent", "nobody is told")
	totals := s.totals(call["orderId"])
	require.EqualValues(t, 12900, totals["captured"])
	require.EqualValues(t, 12900, totals["refunded"])
	for _, lead := range []members{{"late": true}, {}} {
		kept, _ := s.placed("wap", nowhere)
		clock.move(time.Hour)
		if len(lead) == 0 {
			s.simulate("/sim/faults", members{"op": "pay", "mode": "late_kept"})
		}
		lead["number"] = kept["orderId"]
		status, _ = s.simulate("/sim/unionpay/pay", lead)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, "00", s.inquire(kept)["origRespCode"])
		status, said = s.simulate("/sim/unionpay/pay", members{"number": kept["orderId"], "late": true})
		require.Equal(t, http.StatusConflict, status, "late or not, it is paid once")
		require.Equal(t, "ORDER_PAID", said["code"])
		s.eventually(kept["orderId"], "captured", 1)
	}
}

func (s *till) totals(number string) members {
	s.t.Helper()
	response, err := s.client.Get(s.base + "/sim/totals?number=" + number)
	require.NoError(s.t, err)
	defer response.Body.Close()
	said := members{}
	require.NoError(s.t, json.NewDecoder(response.Body).Decode(&said))
	return said
}
