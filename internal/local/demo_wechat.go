package local

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/providers/wechatpay"
)

// WeChatAccount is the demo merchant's account at WeChat Pay.
const WeChatAccount = "acc_wechat"

// closeAfter is how long WeChat Pay wants an order to be left alone before it is
// closed.
const closeAfter = 5 * time.Minute

// wechatRail is the three ways into WeChat Pay, each where it works.
func (h *House) wechatRail() (rail, error) {
	settings, err := h.wechatSettings()
	return rail{
		account: WeChatAccount, provider: "wechatpay", settings: settings, zh: "微信支付", en: "WeChat Pay",
		fee: 60, close: closeAfter, ways: []way{
			{product: "jsapi", position: 1, surfaces: []string{policy.SurfaceWeChat}},
			{product: "h5", position: 1, surfaces: []string{policy.SurfaceMobile}},
			{product: "native", position: 1, surfaces: []string{policy.SurfaceDesktop}},
		},
	}, err
}

// wechatSettings are those of production but for the addresses, and for waits that
// the simulator's clock shortens.
func (h *House) wechatSettings() ([]byte, error) {
	sim := h.Sim.WeChatAccounts()[0]
	speed := time.Duration(h.options.Speed)
	settings, err := json.Marshal(wechatpay.Settings{ //nolint:gosec // sealed in the account's row
		BaseURL: h.simRoad, OAuthURL: h.SimURL, OAuthAPIURL: h.simRoad,
		AppID: sim.AppID, AppSecret: sim.AppSecret, MchID: sim.MchID,
		SerialNo: sim.SerialNo, PrivateKey: sim.PrivateKey, APIv3Key: sim.APIv3Key,
		PublicKeyID: sim.PublicKeyID, PublicKey: sim.PublicKey,
		CloseAfter: (closeAfter / speed).String(), MinExpiry: (time.Minute / speed).String(),
		H5Life: (5 * time.Minute / speed).String(),
	})
	if err != nil {
		return nil, fmt.Errorf("write the WeChat Pay account: %w", err)
	}
	return settings, nil
}
