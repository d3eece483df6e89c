package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// What is given back first of a payment in parts, and what a coupon pays of another: of
// 43.00 out of 129.00, of which a coupon paid 9.00, the payer gets 40.00.
const (
	part     = 4300
	coupon   = 900
	partOwn  = 4000
	wholeOwn = price - coupon
)

// playRefund gives money back after the sale: at once, in parts, with a coupon in it, and
// while the merchant's balance is empty.
func playRefund(ctx context.Context, s *story) error {
	want := expected{State: models.Refunded, Captured: price, Refunded: price}
	return s.together(ctx,
		tale{"whole", refundWhole, want}, tale{"parts", refundParts, want},
		tale{"coupon", refundCoupon, want}, tale{"no funds", refundWithoutFunds, want})
}

func refundWhole(ctx context.Context, s *story) error {
	if err := playPaid(ctx, s); err != nil {
		return err
	}
	return s.refundRest(ctx, "the merchant gives all of it back")
}

// refundRest gives back all that is left, and waits until everybody knows.
func (s *story) refundRest(ctx context.Context, what string) error {
	if err := s.refund(ctx, models.Money{}); err != nil {
		return err
	}
	if err := s.await(ctx, models.Refunded); err != nil {
		return err
	}
	s.tell(what, models.Refunded)
	return s.awaitBothTold(ctx, "request.refunded")
}

func refundParts(ctx context.Context, s *story) error {
	if err := playPaid(ctx, s); err != nil {
		return err
	}
	if err := s.refundPart(ctx); err != nil {
		return err
	}
	return s.refundRest(ctx, "and then the rest, under another number")
}

func (s *story) refundPart(ctx context.Context) error {
	if err := s.refund(ctx, models.CNY(part)); err != nil {
		return err
	}
	if err := s.await(ctx, models.PartlyRefunded); err != nil {
		return err
	}
	s.tell("the merchant gives a part back", models.PartlyRefunded)
	return nil
}

// refundCoupon lets a coupon of the provider's pay a part: each refund is shared between
// payer and coupon, and the payer's page names his part, never more.
func refundCoupon(ctx context.Context, s *story) error {
	s.coupon = coupon
	if err := playPaid(ctx, s); err != nil {
		return err
	}
	if err := s.refundPart(ctx); err != nil {
		return err
	}
	if err := s.payer.reads(ctx, partOwn); err != nil {
		return err
	}
	if err := s.refundRest(ctx, "and then the rest: payer and coupon each have theirs"); err != nil {
		return err
	}
	return s.payer.reads(ctx, partOwn, wholeOwn-partOwn)
}

// reads checks what the friend's own page says he has got back, refund by refund.
func (f *friend) reads(ctx context.Context, want ...int64) error {
	refunds, err := f.refunds(ctx)
	if err != nil {
		return err
	}
	var read []int64
	for _, r := range refunds {
		if r.AskedAt.IsZero() || r.ExpectedBy.IsZero() {
			return errors.New("his page does not say when he asked, or when to expect it")
		}
		read = append(read, r.Amount.Minor)
	}
	if !slices.Equal(read, want) {
		return fmt.Errorf("his page says that he got %d fen back, not %d", read, want)
	}
	return nil
}

// payersRefund is a refund as the friend's page has it.
type payersRefund struct {
	Number     string       `json:"number"`
	Amount     models.Money `json:"amount"`
	AskedAt    time.Time    `json:"asked_at"`
	ExpectedBy time.Time    `json:"expected_by"`
	Stranded   bool         `json:"stranded"`
}

func (f *friend) refunds(ctx context.Context) ([]payersRefund, error) {
	var page struct {
		Attempts []struct {
			Refunds []payersRefund `json:"refunds"`
		} `json:"attempts"`
	}
	if err := f.get(ctx, "/v1/link", &page); err != nil {
		return nil, err
	}
	if len(page.Attempts) == 0 {
		return nil, errors.New("his page knows no payment of his")
	}
	return page.Attempts[len(page.Attempts)-1].Refunds, nil
}

// refundWithoutFunds empties the merchant's balance: the refund waits, staff have a case,
// and it goes back under the same number once the balance is topped up.
func refundWithoutFunds(ctx context.Context, s *story) error {
	if err := playPaid(ctx, s); err != nil {
		return err
	}
	empty := fault{Provider: s.channel.provider, Op: "refund", Mode: "not_enough", Number: s.made, Count: -1}
	if err := s.provider.spoil(ctx, empty); err != nil {
		return err
	}
	if err := s.refund(ctx, models.Money{}); err != nil {
		return err
	}
	if err := s.untilCases(ctx, 1); err != nil {
		return err
	}
	s.tell("the merchant's balance is empty: it waits, and staff have a case", models.Refunding)
	if err := s.staffSee(ctx); err != nil {
		return err
	}
	if err := s.provider.mend(ctx); err != nil {
		return err
	}
	s.tell("he tops it up", models.Refunding)
	if err := s.await(ctx, models.Refunded); err != nil {
		return err
	}
	if err := errors.Join(s.untilCases(ctx, 0), s.oneRefund(ctx)); err != nil {
		return err
	}
	s.tell("the refund goes through under its number, and the case is closed", models.Refunded)
	return s.awaitBothTold(ctx, "request.refunded")
}

// untilCases waits until so many cases about refunds are open.
func (s *story) untilCases(ctx context.Context, want int) error {
	return s.until(ctx, fmt.Sprintf("%d cases", want), func() (bool, error) {
		open, err := s.house.Parts.Store.Cases(ctx, store.CaseFilter{Request: s.request, Kind: models.CaseRefund})
		return len(open.Items) == want, err
	})
}

// staffSee checks that the list of what is stuck names the request.
func (s *story) staffSee(ctx context.Context) error {
	rows, err := s.house.Parts.Store.Stuck(ctx, store.StuckFilter{Now: time.Now(), Limit: 500})
	ours := func(r store.StuckRow) bool { return r.Request == s.request }
	if err == nil && !slices.ContainsFunc(rows.Items, ours) {
		err = errors.New("staff do not see it among what is stuck")
	}
	return err
}

// oneRefund checks that the provider made one refund of the payment, and only one.
func (s *story) oneRefund(ctx context.Context) error {
	entries, err := s.provider.journal(ctx, s.made)
	if made := count(entries, "refund_created"); err == nil && made != 1 {
		err = fmt.Errorf("the provider made %d refunds", made)
	}
	return err
}
