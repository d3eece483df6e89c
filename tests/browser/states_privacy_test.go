package browser

import (
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// privacyStates are what a friend sees in each setting, and the buyer's page about it.
func privacyStates() []state {
	var list []state
	for _, shows := range models.AllShows {
		card := shownCard(shows)
		list = append(list, state{"privacy-link-" + string(shows), web.Page{
			Template: web.LinkPage, View: web.Link{
				Card: card, Channels: []web.Channel{{ID: "wechat", NameZH: "微信支付", NameEN: "WeChat Pay"}},
			},
		}})
		card.Framed = true
		list = append(list, privacyState("privacy-preview-"+string(shows), web.Privacy{
			Set: models.ShowsFull, Chosen: shows, Seen: card, MayChange: true,
		}))
	}
	card := shownCard(models.ShowsSurprise)
	card.Framed = true
	return append(list,
		privacyState("privacy-saved", web.Privacy{
			Set: models.ShowsSurprise, Chosen: models.ShowsSurprise, Seen: card, Message: card.Message,
			MayChange: true, Saved: true, NameCheck: true,
		}),
		privacyState("privacy-refused", web.Privacy{
			Set: models.ShowsSurprise, Chosen: models.ShowsSurprise, Seen: card, Message: "13800138000",
			MayChange: true, Problem: &web.Problem{Reason: "bad_words"},
		}),
		privacyState("privacy-over", web.Privacy{
			Set: models.ShowsSurprise, Chosen: models.ShowsSurprise, Seen: card,
		}),
		state{"privacy-summary", web.Page{Template: web.RequestPage, View: web.ShopRequest{
			ID: "fpr_1", Title: "手冲咖啡壶套装", Amount: models.CNY(12900), State: models.Open, Left: time.Hour,
			Privacy: &web.Privacy{ID: "fpr_1", Set: models.ShowsSurprise, Message: card.Message},
		}}})
}

func privacyState(name string, view web.Privacy) state {
	view.ID, view.Choices = "fpr_1", models.AllShows
	return state{name, web.Page{Template: web.PrivacyPage, View: view}}
}

func shownCard(shows models.Shows) web.Card {
	card := web.Card{
		Asker: "王**", Merchant: "良品小店", Amount: models.CNY(12900), Left: 23 * time.Hour, Shows: shows,
		Message: "这个月钱花光了，江湖救急，月底请你喝咖啡。谢谢你，从小到大最好的朋友！",
	}
	switch shows {
	case models.ShowsFull:
		card.Items = []web.Item{{Title: "手冲咖啡壶 600ml", Quantity: 1}, {Title: "滤纸 100 张", Quantity: 2}}
	case models.ShowsCategory:
		card.Category = "咖啡器具"
	case models.ShowsSurprise: // nothing of it
	}
	return card
}
