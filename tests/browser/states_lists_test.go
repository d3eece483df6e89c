package browser

import (
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// listsStates are the lists of what was asked for and paid, and what both sides see after a payment: more
// time, thanks, asking again, refunds on their way.
func listsStates() []state {
	day := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	const number = "01HZX3K7W2QN8R5T6V9Y0A1B2C"
	fen := models.CNY(12900)
	shop := func(state models.State, change func(*web.ShopRequest)) web.Page {
		view := web.ShopRequest{ID: "fpr_1", Number: "T20260301", Title: "手冲咖啡壶套装", Amount: fen, State: state}
		change(&view)
		return web.Page{Template: web.RequestPage, View: view}
	}
	refunds := []web.Refund{
		{To: "friend", Amount: models.CNY(900), Why: "after_sale", Asked: day, ExpectedBy: day.AddDate(0, 0, 3)},
		{To: "friend", Amount: models.CNY(2000), Why: "after_sale", Asked: day, Taken: day,
			ExpectedBy: day.AddDate(0, 0, 3)},
		{To: "friend", Amount: models.CNY(300), Why: "after_sale", Asked: day, Taken: day, Done: true, DoneAt: day},
		{To: "friend", Amount: models.CNY(100), Why: "after_sale", Asked: day, Stuck: true},
	}
	asked := web.Asked{Next: "fpr_1"}
	for _, state := range models.States {
		asked.Lines = append(asked.Lines, web.ShopLine{
			ID: "fpr_1", Title: "手冲咖啡壶套装", Amount: fen, State: state, At: day,
		})
	}
	paid := web.Payments{Next: "1-" + number}
	for i, outcome := range []web.Outcome{
		web.Paid, web.Confirming, web.HeldBack, web.Returning, web.Returned, web.ReturnStuck,
	} {
		line := web.PaymentLine{
			Merchant: "良品小店（演示）", Asker: "王**", Amount: fen, At: day, Number: number, Outcome: outcome, Here: i == 0,
		}
		if i > 2 {
			line.Refunds = refunds[i-2 : i-1]
		}
		paid.Lines = append(paid.Lines, line)
	}
	return []state{
		{"asked", web.Page{Template: web.AskedPage, View: asked}},
		{"asked-none", web.Page{Template: web.AskedPage, View: web.Asked{}}},
		{"asked-none-open", web.Page{Template: web.AskedPage, View: web.Asked{Phase: "open"}}},
		{"paid-list", web.Page{Template: web.PaidPage, View: paid}},
		{"paid-list-none", web.Page{Template: web.PaidPage, View: web.Payments{}}},
		{"request-more-time", shop(models.Open, func(v *web.ShopRequest) {
			v.Left, v.More = 3*time.Hour, []web.More{{Minutes: 30}, {Minutes: 120}, {Until: day}}
		})},
		{"request-again", shop(models.Expired, func(v *web.ShopRequest) { v.MayAgain = true })},
		{"request-thank", shop(models.Settled, func(v *web.ShopRequest) { v.MayThank, v.Receipt = true, true })},
		{"request-thanks-refused", shop(models.Settled, func(v *web.ShopRequest) {
			v.MayThank, v.Typed, v.Problem = true, "看 www.example.cn", &web.Problem{Reason: "bad_thanks"}
		})},
		{"request-thanked", shop(models.Settled, func(v *web.ShopRequest) { v.Thanked = day })},
		{"request-refunds", shop(models.Refunding, func(v *web.ShopRequest) { v.Refunds = refunds })},
		{"result-thanked", web.Page{Template: web.ResultPage, View: web.Result{
			Card:    web.Card{Asker: "王**", Merchant: "良品小店（演示）", Amount: fen, Invite: "inv_1"},
			Outcome: web.Paid, Attempt: number, Captured: fen, PaidAt: day, Thanks: "太感谢了，下次我请你。",
			Channel: web.Channel{ID: "wechatpay", NameZH: "微信支付", NameEN: "WeChat Pay"},
		}}},
	}
}
