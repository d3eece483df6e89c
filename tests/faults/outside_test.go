package faults

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/reconcile"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// deadCallback: the provider's callback failed for reasons of our own until it was given up.
func deadCallback(ctx context.Context, s *street) error {
	if err := s.settled(ctx); err != nil {
		return err
	}
	id, err := s.callback(ctx, store.EventApplied)
	if err != nil {
		return err
	}
	s.began = time.Now()
	return s.sql(ctx, "UPDATE provider_events SET status = 'dead', reason = 'poison' WHERE id = $1", id)
}

// callback waits until a callback about the street's number is here, and so far.
func (s *street) callback(ctx context.Context, so store.EventStatus) (id string, err error) {
	err = until(ctx, "a callback that is "+string(so), func() (bool, error) {
		moments, err := s.rows.Timeline(ctx, s.request.ID)
		for _, m := range moments {
			if m.Kind == "callback" && strings.HasSuffix(m.Text, ": "+string(so)) {
				id = m.Ref
			}
		}
		return id != "", err
	})
	return id, err
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

// unknownNumber: somebody makes an order with our keys and our address, and it is paid; its callback
// is genuine, and about a number that we do not have.
func unknownNumber(ctx context.Context, s *street) error {
	adapter, err := s.house.Parts.Accounts.Open(ctx, s.way.Provider, s.way.Account)
	if err != nil {
		return err
	}
	now, number := time.Now(), mint.Number()
	_, err = adapter.Create(ctx, providers.Payment{
		Number: number, Product: s.way.Product, Amount: models.CNY(12900), Subject: "Kettle", CreatedAt: now,
		ExpiresAt: now.Add(time.Hour), ReturnURL: s.house.APIURL, PayerIP: "127.0.0.1",
		NotifyURL: s.house.APIURL + "/v1/callbacks/" + s.way.Provider + "/" + s.way.Account,
	})
	if err != nil {
		return fmt.Errorf("make an order that is not ours: %w", err)
	}
	s.began = time.Now()
	return s.press(ctx, "pay", number)
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

// allTold waits until all that the merchant was to be told got through.
func allTold(ctx context.Context, s *street) error {
	return until(ctx, "all webhooks to be delivered", func() (bool, error) {
		page, err := s.rows.Deliveries(ctx, store.DeliveryFilter{Request: s.request.ID})
		waits := slices.ContainsFunc(page.Items, func(d store.Delivery) bool { return d.State != store.Delivered })
		return len(page.Items) > 0 && !waits, err
	})
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
