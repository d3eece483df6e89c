package trigger

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"

	"github.com/friendpay/friendpay/client"
)

// beginToPay lets a friend come as far as the cashier.
func beginToPay(ctx context.Context, s *Stage) error {
	_, _, err := s.friendPays(ctx)
	return err
}

// friendPays places a request and lets a friend ask to pay it.
func (s *Stage) friendPays(ctx context.Context) (*friend, attempt, error) {
	if err := place(ctx, s); err != nil {
		return nil, attempt{}, err
	}
	f, err := s.comes(ctx)
	if err != nil {
		return nil, attempt{}, err
	}
	made, err := f.asks(ctx)
	return f, made, err
}

func giveUp(ctx context.Context, s *Stage) error {
	f, made, err := s.friendPays(ctx)
	if err != nil {
		return err
	}
	return f.post(ctx, "/v1/link/attempts/"+made.Number+"/withdraw", struct{}{}, nil)
}

func settle(ctx context.Context, s *Stage) error {
	_, made, err := s.friendPays(ctx)
	if err != nil {
		return err
	}
	return s.simulate(ctx, "pay", map[string]any{"number": made.Number})
}

// refund waits for the money before it gives it back.
func refund(ctx context.Context, s *Stage) error {
	if err := settle(ctx, s); err != nil {
		return err
	}
	if err := s.reaches(ctx, "settled"); err != nil {
		return err
	}
	_, err := s.API.Refund(ctx, rand.Text(), s.request, client.RefundInBody{Reason: new("trigger")})
	return err
}

func cancel(ctx context.Context, s *Stage) error {
	if err := place(ctx, s); err != nil {
		return err
	}
	return s.cancel(ctx)
}

func (s *Stage) cancel(ctx context.Context) error {
	_, err := s.API.Cancel(ctx, rand.Text(), s.request, client.CancelIn{Reason: new("trigger")})
	return err
}

// shortest is as soon as a request may lapse, in seconds of the law's time.
const shortest = 60

func expire(ctx context.Context, s *Stage) error { return s.place(ctx, shortest) }

// payLate lets the provider take money for an order that it had closed: what happens when a payment and a
// close cross each other.
func payLate(ctx context.Context, s *Stage) error {
	_, made, err := s.friendPays(ctx)
	if err != nil {
		return err
	}
	if err := s.cancel(ctx); err != nil {
		return err
	}
	if err := s.reaches(ctx, "cancelled_merchant", "cancelled_buyer"); err != nil {
		return err
	}
	return s.simulate(ctx, "capture", map[string]any{"number": made.Number})
}

func raisePrice(ctx context.Context, s *Stage) error {
	if err := place(ctx, s); err != nil {
		return err
	}
	_, err := s.API.ChangePriceWithResponse(ctx, s.request, nil, client.PriceInBody{
		Payable: client.Amount{Minor: 2 * s.Fen, Currency: "CNY"}, PriceVersion: s.version + 1,
	})
	return err
}

// reaches waits until the request is in one of the states.
func (s *Stage) reaches(ctx context.Context, states ...string) error {
	var last client.RequestViewState
	err := until(ctx, func() (bool, error) {
		r, err := s.API.Show(ctx, s.request)
		if err != nil {
			return false, err
		}
		last = r.State
		return slices.Contains(states, string(r.State)), nil
	})
	if err != nil {
		return fmt.Errorf("%s is %s: %w", s.request, last, err)
	}
	return nil
}
