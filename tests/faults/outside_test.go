//go:build faults

package faults

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/reconcile"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

func (s *street) event(number string) store.ProviderEvent {
	return store.ProviderEvent{
		Provider: s.way.Provider, Account: s.way.Account, Key: mint.Number(), Kind: providers.PaymentNotice,
		Number: number, Raw: []byte("{}"),
	}
}

// deadCallback: a callback that failed for reasons of our own until it was given up.
func deadCallback(ctx context.Context, s *street) error {
	if err := s.settled(ctx); err != nil {
		return err
	}
	return s.rows.WithTx(ctx, func(tx *store.Store) error {
		kept, err := tx.KeepEvent(ctx, s.event(s.number))
		if err != nil {
			return err
		}
		return tx.MarkEvent(ctx, kept.ID, store.Mark{Status: store.EventDead, Reason: "poison"})
	})
}

// forgedBurst: somebody sends callbacks that nobody signed.
func forgedBurst(ctx context.Context, s *street) error {
	address := s.house.APIURL + "/v1/callbacks/" + s.way.Provider + "/" + s.way.Account
	for range 6 {
		status, _ := post(ctx, address, []byte(`{"number":"`+mint.Number()+`"}`))
		if status != http.StatusUnauthorized {
			return fmt.Errorf("a forged callback was answered %d", status)
		}
	}
	return nil
}

// unknownNumber: a genuine callback about a number that is not ours.
func unknownNumber(ctx context.Context, s *street) error {
	_, err := s.rows.KeepEvent(ctx, s.event(mint.Number()))
	return err
}

// hookRefuses: the money is here, and the merchant's order does not take it.
func hookRefuses(ctx context.Context, s *street) error {
	s.system.answers(`{"accepted":false,"reason":"order_gone"}`)
	if err := s.opened(ctx, true); err != nil {
		return err
	}
	if err := s.spoil(s.number, faults.StuckProcessing, faults.Refund); err != nil {
		return err
	}
	return s.press(ctx, "pay", s.number)
}

// hookDown: the money is here, and the merchant's system does not answer.
func hookDown(ctx context.Context, s *street) error {
	if err := s.opened(ctx, true); err != nil {
		return err
	}
	return s.press(ctx, "pay", s.number)
}

func hookBack(_ context.Context, s *street) error {
	s.system.answers(`{"accepted":true}`)
	return nil
}

// webhookDead: the merchant's endpoint says that it is gone.
func webhookDead(ctx context.Context, s *street) error {
	s.system.status.Store(http.StatusGone)
	return s.settled(ctx)
}

func webhooksBack(_ context.Context, s *street) error {
	s.system.status.Store(http.StatusNoContent)
	return nil
}

// reconciliationGap: the statement of a provider, at which nobody else pays here, lacks a payment.
func reconciliationGap(ctx context.Context, s *street) error {
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
	if err := s.spoil(s.number, faults.MissingRow, faults.Statement); err != nil {
		return err
	}
	s.began = time.Now()
	day := s.began.In(models.Shanghai).Format(time.DateOnly)
	out, err := s.house.Parts.Books().Day(ctx, reconcile.Job{
		StatementDay: models.StatementDay{Provider: s.way.Provider, Account: s.way.Account, Day: day}, Final: true,
	})
	if err == nil && out.Opened == 0 {
		err = errors.New("the comparison found nothing")
	}
	return err
}
