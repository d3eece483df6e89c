package local

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/providers/alipay"
)

// AlipayAccount is the demo merchant's account at Alipay.
const AlipayAccount = "acc_alipay"

// alipayRail is Alipay's cashier on phones and in its own app, and a code at a desk.
func (h *House) alipayRail() (rail, error) {
	sim := h.Sim.AlipayAccounts()[0]
	settings, err := json.Marshal(alipay.Settings{ //nolint:gosec // sealed in the account's row
		Gateway:      h.simRoad + "/alipay/gateway.do",
		AuthorizeURL: h.SimURL + "/alipay/oauth2/publicAppAuthorize.htm",
		AppID:        sim.AppID, SellerID: sim.SellerID, PrivateKey: sim.PrivateKey,
		AlipayPublicKey: sim.AlipayPublicKey,
		MinExpiry:       (time.Minute / time.Duration(h.options.Speed)).String(),
	})
	if err != nil {
		err = fmt.Errorf("write the Alipay account: %w", err)
	}
	return rail{
		account: AlipayAccount, provider: "alipay", settings: settings, zh: "支付宝", en: "Alipay", fee: 60,
		ways: []way{
			{product: "jsapi", position: 1, surfaces: []string{policy.SurfaceAlipay}},
			{product: "wap", position: 2, surfaces: []string{policy.SurfaceMobile}},
			{product: "wap", position: 6, surfaces: []string{policy.SurfaceMobile}, special: special{
				id: "alipay_huabei", kind: "credit", zh: "花呗", en: "Huabei", funding: []string{"pcredit"},
			}},
			{product: "qr", position: 2, surfaces: []string{policy.SurfaceDesktop}},
		},
	}, err
}
