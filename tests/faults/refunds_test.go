package faults

import (
	"context"
	"errors"
	"time"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/models"
)

// unknownRefund: the provider takes the refund on, and its answers are lost.
func unknownRefund(ctx context.Context, s *street) error {
	s.speed = 1
	if err := s.settled(ctx); err != nil {
		return err
	}
	number := mint.Number()
	if err := errors.Join(s.spoil(number, faults.DropAfter, faults.Refund),
		s.spoil(number, faults.ErrorBefore, faults.RefundQuery)); err != nil {
		return err
	}
	s.began = time.Now()
	return s.refund(ctx, number)
}

// byWeChat leads the street to the demo merchant's rail at which nobody else pays here.
func (s *street) byWeChat() {
	s.app = local.DemoApp
	s.way = models.Pay{
		Channel: "wechatpay_native", Provider: "wechatpay", Account: local.WeChatAccount, Product: "native",
	}
}

// refundAbnormal: the payer's account cannot take the money.
func refundAbnormal(ctx context.Context, s *street) error {
	s.byWeChat()
	if err := s.opened(ctx, false); err != nil {
		return err
	}
	if err := s.press(ctx, "capture", s.number); err != nil {
		return err
	}
	if err := ends(models.Settled)(ctx, s); err != nil {
		return err
	}
	if err := s.spoil(s.number, faults.Abnormal, faults.Refund); err != nil {
		return err
	}
	s.began = time.Now()
	return s.refund(ctx, mint.Number())
}

// refundNoFunds: the merchant's balance is empty.
func refundNoFunds(ctx context.Context, s *street) error {
	if err := s.settled(ctx); err != nil {
		return err
	}
	if err := s.spoil(s.number, faults.NotEnough, faults.Refund); err != nil {
		return err
	}
	s.began = time.Now()
	return s.refund(ctx, mint.Number())
}

// repaid lets the provider end a refund that takes its time.
func repaid(ctx context.Context, s *street) error {
	return until(ctx, "the provider to know the refund", func() (bool, error) {
		row, err := s.rows.Request(ctx, s.request.ID)
		for _, f := range row.Refunds {
			if f.Outstanding() && err == nil {
				err = s.simulate(ctx, "refunds", map[string]string{"number": f.Number, "state": "done"})
			}
		}
		return len(row.Refunds) > 0, err
	})
}
