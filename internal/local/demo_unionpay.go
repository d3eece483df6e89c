package local

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/providers/unionpay"
)

// UnionPayAccount is the demo merchant's account at UnionPay.
const UnionPayAccount = "acc_unionpay"

// unionpayRail is Cloud QuickPass on phones and in its own app, and a code at a desk.
func (h *House) unionpayRail() (rail, error) {
	sim := h.Sim.UnionPayAccounts()[0]
	settings, err := json.Marshal(unionpay.Settings{ //nolint:gosec // sealed in the account's row
		Gateway:      h.simRoad + "/unionpay/gateway/api",
		StatementURL: h.simRoad + "/unionpay/filedownload/",
		MerID:        sim.MerID, SignCert: sim.SignCert, PrivateKey: sim.PrivateKey,
		RootCert: sim.RootCert, MiddleCert: sim.MiddleCert,
		MinExpiry: (time.Minute / time.Duration(h.options.Speed)).String(),
	})
	if err != nil {
		err = fmt.Errorf("write the UnionPay account: %w", err)
	}
	return rail{
		account: UnionPayAccount, provider: "unionpay", settings: settings, zh: "云闪付", en: "Cloud QuickPass",
		fee: 55, ways: []way{
			{product: "wap", position: 3, surfaces: []string{policy.SurfaceMobile, policy.SurfaceUnionPay}},
			{product: "qr", position: 3, surfaces: []string{policy.SurfaceDesktop}},
		},
	}, err
}
