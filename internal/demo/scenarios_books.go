package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

const (
	reconciling = "reconcile"
	paidFor     = 200 // payments
	overcharged = 50  // fen that a provider keeps above what was agreed, once
)

// rail is how payments that are compared later were paid: a line each.
type rail struct {
	channel, provider, account string
	fee                        int64         // fen that the provider keeps of a payment
	ahead                      time.Duration // how long before midnight its next day begins
}

var rails = []rail{
	{local.DemoChannel, "mockpay", local.DemoAccount, 77, 0},
	{"wechatpay_native", "wechatpay", local.WeChatAccount, 77, 0},
	{"alipay_qr", "alipay", local.AlipayAccount, 77, 0},
	{"unionpay_qr", "unionpay", local.UnionPayAccount, 71, time.Hour},
}

// days are those of the rail's files that hold what moved in between.
func (r rail) days(from, to time.Time) []string {
	day := func(at time.Time) string { return at.Add(r.ahead).In(models.Shanghai).Format(time.DateOnly) }
	return slices.Compact([]string{day(from), day(to)})
}

// playReconcile pays over all rails, gives one payment back, and compares the day with
// the statements of all providers twice. The first rail's provider took money that nobody
// here knows of and gave a part of it back; its file lacks a line, the second rail's has a
// fee that was not agreed, the last one's a wrong amount.
func playReconcile(ctx context.Context, s *story) error {
	began := time.Now()
	before, err := s.compareAll(ctx, began, began) // what other stories moved today; all of it fits
	if err != nil {
		return err
	}
	payments, err := s.payMany(ctx)
	if err != nil {
		return err
	}
	s.tell(fmt.Sprintf("%d payments over %d rails, one given back", paidFor, len(rails)), models.PaidByBuyer)
	wanted, err := s.spoilBooks(ctx, payments)
	if err != nil {
		return err
	}
	paid := time.Now()
	first, err := s.compareAll(ctx, began, paid)
	if err != nil {
		return err
	}
	if err := first.since(before).fits(wanted); err != nil {
		return err
	}
	s.tell(fmt.Sprintf("%d findings, each a case; fees of %d fen", len(first.Findings), first.Fees), "")
	second, err := s.compareAll(ctx, began, paid)
	if err != nil {
		return err
	}
	if second.Opened+second.Healed != 0 || !slices.Equal(first.Findings, second.Findings) ||
		!slices.Equal(first.Cases, second.Cases) {
		return fmt.Errorf("a second run changed something: %+v, %+v", first, second)
	}
	s.tell("a second run changes nothing", "")
	return nil
}

// payMany lets buyers pay over the rails in turn, and gives the first payment back.
func (s *story) payMany(ctx context.Context) ([]*story, error) {
	buyers := make([]*story, paidFor)
	for i := range buyers {
		want := expected{State: models.PaidByBuyer, Captured: price, Applied: price}
		if i == 0 {
			want = expected{State: models.Refunded, Captured: price, Refunded: price}
		}
		buyers[i] = s.sibling(fmt.Sprintf("payment %d", i+1), want)
		buyers[i].quiet = true
		buyers[i].rail = rails[i%len(rails)]
	}
	if err := each(buyers, func(b *story) error { return b.payByRail(ctx) }); err != nil {
		return nil, err
	}
	for _, b := range buyers {
		if err := b.await(ctx, models.PaidByBuyer); err != nil {
			return nil, err
		}
	}
	if err := buyers[0].refund(ctx, models.Money{}); err != nil {
		return nil, err
	}
	return buyers, buyers[0].await(ctx, models.Refunded)
}

// payByRail lets the buyer pay by the story's rail.
func (s *story) payByRail(ctx context.Context) error {
	if err := s.place(ctx, hour); err != nil {
		return err
	}
	var made attempt
	if err := s.ask(ctx, "pay", map[string]string{"channel": s.rail.channel}, &made); err != nil {
		return err
	}
	s.made = made.Number
	err := s.until(ctx, "the provider's order", func() (bool, error) {
		entries, err := s.provider.journal(ctx, made.Number)
		return count(entries, "order_created") == 1, err
	})
	if err != nil {
		return err
	}
	return s.at(s.rail).capture(ctx, made.Number)
}

func (s *story) at(r rail) *provider { return &provider{base: s.house.SimURL, name: r.provider} }

// wish is a finding that must be reported.
type wish struct{ Name, Number, Route string }

// spoilBooks makes the files of the providers differ from our books, and says how.
func (s *story) spoilBooks(ctx context.Context, payments []*story) ([]wish, error) {
	first, second, last := rails[0], rails[1], rails[len(rails)-1]
	lost, dear, wrong := payments[len(rails)], payments[1], payments[len(rails)-1]
	number, refund, err := s.phantom(ctx, first)
	if err != nil {
		return nil, err
	}
	for _, f := range []fault{
		{Provider: first.provider, Mode: "missing_row", Number: lost.made},
		{Provider: second.provider, Mode: "wrong_fee", Number: dear.made, Minor: second.fee + overcharged},
		{Provider: last.provider, Mode: "wrong_amount", Number: wrong.made, Minor: price - 1},
	} {
		f.Op, f.Count = "statement", -1
		if err := s.provider.spoil(ctx, f); err != nil {
			return nil, err
		}
	}
	s.tell("a phantom, a missing line, a wrong fee and a wrong amount in the files", "")
	return []wish{
		{"phantom capture", number, "case"}, {"phantom refund", refund, "case"},
		{"missing capture", lost.made, "case"}, {"wrong_fee capture", dear.made, "case"},
		{"wrong_amount capture", wrong.made, "case"},
	}, nil
}

// phantom is money at the provider that our books have never heard of, a part of which
// went back: an order that somebody made there with the keys of the account.
func (s *story) phantom(ctx context.Context, r rail) (number, refund string, err error) {
	adapter, err := s.house.Parts.Accounts.Open(ctx, r.provider, r.account)
	if err != nil {
		return "", "", err
	}
	number, refund = mint.Number(), mint.Number()
	for _, unheard := range []string{number, refund} {
		silent := fault{Provider: r.provider, Op: "callback", Mode: "lost", Number: unheard, Count: -1}
		if err := s.provider.spoil(ctx, silent); err != nil {
			return "", "", err
		}
	}
	now := time.Now()
	notify := s.house.APIURL + "/v1/callbacks/" + r.provider + "/" + r.account
	_, err = adapter.Create(ctx, providers.Payment{
		Number: number, Product: adapter.Products()[0], Amount: models.CNY(price), Subject: "phantom",
		CreatedAt: now, ExpiresAt: now.Add(hour), NotifyURL: notify, ReturnURL: s.house.APIURL,
	})
	if err == nil {
		err = s.at(r).capture(ctx, number)
	}
	if err != nil {
		return "", "", fmt.Errorf("make a phantom: %w", err)
	}
	asked := providers.Refund{
		Number: refund, Payment: providers.Ref{Number: number, CreatedAt: now}, Total: models.CNY(price),
		Amount: models.CNY(price / 3), Reason: "phantom", NotifyURL: notify, CreatedAt: now,
	}
	if _, err = adapter.Refund(ctx, asked); err != nil {
		return "", "", fmt.Errorf("give a phantom back: %w", err)
	}
	return number, refund, s.until(ctx, "the phantom's refund", func() (bool, error) {
		status, err := adapter.QueryRefund(ctx, asked)
		return status.State == providers.RefundDone, err
	})
}
