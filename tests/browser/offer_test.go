package browser

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/store"
)

// What offers take off, and by whom, is on the page before anything is asked of the friend;
// what he may still pay today is beside the button that he pays by.
func TestASavingIsSeenBeforeAnyLogin(t *testing.T) {
	t.Parallel()
	house := newHouse(t)
	offer := store.Promotion{
		App: local.DemoApp, ID: "shop", NameZH: "店铺立减", NameEN: "Shop discount", Sponsor: "merchant",
		FixedMinor: 500, BudgetMinor: 100_000, Currency: "CNY", StackGroup: "shop",
		Since: time.Now().Add(-time.Hour), Until: time.Now().Add(time.Hour), Enabled: true,
	}
	rail := offer
	rail.ID, rail.NameZH, rail.NameEN, rail.Sponsor = "rail", "渠道优惠", "Channel discount", "channel"
	rail.FixedMinor, rail.BasisPoints, rail.CapMinor, rail.StackGroup = 0, 200, 200, "rail"
	rail.Channel = "alipay_wap"
	require.NoError(t, house.Parts.Store.Seed(t.Context(), store.SeedData{
		Promotions: []store.Promotion{offer, rail},
	}))
	friend := newVisit(t, house)
	friend.open(newVisit(t, house).ask())
	friend.fits()
	friend.shot("offers")
	require.Contains(t, friend.text("button[value=alipay_wap]"), "122.00")
	require.Contains(t, friend.text("button[value=alipay_huabei]"), "124.00")
	friend.press("form.choices button[value=alipay_wap]")
	friend.login(phone)
	friend.fits()
	friend.shot("offers-confirm")
	require.Contains(t, friend.text(payButton), "122.00")
	require.Contains(t, friend.text("form[action='/pay/attempts']"), "50,000.00")
	friend.press(payButton)
	friend.sees("button.pay")
	require.Contains(t, friend.text("body"), "122.00", "the cashier asks for what was said")
	friend.press("button.pay")
	friend.sees("article.notice.paid")
	friend.fits()
	friend.shot("offers-paid")
}
