package providertest

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/friendpay/friendpay/providers"
)

type certain struct{ providers.Adapter }

func (a certain) Create(ctx context.Context, p providers.Payment) (providers.Presentation, error) {
	shown, err := a.Adapter.Create(ctx, p)
	var failed *providers.Error
	if errors.As(err, &failed) {
		failed.Class = providers.Definite
	}
	return shown, err
}

// resigned gives a refund up where the provider only said not now.
type resigned struct{ providers.Adapter }

func (a resigned) Refund(ctx context.Context, r providers.Refund) (providers.RefundStatus, error) {
	status, err := a.Adapter.Refund(ctx, r)
	var failed *providers.Error
	if errors.As(err, &failed) && failed.Class == providers.Refused {
		failed.Class = providers.Definite
	}
	return status, err
}

// penniless puts a refund off without a word of the merchant's balance.
type penniless struct{ providers.Adapter }

func (a penniless) Refund(ctx context.Context, r providers.Refund) (providers.RefundStatus, error) {
	status, err := a.Adapter.Refund(ctx, r)
	var failed *providers.Error
	if errors.As(err, &failed) {
		failed.Err = nil
	}
	return status, err
}

// patient takes silence for a refund that is only slow.
type patient struct{ providers.Adapter }

func (a patient) QueryRefund(ctx context.Context, r providers.Refund) (providers.RefundStatus, error) {
	status, err := a.Adapter.QueryRefund(ctx, r)
	status.Silent = false
	return status, err
}

type renaming struct{ providers.Adapter }

func (a renaming) Create(ctx context.Context, p providers.Payment) (providers.Presentation, error) {
	if status, err := a.Query(ctx, ref(p)); err == nil && status.State != providers.NotCreated {
		p.Number = Number()
	}
	shown, err := a.Adapter.Create(ctx, p)
	if providers.ClassOf(err) == providers.Ambiguous && err != nil {
		p.Number = Number()
		return a.Adapter.Create(ctx, p)
	}
	return shown, err
}

type closing struct{ providers.Adapter }

func (a closing) Close(ctx context.Context, ref providers.Ref) error {
	err := a.Adapter.Close(ctx, ref)
	for _, word := range []error{providers.ErrPaid, providers.ErrNotCreated, providers.ErrNotSupported} {
		if errors.Is(err, word) {
			return nil
		}
	}
	return err
}

type generous struct{ providers.Adapter }

func (a generous) Refund(ctx context.Context, r providers.Refund) (providers.RefundStatus, error) {
	status, err := a.QueryRefund(ctx, r)
	if err == nil && status.State != providers.RefundNotCreated {
		r.Number, r.Amount.Minor = Number(), 1
	}
	return a.Adapter.Refund(ctx, r)
}

type hasty struct{ providers.Adapter }

func (a hasty) QueryRefund(ctx context.Context, r providers.Refund) (providers.RefundStatus, error) {
	status, err := a.Adapter.QueryRefund(ctx, r)
	status.State, status.Refunded, status.DoneAt = providers.RefundDone, r.Amount, time.Now()
	return status, err
}

type polite struct{ providers.Adapter }

func (a polite) Ack(bool) providers.Ack {
	return providers.Ack{Status: 200, ContentType: "text/plain", Body: "thank you"}
}

type silent struct{ providers.Adapter }

func (a silent) Statement(context.Context, time.Time) iter.Seq2[providers.Entry, error] {
	return func(func(providers.Entry, error) bool) {}
}
