package demo

import (
	"context"
	"fmt"

	"github.com/friendpay/friendpay/models"
)

// What may become of a cancelled request's money.
var (
	cancelled   = expected{State: models.CancelledMerchant}
	cancelledOK = expected{State: models.CancelledMerchant, Captured: price, Refunded: price}
	stands      = expected{State: models.Settled, Captured: price, Applied: price}
)

// playCancelWhilePaying plays every order in which a merchant's cancellation, the
// payer's success and the provider's answer to the close may come; once politely,
// when money that wins stands, and once by force, when it goes back.
func playCancelWhilePaying(ctx context.Context, s *story) error {
	var tales []tale
	for _, force := range []bool{false, true} {
		how, won := "soft", stands
		if force {
			how, won = "forced", cancelledOK
		}
		tales = append(tales,
			tale{how + ", close, no money", cancelThenClose(force), cancelled},
			tale{how + ", money, close says paid", cancelThenPaid(force), won},
			tale{how + " after money nobody told", paidThenCancel(force), won},
			tale{how + " after it settled", settledThenCancel(force), stands},
			tale{how + ", close, money", closedThenPaid(force), cancelledOK})
	}
	return s.together(ctx, tales...)
}

// cancelPaying begins a payment and cancels the request before anything else happens.
func (s *story) cancelPaying(ctx context.Context, force bool) (attempt, error) {
	made, err := s.begin(ctx, hour)
	if err == nil {
		err = s.cancel(ctx, force)
	}
	if err == nil {
		s.tell("the merchant cancels", models.Closing)
	}
	return made, err
}

func cancelThenClose(force bool) func(context.Context, *story) error {
	return func(ctx context.Context, s *story) error {
		if _, err := s.cancelPaying(ctx, force); err != nil {
			return err
		}
		return s.ends(ctx, models.CancelledMerchant)
	}
}

func cancelThenPaid(force bool) func(context.Context, *story) error {
	return func(ctx context.Context, s *story) error {
		made, err := s.begin(ctx, hour)
		if err != nil {
			return err
		}
		if s.channel.unclosed {
			return s.cancelUnclosed(ctx, made, force)
		}
		race := fault{Op: "close", Mode: "pay_between_query_and_close", Number: made.Number}
		if err := s.provider.spoil(ctx, race); err != nil {
			return err
		}
		if err := s.cancel(ctx, force); err != nil {
			return err
		}
		s.tell("the merchant cancels; the friend pays in the last moment", models.Closing)
		if err := s.ends(ctx, s.want.State); err != nil {
			return err
		}
		entries, err := s.provider.journal(ctx, made.Number)
		if err == nil && count(entries, "close_refused") == 0 {
			err = fmt.Errorf("the close was never answered by \"paid\"")
		}
		return err
	}
}

// cancelUnclosed cancels what cannot be closed, and pays it all the same.
func (s *story) cancelUnclosed(ctx context.Context, made attempt, force bool) error {
	if err := s.cancel(ctx, force); err != nil {
		return err
	}
	if err := s.payUnclosed(ctx, made, models.Closing); err != nil {
		return err
	}
	return s.ends(ctx, s.want.State)
}

// paidThenCancel pays, and cancels before anybody on our side can know.
func paidThenCancel(force bool) func(context.Context, *story) error {
	return func(ctx context.Context, s *story) error {
		made, err := s.begin(ctx, hour)
		if err != nil {
			return err
		}
		if err := s.unheard(ctx, made); err != nil {
			return err
		}
		if err := s.cancel(ctx, force); err != nil {
			return err
		}
		s.tell("the merchant cancels what is paid already", models.Closing)
		return s.ends(ctx, s.want.State)
	}
}

// deaf is how many questions find nobody: enough for us to act before a poll can tell.
const deaf = 3

// unheard lets him pay, no callback come, and the next questions find nobody.
func (s *story) unheard(ctx context.Context, made attempt) error {
	for _, f := range []fault{
		{Op: "callback", Mode: "lost", Number: made.Number, Count: -1},
		{Op: "query", Mode: "error_before", Number: made.Number, Count: deaf},
	} {
		if err := s.provider.spoil(ctx, f); err != nil {
			return err
		}
	}
	if err := s.channel.press(ctx, s.provider, made); err != nil {
		return fmt.Errorf("pay at the provider: %w", err)
	}
	s.tell("he pays; nobody tells us", models.Paying)
	return nil
}

func settledThenCancel(force bool) func(context.Context, *story) error {
	return func(ctx context.Context, s *story) error {
		if err := playPaid(ctx, s); err != nil {
			return err
		}
		return refused(s.cancel(ctx, force), "already_paid")
	}
}

func closedThenPaid(force bool) func(context.Context, *story) error {
	return func(ctx context.Context, s *story) error {
		made, err := s.cancelPaying(ctx, force)
		if err != nil {
			return err
		}
		if err := s.ends(ctx, models.CancelledMerchant); err != nil {
			return err
		}
		if err := s.provider.capture(ctx, made.Number); err != nil {
			return err
		}
		s.tell("the provider takes the money all the same", models.CancelledMerchant)
		return s.awaitFriendTold(ctx, "request.refunded")
	}
}

// ends waits for the state that a request ends in, and tells of it.
func (s *story) ends(ctx context.Context, state models.State) error {
	if err := s.await(ctx, state); err != nil {
		return err
	}
	s.tell("it ends", state)
	return nil
}
