package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/models"
)

// ask is the merchant's server calling about its request.
func (s *story) ask(ctx context.Context, what string, body, into any) error {
	address := s.house.APIURL + "/v1/requests/" + s.request + "/" + what
	if err := s.insist(ctx, address, body, into); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// insist repeats a call that was not taken for now under the same Idempotency-Key, as
// the merchant's server has to.
func (s *story) insist(ctx context.Context, address string, body, into any) error {
	header := s.merchant()
	var err error
	for range tries {
		if err = post(ctx, http.DefaultClient, address, header, body, into); !later(err) {
			return err
		}
	}
	return err
}

// tries is how often somebody asks who is told "not now".
const tries = 5

// later says that a call was not taken for now: the same call may be taken again.
func later(err error) bool {
	var p *problem
	return errors.As(err, &p) && p.Status == http.StatusServiceUnavailable
}

// refund gives money back; zero is all that is left.
func (s *story) refund(ctx context.Context, amount models.Money) error {
	body := map[string]any{"reason": "returned"}
	if amount.Minor > 0 {
		body["amount"] = amount
	}
	return s.ask(ctx, "refunds", body, nil)
}

// cancel ends the request; by force the merchant cannot deliver.
func (s *story) cancel(ctx context.Context, force bool) error {
	return s.ask(ctx, "cancel", map[string]any{"force": force}, nil)
}

// reprice tells a new price, in fen; quotes are made at it from now on.
func (s *story) reprice(ctx context.Context, fen int64) error {
	s.price, s.version = fen, s.version+1
	return s.ask(ctx, "price", map[string]any{"payable": models.CNY(fen), "price_version": s.version}, nil)
}

// answerPrice is the buyer's yes or no to a higher price: "accept" or "decline".
func (s *story) answerPrice(ctx context.Context, answer string) error {
	return s.ask(ctx, "price/"+answer, struct{}{}, nil)
}

// buyerChannel is how a buyer pays from his own page, without a login at a provider.
func (s *story) buyerChannel() string {
	ways := map[string]string{
		"wechatpay": "wechatpay_native", "alipay": "alipay_qr", "unionpay": "unionpay_qr",
		"mockpay": local.DemoChannel,
	}
	return ways[s.channel.provider]
}

// buyerPays takes the slot for the buyer himself.
func (s *story) buyerPays(ctx context.Context) (made attempt, err error) {
	err = s.ask(ctx, "pay", map[string]string{"channel": s.buyerChannel()}, &made)
	return made, err
}

// refused is nil when err is our API's refusal for that reason, and only then.
func refused(err error, reason string) error {
	var p *problem
	switch {
	case errors.As(err, &p) && p.Reason == reason:
		return nil
	case err == nil:
		return fmt.Errorf("it was taken, not refused as %s", reason)
	default:
		return fmt.Errorf("it was not refused as %s: %w", reason, err)
	}
}

// withdraw gives the slot up.
func (f *friend) withdraw(ctx context.Context, made attempt) error {
	return f.post(ctx, "/v1/link/attempts/"+made.Number+"/withdraw", struct{}{}, nil)
}
