package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/models"
)

const inQQ = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Mobile/15E148 QQ/9.1.0.6"

// fiveSurfaces: one link, opened in five places; each shows what can be paid right there.
func fiveSurfaces(ctx context.Context, o *office) error {
	s := o.sibling("one link", expected{State: models.CancelledMerchant})
	if err := s.place(ctx, hour); err != nil {
		return err
	}
	for agent, want := range map[string][]string{
		inWeChat: {"wechatpay_jsapi"}, inAlipay: {"alipay_jsapi"}, inQQ: {},
		onPhone: {"alipay_huabei", "alipay_wap", "unionpay_wap", "wechatpay_h5"},
		onPC:    {"alipay_qr", "unionpay_qr", "wechatpay_native"},
	} {
		shown, err := s.opened(ctx, agent)
		if err != nil {
			return err
		}
		shown = slices.DeleteFunc(shown, func(id string) bool { return id == local.DemoChannel })
		slices.Sort(shown)
		if !slices.Equal(shown, want) {
			return fmt.Errorf("in %s: %v, not %v", agent, shown, want)
		}
	}
	o.tell("one link in WeChat, Alipay, QQ, a phone's browser and a desk: each what works there", models.Open)
	return s.ask(ctx, "cancel", nil, nil)
}

// opened are the channels that a link shows in a browser.
func (s *story) opened(ctx context.Context, agent string) (channels []string, err error) {
	f := &friend{story: s, cookies: map[string]string{}, agent: agent}
	if err := f.open(ctx); err != nil {
		return nil, err
	}
	var shown answer
	if err := f.get(ctx, "/v1/link", &shown); err != nil {
		return nil, err
	}
	for _, c := range shown.Channels {
		channels = append(channels, c.ID)
	}
	return channels, nil
}

// stackedOffers: the shop takes 5.00 off and the channel 2 %, at most 2.00: both are said
// before anybody is asked for anything.
func stackedOffers(ctx context.Context, o *office) error {
	since := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	until := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	for _, row := range []map[string]any{
		{"id": "tour_shop", "sponsor": "merchant", "fixed_minor": 500, "stack_group": "shop", "position": 1,
			"name_zh": "店铺立减", "name_en": "Shop discount"},
		{"id": "tour_way", "sponsor": "channel", "basis_points": 200, "cap_minor": 200, "stack_group": "way",
			"position": 2, "name_zh": "渠道优惠", "name_en": "Channel discount"},
	} {
		row["app_id"], row["currency"], row["budget_minor"] = local.DemoApp, "CNY", 1_000_000
		row["channel"], row["since"], row["until"] = o.options.Channel, since, until
		if err := o.rule(ctx, "promotions", local.DemoApp+"/"+row["id"].(string), row); err != nil {
			return err
		}
	}
	s := o.sibling("with two offers", expected{models.Settled, price - 700, 0, price - 700, 0, 0})
	if err := s.place(ctx, hour); err != nil {
		return err
	}
	quote, err := s.quoted(ctx)
	if err != nil {
		return err
	}
	if quote.OrderAmount.Minor != price || quote.PayerPays.Minor != price-700 || len(quote.Parts) != 2 {
		return fmt.Errorf("the quote is %+v", quote)
	}
	o.tell("two offers stack: 129.00 less 5.00 by the shop and 2.00 by the channel, said before any login",
		models.Open)
	s.price = quote.PayerPays.Minor
	if err := s.payAnew(ctx, nil); err != nil {
		return err
	}
	for _, id := range []string{"tour_shop", "tour_way"} {
		if err := o.takeAway(ctx, ruled{"promotions", local.DemoApp + "/" + id}); err != nil {
			return err
		}
	}
	return nil
}

// quote is what a friend is told that he will pay.
type quote struct {
	OrderAmount models.Money `json:"order_amount"`
	PayerPays   models.Money `json:"payer_pays"`
	Parts       []struct {
		Sponsor string `json:"sponsor"`
	} `json:"discounts"`
}

// quoted is the quote that a link shows to somebody who has not logged in.
func (s *story) quoted(ctx context.Context) (quote, error) {
	f := &friend{story: s, cookies: map[string]string{}}
	if err := f.open(ctx); err != nil {
		return quote{}, err
	}
	var shown struct {
		Channels []struct {
			ID    string `json:"id"`
			Quote quote  `json:"quote"`
		} `json:"channels"`
	}
	if err := f.get(ctx, "/v1/link", &shown); err != nil {
		return quote{}, err
	}
	for _, c := range shown.Channels {
		if c.ID == s.options.Channel {
			return c.Quote, nil
		}
	}
	return quote{}, errors.New("the channel is not shown")
}

// reachLimit: a friend may pay one such order a day; the second is refused, and says why.
func reachLimit(ctx context.Context, o *office) error {
	key := local.DemoApp + "/pair//day"
	row := map[string]any{"app_id": local.DemoApp, "scope": "pair", "channel": "", "per": "day",
		"minor": price + price/2, "currency": "CNY"}
	if err := o.rule(ctx, "limits", key, row); err != nil {
		return err
	}
	first := o.sibling("within the limit", expected{models.Settled, price, 0, price, 0, 0})
	first.buyer = "b-limit"
	if err := first.place(ctx, hour); err != nil {
		return err
	}
	if err := first.payAnew(ctx, nil); err != nil {
		return err
	}
	second := o.sibling("beyond the limit", expected{State: models.CancelledMerchant})
	second.buyer = first.buyer
	if err := second.place(ctx, hour); err != nil {
		return err
	}
	again, err := second.comesBack(ctx, first.payer)
	if err != nil {
		return err
	}
	_, err = again.pay(ctx)
	var p *problem
	if !errors.As(err, &p) || !strings.Contains(p.Reason, "limit") {
		return fmt.Errorf("a second payment on the same day: %w", err)
	}
	o.tell("the same friend on the same day: "+p.Reason, models.Open)
	return errors.Join(second.ask(ctx, "cancel", nil, nil), o.takeAway(ctx, ruled{"limits", key}))
}

// breakerOpens: the provider makes no orders any more; after a few the way is hidden, and it
// comes back by itself.
func breakerOpens(ctx context.Context, o *office) error {
	unlucky, err := o.unlucky(ctx, expected{State: models.CancelledMerchant})
	if err != nil {
		return err
	}
	if err := o.down(ctx); err != nil {
		return err
	}
	var pressed sync.WaitGroup
	for _, f := range unlucky {
		pressed.Go(func() { _, _ = f.pay(ctx) }) // he is told to wait, or that it did not work
	}
	hidden := func(want bool) func() (bool, error) {
		return func() (bool, error) {
			said, err := o.eligible(ctx, "wechat", nil)
			return (said.leftOut(o.options.Channel).Rule == "channel_outage") == want, err
		}
	}
	if err := o.until(ctx, "the breaker to open", hidden(true)); err != nil {
		return err
	}
	o.tell("the provider fails again and again: the way to pay is hidden", models.Open)
	if err := o.provider.mend(ctx); err != nil {
		return err
	}
	if err := o.until(ctx, "the breaker to close", hidden(false)); err != nil {
		return err
	}
	o.tell("it answers again: the way to pay is back by itself", models.Open)
	pressed.Wait()
	for _, f := range unlucky {
		if err := f.ask(ctx, "cancel", nil, nil); err != nil {
			return err
		}
	}
	return nil
}
