package providertest

import (
	"context"
	"fmt"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// refundCoupon pays 10.00 of which a coupon pays 3.00, and gives it back in three parts:
// each is shared between payer and coupon, and all of them make both whole to the fen.
func refundCoupon(ctx context.Context, b *Bench) error {
	payment, err := b.made(ctx, 1000)
	if err != nil {
		return err
	}
	if err := b.Driver.PayWithCoupon(ctx, payment.Number, 300); err != nil {
		return fmt.Errorf("pay with a coupon: %w", err)
	}
	status, err := b.Adapter.Query(ctx, providers.Ref{Number: payment.Number, CreatedAt: payment.CreatedAt})
	if err != nil || status.Captured != models.CNY(1000) || status.Coupon != models.CNY(300) {
		return fmt.Errorf("paid %s, %s of it by the coupon: %w", status.Captured, status.Coupon, err)
	}
	if status.Funding == "" {
		return fmt.Errorf("it is not told where the payer's part came from")
	}
	var toPayer, toCoupon int64
	for _, fen := range []int64{333, 333, 334} {
		part := b.back(payment, fen)
		if err := b.accept(ctx, part); err != nil {
			return err
		}
		if err := b.ends(ctx, part, providers.RefundDone); err != nil {
			return err
		}
		done, err := b.Adapter.QueryRefund(ctx, part)
		if err != nil {
			return err
		}
		coupon := done.Coupon.Minor
		if done.Coupon.Currency != "CNY" || coupon < fen*3/10-1 || coupon > fen*3/10+1 {
			return fmt.Errorf("%s of %d fen went into the coupon", done.Coupon, fen)
		}
		toPayer, toCoupon = toPayer+fen-coupon, toCoupon+coupon
	}
	if toPayer != 700 || toCoupon != 300 {
		return fmt.Errorf("%d fen went to the payer and %d into the coupon", toPayer, toCoupon)
	}
	return nil
}

// couponless takes what a coupon got back for the payer's.
type couponless struct{ providers.Adapter }

func (c couponless) QueryRefund(ctx context.Context, r providers.Refund) (providers.RefundStatus, error) {
	status, err := c.Adapter.QueryRefund(ctx, r)
	status.Coupon = models.Money{Currency: status.Refunded.Currency}
	return status, err
}
