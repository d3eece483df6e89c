package browser

import (
	"fmt"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// friendsStates are the buyer's pages about whom he asks: the order, the request with one, several and
// many friends, the form for one more, and the question before a link is taken back.
func friendsStates() []state {
	names := []string{"老张", "小李", "妈妈", "王阿姨 (三楼, 常常一起拼团的那位)", "Anna", "", "室友"}
	at := time.Date(2026, 11, 22, 12, 30, 0, 0, time.UTC)
	all := func(shown int) (list []web.ShopFriend) {
		for i, how := range web.FriendStates {
			f := web.ShopFriend{ID: fmt.Sprint("inv_", i), No: i + 1, Name: names[i], State: how, Where: "wechat",
				Goes: fmt.Sprint("/shop/requests/fpr_1?friend=inv_", i), Shown: i == shown}
			if how == web.FriendOpened || how == web.FriendPledged {
				f.At, f.Today, f.Times = at, how == web.FriendPledged, 3
			}
			list = append(list, f)
		}
		return list
	}
	asked := func(state models.State, shown *web.ShopFriend, friends, rest []web.ShopFriend) web.Page {
		return web.Page{Template: web.RequestPage, Buyer: true, View: web.ShopRequest{
			ID: "fpr_1", Title: "手冲咖啡壶套装", Amount: models.CNY(12900), State: state, Left: 20 * time.Minute,
			Shown: shown, Friends: friends, Rest: rest, MayAdd: true, MayPay: state == models.Open, MayEnd: true,
		}}
	}
	qr, err := web.DrawQR("https://pay.example/f/abc")
	if err != nil {
		panic(err) // a short address always has a picture
	}
	one := web.ShopFriend{ID: "inv_0", No: 1, State: web.FriendUnopened, Alone: true, Shown: true,
		Link: "https://pay.example/f/abc", QR: qr, Code: "7K2M9-QX4AB",
		Text: "帮我付一下这笔订单，谢谢！\nhttps://pay.example/f/abc\n打不开链接？在 https://pay.example/c 输入短码 7K2M9-QX4AB"}
	two := one
	two.Alone, two.Name, two.State, two.At, two.Today, two.Times = false, names[3], web.FriendOpened, at, true, 2
	many := all(-1)
	for len(many) < 50 {
		many = append(many, web.ShopFriend{ID: "inv_9", No: len(many) + 1, State: web.FriendUnopened,
			Goes: "/shop/requests/fpr_1?friend=inv_9"})
	}
	revoked, dead := all(2), all(-1)[2:4]
	said := one
	said.Name, said.State = names[3], web.FriendDeclined
	said.Link, said.Text, said.Code, said.QR = "", "", "", ""
	return append(orderStates(),
		state{"friends-one", asked(models.Open, &one, []web.ShopFriend{one}, nil)},
		state{"friends-one-of-several", asked(models.Open, &two, all(5), nil)},
		state{"friends-several", asked(models.Paying, nil, all(-1), nil)},
		state{"friends-many", asked(models.Open, nil, many[:6], many[6:])},
		state{"friends-none-left", asked(models.Open, nil, dead, nil)},
		state{"friends-one-declined", asked(models.Open, &said, []web.ShopFriend{said}, nil)},
		state{"friends-revoked", asked(models.Paying, &revoked[2], revoked, nil)},
		state{"friends-add", web.Page{Template: web.InvitePage, Buyer: true, View: web.ShopInvite{
			Request: "fpr_1", Key: "key", Where: "wechat", Places: web.FriendPlaces,
		}}},
		state{"friends-add-too-many", web.Page{Template: web.InvitePage, Buyer: true, Posted: true,
			View: web.ShopInvite{Request: "fpr_1", Key: "key", Name: names[3], Where: "qq", Places: web.FriendPlaces,
				Problem: &web.Problem{Reason: "too_many_invites"}}}},
		state{"friends-revoke", web.Page{Template: web.RevokePage, Buyer: true, View: web.ShopRevoke{
			Request: "fpr_1", Friend: revoked[1], Others: true,
		}}},
	)
}

// orderStates are the unpaid order: payable by a friend through some channels, and not at all.
func orderStates() []state {
	credit := &web.ShopWhy{
		Text:   web.Spoken{ZH: "该类订单不支持信用付款", EN: "Orders of this kind cannot be paid on credit."},
		WayOut: web.Spoken{ZH: "朋友可以换一种方式付。", EN: "Your friend can pay another way."},
	}
	order := web.ShopOrder{
		Total: models.CNY(12900), MayAsk: true, Number: "20250328-120000-ABCDEFGHIJKL", Shows: models.AllShows,
		Items: []web.Item{{Title: "手冲咖啡壶 600ml", Quantity: 1, Price: models.CNY(9900)}},
		Ways: []web.ShopWay{
			{Channel: web.Channel{NameZH: "微信支付", NameEN: "WeChat Pay", Pays: models.CNY(12400),
				Saved: []web.Saving{{Sponsor: "merchant", Amount: models.CNY(500)}}}},
			{Channel: web.Channel{NameZH: "支付宝", NameEN: "Alipay"}},
			{Channel: web.Channel{NameZH: "花呗", NameEN: "Huabei"}, Why: credit},
		},
	}
	nobody := order
	nobody.MayAsk, nobody.Ways = false, nil
	nobody.Why = []web.ShopWhy{{
		Text:   web.Spoken{ZH: "该类订单须由下单人本人付款", EN: "Orders of this kind must be paid by whoever placed them."},
		WayOut: web.Spoken{ZH: "你可以自己付。", EN: "You can pay it yourself."},
	}}
	return []state{
		{"order-ways", web.Page{Template: web.OrderPage, View: order}},
		{"order-nobody", web.Page{Template: web.OrderPage, View: nobody}},
	}
}
