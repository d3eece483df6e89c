package api

import (
	"slices"

	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// ReasonView is one rule's "no", ready for the buyer's page: what it is about by the name that people
// know, and what the buyer can do instead.
type ReasonView struct {
	policy.Reason
	NameZH   string `json:"name_zh,omitempty" doc:"Of the channel."`
	NameEN   string `json:"name_en,omitempty"`
	WayOutZH string `json:"way_out_zh,omitempty" doc:"What the buyer can do, in a sentence."`
	WayOutEN string `json:"way_out_en,omitempty"`
}

// buyersWayOut puts the stable word of the rules for a way out into a sentence for the buyer.
var buyersWayOut = map[string]struct{ zh, en string }{
	policy.FixPayYourself:   {"你可以自己付。", "You can pay it yourself."},
	policy.FixOtherChannel:  {"朋友可以换一种方式付。", "Your friend can pay another way."},
	policy.FixNewOrder:      {"请重新下单。", "Please place a new order."},
	policy.FixOpenElsewhere: {"换个应用打开链接就能付。", "It works when the link is opened in another app."},
	policy.FixOpenBrowser:   {"请朋友用浏览器打开链接。", "Let your friend open the link in a browser."},
	policy.FixQR:            {"请朋友用别的应用扫二维码。", "Let your friend scan the code with another app."},
	policy.FixShareCode:     {"把短码发给朋友。", "Send your friend the short code."},
	policy.FixLater:         {"过几分钟再试。", "Try again in a few minutes."},
	policy.FixTomorrow:      {"明天再请朋友付，或者自己付。", "Ask again tomorrow, or pay it yourself."},
}

// reasons puts what the rules said into words for the buyer. Where no channel is left, none is advised.
func (v judged) reasons(said []policy.Reason) []ReasonView {
	list := []ReasonView{}
	for _, reason := range said {
		view := ReasonView{Reason: reason}
		i := slices.IndexFunc(v.channels, func(c store.Channel) bool { return c.ID == reason.Channel })
		if i >= 0 {
			view.NameZH, view.NameEN = v.channels[i].NameZH, v.channels[i].NameEN
		}
		fix := reason.Fix
		if fix == policy.FixOtherChannel && v.State != policy.Enabled {
			fix = policy.FixPayYourself
		}
		view.WayOutZH, view.WayOutEN = buyersWayOut[fix].zh, buyersWayOut[fix].en
		list = append(list, view)
	}
	return list
}
