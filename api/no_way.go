package api

import (
	"slices"

	"github.com/friendpay/friendpay/policy"
)

// orderNotices say which page tells of a rule that took every channel at once.
var orderNotices = map[string]string{
	policy.ChannelOutage: "outage", "pay_limit_day": "tomorrow", "pay_limit_amount": "limit",
	"friend_pay_killed": "stopped", "release_friend_pay": "stopped", "order_deadline": "too_late",
	"kind_friend_pay": "buyer_only", "kind_amount": "buyer_only", "order_settled": "ended",
}

// channelNotices say the same of a rule about one channel.
var channelNotices = map[string]string{
	"channel_killed": "stopped", "channel_release": "stopped", "channel_disabled": "stopped",
	"channel_deadline": "too_late", "channel_amount": "limit",
	"channel_currency": "buyer_only",
}

// noWay names the page for a link without a channel: what is true of the order anywhere
// comes first, so that nobody is sent to another app in vain.
func (v scene) noWay() string {
	asked := v.asked
	decision := policy.Decide(asked)
	if name := ofOrder(decision); name != "" {
		return name
	}
	if decision.HangsOnPlace() {
		there := policy.Elsewhere(asked, v.link.Breakers)
		if there.State == policy.Enabled {
			return "elsewhere"
		}
		if name := ofOrder(there); name != "" {
			return name
		}
		decision = there
	}
	return ofChannels(asked, decision)
}

func ofOrder(d policy.Decision) string {
	if len(d.Reasons) == 0 {
		return ""
	}
	return orderNotices[d.Reasons[0].Rule]
}

// ofChannels is for when each channel has a reason of its own: the one that helps most.
func ofChannels(asked policy.Facts, d policy.Decision) string {
	found := map[string]bool{}
	for _, left := range d.LeftOut {
		name := channelNotices[left.Rule]
		if left.Rule == "pay_limit" {
			name = "limit"
			if limitsOfADay[policy.Over(asked, left.Channel)] {
				name = "tomorrow"
			}
		}
		found[name] = true
	}
	best := []string{"tomorrow", "limit", "too_late", "buyer_only", "stopped"}
	i := slices.IndexFunc(best, func(name string) bool { return found[name] })
	if i < 0 {
		return "no_way"
	}
	return best[i]
}
