package demo

import (
	"context"
	"fmt"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
)

// playAbnormalRefund lets a refund fail because the payer's account cannot take it: he is
// asked on his page what to do, and a human puts it right at the provider.
func playAbnormalRefund(ctx context.Context, s *story) error {
	if err := playPaid(ctx, s); err != nil {
		return err
	}
	if err := s.provider.spoil(ctx, fault{Op: "refund", Mode: "abnormal"}); err != nil {
		return err
	}
	if err := s.refund(ctx, models.Money{}); err != nil {
		return err
	}
	if s.channel.silent {
		return s.refundAskedAgain(ctx)
	}
	if err := s.await(ctx, models.RefundStuck); err != nil {
		return err
	}
	s.tell("the payer's account cannot take the money: a case for a human", models.RefundStuck)
	if s.channel.final {
		return s.refundRenewed(ctx)
	}
	number, err := s.payer.wishes(ctx, models.WishContact)
	if err != nil {
		return err
	}
	s.tell("he is asked on his page, and would like to be contacted", models.RefundStuck)
	if err := s.provider.repay(ctx, number); err != nil {
		return err
	}
	if err := s.await(ctx, models.Refunded); err != nil {
		return err
	}
	s.tell("a human put it right at the provider, who reported it", models.Refunded)
	return s.awaitBothTold(ctx, "request.refunded")
}

// wishes answers what the friend's page asks about his one stranded refund.
func (f *friend) wishes(ctx context.Context, what string) (number string, err error) {
	refunds, err := f.refunds(ctx)
	if err != nil {
		return "", err
	}
	if len(refunds) != 1 || !refunds[0].Stranded {
		return "", fmt.Errorf("his page asks about nothing: %v", refunds)
	}
	number = refunds[0].Number
	return number, f.post(ctx, "/v1/link/refunds/"+number+"/wish", map[string]string{"wish": what}, nil)
}

// refundAskedAgain: the provider tells nothing of a refund that failed, so that nobody can
// know; it is asked for again, under its number, until the account takes it.
func (s *story) refundAskedAgain(ctx context.Context) error {
	if err := s.await(ctx, models.Refunded); err != nil {
		return err
	}
	entries, err := s.provider.journal(ctx, s.made)
	lost, done := count(entries, "refund_closed"), count(entries, "refund_done")
	if err == nil && (lost != 1 || done != 1) {
		err = fmt.Errorf("%d refunds failed and %d were done", lost, done)
	}
	if err != nil {
		return err
	}
	s.tell("it failed, and nothing told so: it was asked for again under its number", models.Refunded)
	return s.awaitBothTold(ctx, "request.refunded")
}

// refundRenewed: a refund that failed is over at the provider. Once the payer's bank takes
// money again, staff send it under a new number.
func (s *story) refundRenewed(ctx context.Context) error {
	if err := s.retryRefund(ctx); err != nil {
		return err
	}
	if err := s.await(ctx, models.Refunded); err != nil {
		return err
	}
	s.tell("the old one is over here: staff send it again under a new number", models.Refunded)
	return s.awaitBothTold(ctx, "request.refunded")
}

// retryRefund is staff trying the one refund of a request again.
func (s *story) retryRefund(ctx context.Context) error {
	row, err := s.house.Parts.Store.Request(ctx, s.request)
	if err == nil && len(row.Refunds) != 1 {
		err = fmt.Errorf("there are %d refunds, not one", len(row.Refunds))
	}
	if err != nil {
		return err
	}
	again := models.Event{
		Kind: models.RefundRetried, Actor: "staff:demo", Refund: row.Refunds[0].Number, Spare: mint.Number(),
	}
	if _, err := s.house.Parts.Door.Post(ctx, row, "retry_"+again.Spare, again); err != nil {
		return fmt.Errorf("try the refund again: %w", err)
	}
	return nil
}
