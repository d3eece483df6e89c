package browser

import (
	"slices"
	"strings"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

const requestID = "fpr_01JQ4Z8R2V"

// shopStates are the shop's order and its receipts.
func shopStates() []state {
	order := web.ShopOrder{
		Items: pot.Items, Total: pot.Amount, MayAsk: true, Shows: models.AllShows,
		Number: "20250328-120000-ABCDEFGHIJKL",
	}
	before, troubled := order, order
	for i, s := range []models.State{models.Settled, models.Expired, models.PartlyRefunded, models.RefundStuck} {
		before.Requests = append(before.Requests, web.ShopLine{
			ID: requestID, Title: pot.Title, Amount: pot.Amount, State: s,
			At: noon.Add(-time.Duration(i) * 30 * time.Hour),
		})
	}
	troubled.Problem = refused("engine_unavailable")
	line := func(name string, fen int64, after time.Duration) web.ReceiptLine {
		return web.ReceiptLine{Name: name, Reference: anAttempt, Amount: models.CNY(fen), At: noon.Add(after)}
	}
	receipt := func(name string, s models.State, applied int64, lines ...web.ReceiptLine) state {
		return shows("receipt-"+name, web.ReceiptPage, web.Receipt{
			ID: requestID, Number: "LP20250328-0042", Title: pot.Title, State: s, Lines: lines,
			Applied: models.CNY(applied), Saved: saving(byWechat, "merchant").Saved,
		})
	}
	paid, day := line("paid", 12_900, 0), 24*time.Hour
	return []state{
		shows("order", web.OrderPage, order), shows("order-before", web.OrderPage, before),
		shows("order-problem", web.OrderPage, troubled),
		receipt("paid", models.Settled, 12_900, paid),
		receipt("refund-due", models.Refunding, 10_900, paid, line("refund_due", 2_000, day)),
		receipt("refund-done", models.PartlyRefunded, 10_900, paid, line("refund_done", 2_000, day)),
		receipt("refund-stuck", models.RefundStuck, 0, paid, line("refund_stuck", 12_900, day)),
		receipt("all-lines", models.RefundStuck, 6_900, paid, line("refund_done", 2_000, day),
			line("refund_due", 2_000, 2*day), line("refund_stuck", 2_000, 3*day)),
	}
}

// unpaid are the states in which the request may still be paid, or ended.
var unpaid = []models.State{models.Checking, models.Open, models.Paying, models.Confirming, models.Paused}

// accounted are the states that have a receipt.
var accounted = []models.State{
	models.Applying, models.Settled, models.Refunding, models.Refunded, models.PartlyRefunded,
	models.RefundStuck,
}

// requestState is the buyer's page in one state, as the shop draws it.
func requestState(name string, s models.State, change func(*web.ShopRequest)) state {
	view := web.ShopRequest{
		ID: requestID, Number: "LP20250328-0042", Title: pot.Title, Amount: pot.Amount, State: s,
		Receipt: slices.Contains(accounted, s), MayPay: s == models.Open, MayThank: s == models.Settled,
		MayAgain: s == models.Expired || s == models.CancelledBuyer,
	}
	if slices.Contains(unpaid, s) {
		view.Live, view.MayEnd, view.Left = true, true, pot.Left
		view.Shown = friend()
		view.Privacy = &web.Privacy{ID: requestID, Set: models.ShowsFull, Message: "帮我付一下这笔订单，谢谢！"}
		view.Friends, view.MayAdd = []web.ShopFriend{*view.Shown}, true
	}
	if s == models.Paying {
		view.SlotLeft = 4*time.Minute + 30*time.Second
	}
	if change != nil {
		change(&view)
	}
	drawn := shows("request-"+name, web.RequestPage, view)
	if view.Live {
		drawn = moving(drawn)
	}
	return drawn
}

// friend is the one who was asked, with what is sent to him.
func friend() *web.ShopFriend {
	link := "https://pay.example/f/0123456789abcdef"
	return &web.ShopFriend{
		ID: "inv_0", No: 1, State: web.FriendUnopened, Alone: true, Shown: true, Link: link, QR: picture(),
		Code: "7K2M9-QX4AB",
		Text: "帮我付一下这笔订单，谢谢！\n" + link + "\n打不开链接？在 https://pay.example/c 输入短码 7K2M9-QX4AB",
	}
}

// known changes the one friend of a request.
func known(change func(*web.ShopFriend)) func(*web.ShopRequest) {
	return func(v *web.ShopRequest) {
		change(v.Shown)
		v.Friends = []web.ShopFriend{*v.Shown}
	}
}

// requestStates are the buyer's page in each state of the law, and what may be said besides.
func requestStates() []state {
	var all []state
	for _, s := range models.States {
		all = append(all, requestState(strings.ReplaceAll(string(s), "_", "-"), s, nil))
	}
	open := func(name string, change func(*web.ShopRequest)) state {
		return requestState("open-"+name, models.Open, change)
	}
	own := func(name string, change func(*web.ShopRequest)) state {
		return requestState("own-"+name, models.Paying, func(v *web.ShopRequest) { v.Own = true; change(v) })
	}
	return append(all,
		own("payment", func(v *web.ShopRequest) { v.PayAt = awayFromHere }),
		own("qr", func(v *web.ShopRequest) { v.PayQR = picture() }),
		own("again", func(v *web.ShopRequest) { v.MayPay = true }),
		open("opened", known(func(f *web.ShopFriend) {
			f.State, f.Times, f.At, f.Today = web.FriendOpened, 3, noon, true
		})),
		open("declined", known(func(f *web.ShopFriend) {
			f.State, f.Link, f.Text, f.Code, f.QR = web.FriendDeclined, "", "", "", ""
		})),
		open("pledged", known(func(f *web.ShopFriend) {
			f.State, f.Times, f.At = web.FriendPledged, 1, noon.Add(8*time.Hour)
		})),
		open("no-code", known(func(f *web.ShopFriend) { f.Code, f.Text = "", f.Link })),
		open("no-qr", known(func(f *web.ShopFriend) { f.QR = "" })),
		open("shares", known(func(*web.ShopFriend) {})),
		open("problem", func(v *web.ShopRequest) { v.Problem = refused("slot_taken") }),
		requestState("settled-saving", models.Settled, func(v *web.ShopRequest) {
			v.Saved = saving(byWechat, "merchant", "platform").Saved
		}),
		requestState("settled-long-title", models.Settled, func(v *web.ShopRequest) {
			v.Title = "意大利进口手工吹制双层真空保温不锈钢手冲咖啡细口壶家用套装礼盒装新年限定款"
		}),
	)
}
