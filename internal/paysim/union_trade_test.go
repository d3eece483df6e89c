package paysim_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
)

func TestUnionPayPaysEveryProduct(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
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
