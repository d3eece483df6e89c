package view_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/internal/shop/view"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

func known(category *string) view.Known {
	now := time.Date(2026, 5, 1, 4, 0, 0, 0, time.UTC)
	return view.Known{
		Request: client.RequestView{ID: "fpr_1"}, Now: now,
		Preview: &client.CardPreview{
			Set: client.CardView{Shows: "full", Message: new("谢谢")}, MayChange: true, Category: category,
			Friend: client.PayerView{
				AskedBy: "王**", Merchant: "良品小店", Shows: "surprise", Message: new("谢谢"),
				Payable: client.Money{Minor: 12900, Currency: "CNY"}, ExpiresAt: now.Add(time.Hour),
			},
		},
	}
}

// The page is made of the API's preview: what holds, what is tried, and the friend's card.
func TestThePrivacyPageIsThePreview(t *testing.T) {
	t.Parallel()
	page := view.Privacy(known(new("咖啡器具")))
	require.Equal(t, web.Page{Template: web.PrivacyPage, View: web.Privacy{
		ID: "fpr_1", Choices: models.AllShows, Set: models.ShowsFull, Chosen: models.ShowsSurprise,
		Message: "谢谢", MayChange: true,
		Seen: web.Card{
			Asker: "王**", Merchant: "良品小店", Shows: models.ShowsSurprise, Message: "谢谢", Framed: true,
			Amount: models.CNY(12900), Left: time.Hour,
		},
	}}, page)
}

func TestAnOrderWithoutCategoryHasNoSuchSetting(t *testing.T) {
	t.Parallel()
	shown, ok := view.Privacy(known(nil)).View.(web.Privacy)
	require.True(t, ok)
	require.NotContains(t, shown.Choices, models.ShowsCategory)
}
