package local

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/providers/wechatpay"
	"github.com/friendpay/friendpay/store"
)

// WeChatAccount is the demo merchant's account at WeChat Pay.
const WeChatAccount = "acc_wechat"

// closeAfter is how long WeChat Pay wants an order to be left alone before it is
// closed.
const closeAfter = 5 * time.Minute

// wechatChannels are the three ways into WeChat Pay, each where it works.
func wechatChannels() []store.Channel {
	var channels []store.Channel
	for i, way := range []struct{ product, surface string }{
		{"jsapi", policy.SurfaceWeChat}, {"h5", policy.SurfaceMobile}, {"native", policy.SurfaceDesktop},
	} {
		channels = append(channels, store.Channel{
			ID: "wechatpay_" + way.product, App: DemoApp, Provider: "wechatpay", Account: WeChatAccount,
			Product: way.product, Kind: "wallet", NameZH: "微信支付", NameEN: "WeChat Pay", Brand: "微信支付", Position: i + 1,
			Min: models.CNY(1), Max: models.CNY(5_000_000), MinCloseSeconds: int64(closeAfter.Seconds()),
			Surfaces: []string{way.surface}, Enabled: true,
		})
	}
	return channels
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
