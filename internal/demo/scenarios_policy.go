package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/models"
)

// playPolicy is a tour through who may pay with what, and where. Each stop changes what an
// operator may change, asks as merchant or friend, and holds the reasons against what they
// should be. What was changed is taken back at the end.
func playPolicy(ctx context.Context, s *story) (err error) {
	o, err := s.newOffice()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.tidy(context.WithoutCancel(ctx))) }()
	for _, stop := range []struct {
		name string
		play func(context.Context, *office) error
	}{
		{"an order for Alipay only", alipayOnly}, {"kinds of orders", kindsOfOrders},
		{"an app under review", reviewed}, {"a ramp", ramp}, {"five surfaces", fiveSurfaces},
		{"two stacked offers", stackedOffers}, {"a limit", reachLimit}, {"a breaker", breakerOpens},
	} {
		if err := stop.play(ctx, o); err != nil {
			return fmt.Errorf("%s: %w", stop.name, err)
		}
	}
	return nil
}

// because holds the reason for a channel's absence against the rule that should have given
// it, and against the way out.
func (a answer) because(channel, rule, fix string) error {
	if why := a.leftOut(channel); a.offers(channel) || why.Rule != rule || why.Fix != fix {
		return fmt.Errorf("%s: left out by %q with way out %q, not by %q with %q; offered: %v",
			channel, why.Rule, why.Fix, rule, fix, a.offers(channel))
	}
	return nil
}

// offered fails unless all of these are.
func (a answer) offered(channels ...string) error {
	for _, channel := range channels {
		if !a.offers(channel) {
			return fmt.Errorf("%s is not offered: %+v", channel, a.leftOut(channel))
		}
	}
	return nil
}

// alipayOnly: of the ways on a phone only Alipay's are left, and Huabei.
func alipayOnly(ctx context.Context, o *office) error {
	said, err := o.eligible(ctx, "mobile", map[string]any{
		"allowed_channels": []string{"alipay_wap", "alipay_jsapi", "alipay_qr", "alipay_huabei"},
	})
	if err != nil {
		return err
	}
	o.tell("an order for Alipay or Huabei: nothing else is offered, and each says why", models.Open)
	return errors.Join(said.offered("alipay_wap", "alipay_huabei"),
		said.because("wechatpay_h5", "order_channels", "other_channel"),
		said.because("unionpay_wap", "order_channels", "other_channel"))
}

// kindsOfOrders: who orders from abroad pays himself; what is virtual takes no credit.
func kindsOfOrders(ctx context.Context, o *office) error {
	for _, kind := range []string{"cross_border", "top_up"} {
		said, err := o.eligible(ctx, "mobile", map[string]any{"kind": kind})
		if err != nil {
			return err
		}
		if said.State != "disabled" || len(said.Reasons) != 1 || said.Reasons[0].Rule != "kind_friend_pay" ||
			said.Reasons[0].Fix != "pay_yourself" {
			return fmt.Errorf("%s: %s because of %+v", kind, said.State, said.Reasons)
		}
	}
	said, err := o.eligible(ctx, "mobile", map[string]any{"kind": "virtual"})
	if err != nil {
		return err
	}
	o.tell("cross-border and top-ups are for the orderer to pay; virtual goods take no credit", models.Open)
	return errors.Join(said.offered("alipay_wap"), said.because("alipay_huabei", "kind_credit", "other_channel"))
}

// reviewed: while the provider reviews the app, nobody outside learns of it.
func reviewed(ctx context.Context, o *office) error {
	row := map[string]any{"app_id": local.DemoApp, "channel": "unionpay_wap", "surface": "",
		"state": "reviewing", "note": "applied for at the provider's desk"}
	key := local.DemoApp + "/unionpay_wap/"
	if err := o.rule(ctx, "onboarding", key, row); err != nil {
		return err
	}
	said, err := o.eligible(ctx, "mobile", nil)
	if err != nil {
		return err
	}
	why := said.leftOut("unionpay_wap")
	told := strings.ToLower(why.ZH + why.EN + why.Rule)
	if strings.Contains(told, "review") || strings.Contains(told, "审") {
		return fmt.Errorf("the payer's page tells of the review: %+v", why)
	}
	if err := said.because("unionpay_wap", "channel_onboarding", "other_channel"); err != nil {
		return err
	}
	o.tell("Cloud QuickPass reviews the app: the payer sees neither channel nor a word of it", models.Open)
	row["state"] = "approved"
	if err := o.rule(ctx, "onboarding", key, row); err != nil {
		return err
	}
	if said, err = o.eligible(ctx, "mobile", nil); err != nil {
		return err
	}
	o.tell("approved: it is offered, without a deploy", models.Open)
	return said.offered("unionpay_wap")
}

// buyers is how many of them the ramp is looked at with.
const buyers = 50

// ramp: 0, 10 and 100 percent of the buyers, then draining: who has a link keeps his way to
// pay, nobody new gets one.
func ramp(ctx context.Context, o *office) error {
	key := "channel/wechatpay_h5/" + local.DemoApp
	grey := func(state string, points int) error {
		return o.rule(ctx, "rollouts", key, map[string]any{"feature": "channel", "channel": "wechatpay_h5",
			"app_id": local.DemoApp, "state": state, "basis_points": points, "owner": "payments"})
	}
	var in []string
	for _, step := range []struct {
		state       string
		points      int
		least, most int
	}{{"grey", 0, 0, 0}, {"grey", 1000, 1, 15}, {"grey", 10000, buyers, buyers}} {
		if err := grey(step.state, step.points); err != nil {
			return err
		}
		now, err := o.reached(ctx, "wechatpay_h5")
		if err != nil {
			return err
		}
		if len(now) < step.least || len(now) > step.most {
			return fmt.Errorf("%d of %d buyers at %d basis points", len(now), buyers, step.points)
		}
		for _, buyer := range in {
			if !slices.Contains(now, buyer) {
				return fmt.Errorf("%s was in and is out at %d basis points", buyer, step.points)
			}
		}
		in = now
		o.tell(fmt.Sprintf("released to %d%%: %d of %d buyers", step.points/100, len(now), buyers), models.Open)
	}
	if err := o.drain(ctx, grey); err != nil {
		return err
	}
	return o.takeAway(ctx, ruled{"rollouts", key})
}

// reached are the buyers to whom a channel is offered.
func (o *office) reached(ctx context.Context, channel string) (in []string, err error) {
	for i := range buyers {
		buyer := fmt.Sprintf("ramp-%d", i)
		said, err := o.eligible(ctx, "mobile", map[string]any{"buyer": map[string]string{"id": buyer}})
		if err != nil {
			return nil, err
		}
		if said.offers(channel) {
			in = append(in, buyer)
		}
	}
	return in, nil
}

// drain: a link that was made before still leads to the channel, and can be paid.
func (o *office) drain(ctx context.Context, grey func(string, int) error) error {
	s := o.sibling("a link from before", expected{State: models.CancelledMerchant})
	if err := s.place(ctx, hour); err != nil {
		return err
	}
	if err := grey("draining", 10000); err != nil {
		return err
	}
	now, err := o.reached(ctx, "wechatpay_h5")
	if err != nil {
		return err
	}
	shown, err := s.opened(ctx, onPhone)
	if err != nil {
		return err
	}
	if len(now) > 0 || !slices.Contains(shown, "wechatpay_h5") {
		return fmt.Errorf("draining: %d new ones; the old link shows %v", len(now), shown)
	}
	o.tell("draining: nobody new; the link made before still leads to it", models.Open)
	return s.ask(ctx, "cancel", nil, nil)
}
