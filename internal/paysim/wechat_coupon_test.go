package paysim_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
	"github.com/friendpay/friendpay/internal/paysim/desk"
)

// The rail's example: of 10.00, a coupon paid 3.00; of 9.00 given back, 6.30 are the payer's.
func TestWeChatSharesARefundWithTheCoupon(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{Speed: 100})
	order, _ := s.made("native", nowhere)
	paid, said := s.simulate("/sim/wechatpay/pay",
		members{"number": order, "coupon": 3000, "funding": "CMB_DEBIT"})
	require.Equal(t, http.StatusOK, paid)
	require.Equal(t, "CMB_DEBIT", said["bank_type"])
	require.EqualValues(t, 9900, said["amount"].(members)["payer_total"])
	require.EqualValues(t, 3000, said["promotion_detail"].([]any)[0].(members)["amount"])
	refund := newNumber()
	amount := s.giveBack(back(order, refund, 4300)).said["amount"].(members)
	require.EqualValues(t, 3300, amount["payer_refund"])
	require.EqualValues(t, 1000, amount["discount_refund"])
	require.EqualValues(t, 9900, amount["payer_total"])
	over, _ := s.made("native", nowhere)
	refused, _ := s.simulate("/sim/wechatpay/pay", members{"number": over, "coupon": 12901})
	require.Equal(t, http.StatusBadRequest, refused)
}

func TestAShareNeverGivesThePayerMoreThanHePaid(t *testing.T) {
	t.Parallel()
	require.EqualValues(t, 270, desk.Share(1000, 300, 0, 0, 900))
	require.EqualValues(t, 30, desk.Share(1000, 300, 900, 270, 100))
	require.EqualValues(t, 0, desk.Share(1000, 0, 0, 0, 1000))
	require.EqualValues(t, 1, desk.Share(3, 1, 0, 0, 1), "rounded against the payer, until the last part")
	require.EqualValues(t, 0, desk.Share(3, 1, 1, 1, 2))
}
