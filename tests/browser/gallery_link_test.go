package browser

import (
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// linkStates are the page behind a link.
func linkStates() []state {
	link := func(name string, card web.Card, change func(*web.Link)) state {
		view := web.Link{Card: card, Channels: []web.Channel{byWechat, byAlipay}}
		if change != nil {
			change(&view)
		}
		s := shows("link-"+name, web.LinkPage, view)
		s.page.Touched, s.page.Home = true, "https://pay.example"
		return s
	}
	plain := func(name string, change func(*web.Link)) state { return link(name, pot, change) }
	return []state{
		plain("one-channel", func(v *web.Link) { v.Channels = v.Channels[:1] }),
		plain("two-channels", nil),
		plain("five-channels", func(v *web.Link) { v.Channels = fiveWays }),
		plain("saving", func(v *web.Link) { v.Channels[0] = saving(byWechat, "merchant") }),
		plain("savings", func(v *web.Link) {
			v.Channels[0], v.Channels[1] = saving(byWechat, "merchant", "channel"), saving(byAlipay, "platform")
		}),
		plain("must-say", func(v *web.Link) { v.MustSay = true }),
		plain("must-say-wrong", func(v *web.Link) { v.MustSay, v.Problem = true, refused("asker_wrong") }),
		plain("problem", func(v *web.Link) { v.Problem = refused("engine_unavailable") }),
		plain("for-contact", func(v *web.Link) { v.ForContact = true }),
		plain("blocked-wechat", blockedIn("wechat")), plain("blocked-alipay", blockedIn("alipay")),
		plain("blocked-qq", blockedIn("qq")), plain("blocked-unionpay", blockedIn("unionpay")),
		plain("blocked-heard", func(v *web.Link) { v.Blocked = web.Blocked{App: "wechat", Heard: true} }),
		plain("by-code", func(v *web.Link) { v.Action = "/c/7K2M9QX4AB" }),
		link("many-items", potWith(manyItems), nil),
		link("long-names", potWith(longNames), func(v *web.Link) { v.Channels = fiveWays }),
		link("hidden-asker", potWith(func(c *web.Card) { c.Asker = "" }), nil),
		link("title-only", potWith(func(c *web.Card) { c.Items = nil }), nil),
		link("last-minutes", potWith(func(c *web.Card) { c.Left = 9*time.Minute + 5*time.Second }), nil),
		link("dear", potWith(func(c *web.Card) { c.Amount = models.CNY(12_345_678) }), nil),
	}
}

func blockedIn(app string) func(*web.Link) {
	return func(v *web.Link) { v.Blocked = web.Blocked{App: app} }
}

func manyItems(c *web.Card) {
	c.Items = nil
	for _, title := range []string{
		"手冲咖啡壶 600 毫升", "滤纸 100 张", "玻璃分享壶", "手摇磨豆机", "电子秤", "温度计", "木质杯垫",
		"埃塞俄比亚耶加雪菲 250 克", "哥伦比亚慧兰 250 克", "清洁刷", "密封罐", "礼品袋",
	} {
		c.Items = append(c.Items, web.Item{Title: title, Quantity: int64(len(c.Items)%3 + 1)})
	}
}

// longNames are as long as the API takes them, and without a place to break.
func longNames(c *web.Card) {
	c.Asker, c.Merchant = "阿卜杜勒·********", "良品小店（上海静安区南京西路一千二百六十六号恒隆广场旗舰店）"
	c.Items = []web.Item{
		{Title: "意大利进口手工吹制双层真空保温不锈钢手冲咖啡细口壶家用套装礼盒装新年限定款 600 毫升", Quantity: 12},
		{Title: "KALITA-WAVE-STYLE-DRIPPER-STAINLESS-STEEL-185-LIMITED-EDITION", Quantity: 1},
	}
}

// wayStates are the pages between the link and the cashier, and those that lead away.
func wayStates() []state {
	handoff := web.Handoff{
		Card: pot, Code: "7K2M9-QX4AB", At: "pay.example/c", QR: picture(), Wait: 4*time.Minute + 40*time.Second,
	}
	stuck := handoff
	stuck.Blocked, stuck.Channel = web.Blocked{App: "wechat"}, byWechat.ID
	heard := stuck
	heard.Blocked.Heard = true
	hop := shows("hop-link", web.HopPage, web.Hop{URL: awayFromHere})
	hop.page.Origin = true
	return []state{
		shows("code", web.CodePage, web.Code{}),
		shows("code-problem", web.CodePage, web.Code{Typed: "7K2M", Problem: refused("bad_code")}),
		shows("decline", web.DeclinePage, web.Decline{Card: pot, Later: []int{10, 30, 120}}),
		shows("decline-hidden-asker", web.DeclinePage, web.Decline{
			Card: potWith(func(c *web.Card) { c.Asker = "" }), Later: []int{10},
		}),
		shows("decline-now-or-never", web.DeclinePage, web.Decline{Card: pot}),
		shows("handoff", web.HandoffPage, handoff), shows("handoff-blocked", web.HandoffPage, stuck),
		shows("handoff-heard", web.HandoffPage, heard),
		hop,
		shows("hop-form", web.HopPage, web.Hop{URL: awayFromHere, Fields: map[string]string{"orderId": anAttempt}}),
		shows("bridge", web.BridgePage, web.Bridge{Card: pot, Params: map[string]string{"appId": "wx1"}}),
		shows("bridge-alipay", web.BridgePage, web.Bridge{
			Card: pot, Params: map[string]string{"tradeNO": anAttempt},
		}),
	}
}
