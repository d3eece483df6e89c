package alipay_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
)

func TestRefusalsAreClassed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code, sub string
		class     providers.Class
	}{
		{"20000", "isp.unknow-error", providers.Ambiguous},
		{"20000", "", providers.Ambiguous},
		{"40004", "ACQ.SYSTEM_ERROR", providers.Ambiguous},
		{"40004", "aop.ACQ.SYSTEM_ERROR", providers.Ambiguous},
		{"40004", "isp.anything", providers.Ambiguous},
		{"40004", "", providers.Ambiguous},
		{"10003", "", providers.Ambiguous},
		{"99999", "ACQ.NOBODY_KNOWS", providers.Ambiguous},
		{"40004", "ACQ.TRADE_HAS_SUCCESS", providers.Ambiguous}, // there is money in it
		{"40004", "ACQ.CONTEXT_INCONSISTENT", providers.Definite},
		{"40004", "ACQ.TRADE_HAS_CLOSE", providers.Definite},
		{"40004", "ACQ.BUYER_SELLER_EQUAL", providers.Definite},
		{"40001", "isv.missing-signature", providers.Definite},
		{"40002", "isv.invalid-signature", providers.Definite},
		{"40006", "isv.insufficient-isv-permissions", providers.Definite},
		{"20001", "aop.invalid-app-auth-token", providers.Definite},
		{"40005", "isv.app-call-limited", providers.Refused},
		{"40004", "isv.app-call-limited", providers.Refused},
	} {
		_, err := adapter(t, open(t, refuses(c.code, c.sub)).URL, nil).Create(t.Context(), payment("qr"))
		failed := classed(t, err, c.class, "")
		if c.sub != "" {
			require.Equal(t, c.sub, failed.Code)
		}
	}
}

func TestRefusedRefundsAreClassed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code, sub string
		class     providers.Class
		wait      time.Duration
	}{
		{"40004", "ACQ.SELLER_BALANCE_NOT_ENOUGH", providers.Refused, 10 * time.Minute},
		{"40004", "ACQ.REASON_TRADE_BEEN_FREEZEN", providers.Refused, 10 * time.Minute},
		{"40004", "ACQ.ACCESS_FORBIDDEN", providers.Refused, time.Minute},
		{"40002", "isv.invalid-signature", providers.Refused, time.Minute},
		{"40006", "isv.insufficient-isv-permissions", providers.Refused, time.Minute},
		{"20001", "aop.invalid-auth-token", providers.Refused, time.Minute},
		{"40005", "isv.app-call-limited", providers.Refused, 0},
		{"40004", "ACQ.TRADE_NOT_EXIST", providers.Definite, 0},
		{"40004", "ACQ.TRADE_HAS_FINISHED", providers.Definite, 0},
		{"40004", "ACQ.TRADE_STATUS_ERROR", providers.Definite, 0},
		{"40004", "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", providers.Definite, 0},
		{"40004", "ACQ.REASON_TRADE_REFUND_FEE_ERR", providers.Definite, 0},
		{"40004", "ACQ.DISCORDANT_REPEAT_REQUEST", providers.Definite, 0},
		{"40004", "ACQ.SYSTEM_ERROR", providers.Ambiguous, 0},
		{"20000", "isp.unknow-error", providers.Ambiguous, 0},
	} {
		_, err := adapter(t, open(t, refuses(c.code, c.sub)).URL, nil).Refund(t.Context(), refund())
		failed := classed(t, err, c.class, c.sub)
		require.Equal(t, c.wait, failed.RetryAfter, c.sub)
		require.Equal(t, c.sub == "ACQ.SELLER_BALANCE_NOT_ENOUGH", errors.Is(err, providers.ErrNoFunds), c.sub)
	}
	// What stands in the way of a refund is no matter to other calls.
	empty := adapter(t, open(t, refuses("40004", "ACQ.SELLER_BALANCE_NOT_ENOUGH")).URL, nil)
	_, err := empty.QueryRefund(t.Context(), refund())
	classed(t, err, providers.Definite, "")
}

func TestWhatARefusalQuotesStaysOutOfTheError(t *testing.T) {
	t.Parallel()
	// sub_msg has the payer in it, as Alipay's has when it shows the text it verified.
	_, err := adapter(t, open(t, refuses("40002", "isv.invalid-signature")).URL, nil).Query(t.Context(), ref)
	classed(t, err, providers.Definite, "isv.invalid-signature")
	_, err = adapter(t, open(t, refuses("40002", payer+" said so")).URL, nil).Query(t.Context(), ref)
	classed(t, err, providers.Ambiguous, "ANSWER")
}
