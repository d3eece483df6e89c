package browser

import (
	"html/template"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// What the pages of the gallery are about: one order of a small shop, and a friend's ways to pay it. Goods
// and names stay as the merchant and the buyer wrote them, in whatever language the page is.
const (
	anInvite  = "inv_01JQ4Z9T7M"
	anAttempt = "01JQ4ZB6K8W2QN8R5T6V9Y0A1B"
	aRefund   = "01JQ5A0C3D4E5F6G7H8J9K0M1N"
)

var noon = time.Date(2025, 3, 28, 12, 30, 0, 0, time.FixedZone("UTC+8", 8*60*60))

var pot = web.Card{
	Asker: "王**", Merchant: "良品小店", Title: "手冲咖啡壶套装", Amount: models.CNY(12_900), Invite: anInvite,
	Left: 23*time.Hour + 41*time.Minute,
	Items: []web.Item{
		{Title: "手冲咖啡壶 600 毫升", Quantity: 1, Price: models.CNY(8_900)},
		{Title: "滤纸 100 张", Quantity: 2, Price: models.CNY(2_000)},
	},
}

// potWith is the order's card, changed.
func potWith(change func(*web.Card)) web.Card {
	card := pot
	change(&card)
	return card
}

func channelCalled(id, zh, en string) web.Channel {
	return web.Channel{ID: id, NameZH: zh, NameEN: en, Pays: pot.Amount}
}

var (
	byWechat   = channelCalled("wechatpay_h5", "微信支付", "WeChat Pay")
	byAlipay   = channelCalled("alipay_wap", "支付宝", "Alipay")
	byHuabei   = channelCalled("huabei", "花呗", "Huabei")
	byUnionpay = channelCalled("unionpay", "云闪付", "UnionPay QuickPass")
	bankCard   = channelCalled("bank_card", "银行卡", "Bank card")
)

var fiveWays = []web.Channel{byWechat, byAlipay, byHuabei, byUnionpay, bankCard}

// saving is the channel with so much less to pay, by who gives it.
func saving(c web.Channel, sponsors ...string) web.Channel {
	for _, sponsor := range sponsors {
		off := models.CNY(500)
		c.Saved = append(c.Saved, web.Saving{Sponsor: sponsor, Amount: off})
		c.Pays = c.Pays.Minus(off)
	}
	return c
}

// binding is the channel whose provider has to know the payer first.
func binding(c web.Channel) web.Channel {
	c.Login = true
	return c
}

// leftOver is the channel with so many fen left of today's limit.
func leftOver(c web.Channel, fen int64) web.Channel {
	left := models.CNY(fen)
	c.Left = &left
	return c
}

// picture is a QR code of an address as long as ours are.
func picture() template.HTML {
	svg, err := web.DrawQR("https://pay.example/f/0123456789abcdefghijklmnopqrstuvwxyzABCDEFG")
	if err != nil {
		panic(err) // the address is short enough
	}
	return svg
}

func refused(reason string) *web.Problem { return &web.Problem{Reason: reason} }
