package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// An order dear enough for two offers that stack: the shop takes 5 % off, at most 8.00, and
// the channel 5.00. Of 43.00 of the order that go back the payer gets 40.20.
const (
	dearest   = 20000
	shopGives = 800
	railGives = 500
	offered   = dearest - shopGives - railGives
	undone    = 4300
	undoneOwn = 4020
	railKeeps = 393 // what the channel still owes the merchant afterwards
)

// playOffers lets a friend pay less than the order's amount, the merchant and the channel
// giving the rest, and gives a part of the order back.
func playOffers(ctx context.Context, s *story) error {
	s.price = dearest
	if err := s.makeOffers(ctx); err != nil {
		return err
	}
	if err := s.place(ctx, hour); err != nil {
		return err
	}
	f, err := s.newFriend(ctx)
	if err != nil {
		return err
	}
	_, err = f.pay(ctx)
	if err := refused(err, "price_changed"); err != nil {
		return err
	}
	s.tell("a quote without the offers is refused: he has to pay less", models.Open)
	if s.price, err = f.reduced(ctx); err != nil {
		return err
	}
	s.tell(fmt.Sprintf("order %d = payer %d + shop %d + channel %d", dearest, offered, shopGives, railGives),
		models.Open)
	made, err := s.sent(ctx, f)
	if err != nil {
		return err
	}
	if err := s.finish(ctx, made); err != nil {
		return err
	}
	return s.undoPart(ctx)
}

// makeOffers writes offers that no other order of the demo is dear enough for.
func (s *story) makeOffers(ctx context.Context) error {
	offer := store.Promotion{
		App: local.DemoApp, LeastMinor: dearest, BudgetMinor: 10 * dearest, Currency: "CNY", Enabled: true,
		Since: time.Now().Add(-time.Hour), Until: time.Now().Add(24 * time.Hour),
	}
	shop, rail := offer, offer
	shop.ID, shop.StackGroup, shop.Sponsor, shop.Position = "demo_shop", "shop", "merchant", 1
	shop.NameZH, shop.NameEN, shop.BasisPoints, shop.CapMinor = "本店立减", "Shop discount", 500, shopGives
	rail.ID, rail.StackGroup, rail.Sponsor, rail.Position = "demo_rail", "rail", "channel", 2
	rail.NameZH, rail.NameEN, rail.FixedMinor, rail.Channel = "渠道立减", "Channel discount", railGives,
		s.options.Channel
	return s.house.Parts.Store.Seed(ctx, store.SeedData{Promotions: []store.Promotion{shop, rail}})
}

// reduced is what the friend's page says that he pays through the channel.
func (f *friend) reduced(ctx context.Context) (int64, error) {
	var page struct {
		Channels []struct {
			ID    string `json:"id"`
			Quote struct {
				Discounts []struct {
					Sponsor string       `json:"sponsor"`
					Amount  models.Money `json:"amount"`
				} `json:"discounts"`
				PayerPays models.Money `json:"payer_pays"`
			} `json:"quote"`
		} `json:"channels"`
	}
	if err := f.get(ctx, "/v1/link", &page); err != nil {
		return 0, err
	}
	for _, c := range page.Channels {
		if c.ID != f.options.Channel {
			continue
		}
		if c.Quote.PayerPays != models.CNY(offered) || len(c.Quote.Discounts) != 2 {
			return 0, fmt.Errorf("his page says that he pays %s after %v", c.Quote.PayerPays, c.Quote.Discounts)
		}
		return c.Quote.PayerPays.Minor, nil
	}
	return 0, fmt.Errorf("his page does not offer %s", f.options.Channel)
}

// undoPart gives a part of the order back: to the payer what he paid of it, and to the
// channel what it gave.
func (s *story) undoPart(ctx context.Context) error {
	var back struct {
		Amount models.Money `json:"amount"`
		Order  models.Money `json:"order_amount"`
	}
	if err := s.ask(ctx, "refunds", map[string]any{"order_amount": models.CNY(undone)}, &back); err != nil {
		return err
	}
	if back.Amount != models.CNY(undoneOwn) || back.Order != models.CNY(undone) {
		return fmt.Errorf("he gets %s for %s of the order", back.Amount, back.Order)
	}
	if err := s.await(ctx, models.PartlyRefunded); err != nil {
		return err
	}
	if err := s.awaitBothTold(ctx, "request.refunded"); err != nil {
		return err
	}
	totals, err := s.house.Parts.Store.Totals(ctx, s.request)
	if err == nil && totals.Sponsored.Minor != railKeeps {
		err = fmt.Errorf("the channel owes the merchant %s", totals.Sponsored)
	}
	s.tell(fmt.Sprintf("%d of the order go back: %d to the payer; the channel owes %d of its %d",
		undone, undoneOwn, railKeeps, railGives), models.PartlyRefunded)
	return err
}
