package worker_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/webhook"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/worker"
)

// warehouse is one applied payment, a merchant, and what was done about them.
type warehouse struct {
	mu      sync.Mutex
	hook    string
	risks   []policy.RiskSeen
	durable int64
	down    int // so many times the merchant does not answer
	did     []string
	done    chan struct{}
}

func (w *warehouse) note(did string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.did = append(w.did, did)
}

func (w *warehouse) TakeShipmentChecks(
	context.Context, int, time.Duration,
) ([]store.ShipmentCheck, error) {
	select {
	case <-w.done:
		return nil, nil
	default:
		return []store.ShipmentCheck{{Request: "fpr_1", Attempt: "A1", Version: 7}}, nil
	}
}

func (w *warehouse) ShipmentRisks(context.Context, string) ([]policy.RiskSeen, error) {
	return w.risks, nil
}

func (w *warehouse) ShipmentChecked(context.Context, string, string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.done:
	default:
		close(w.done)
	}
	return nil
}

func (w *warehouse) OpenCase(_ context.Context, opened store.Case) (store.Case, error) {
	w.note("case " + string(opened.Kind) + " " + opened.Detail)
	return opened, nil
}

func (w *warehouse) Request(context.Context, string) (models.Request, error) {
	return models.Request{ID: "fpr_1", Order: "ord_1", App: "app_1"}, nil
}

func (w *warehouse) App(context.Context, string) (store.App, error) {
	return store.App{HookURL: w.hook}, nil
}

func (w *warehouse) Durable(context.Context, string) (int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.durable++
	return w.durable, nil
}

func (w *warehouse) Tell(_ context.Context, m store.Message) error {
	w.note("tell " + m.App + " " + m.Type + " " + m.ID)
	return nil
}

func (w *warehouse) Ask(_ context.Context, to webhook.Endpoint, m webhook.Message, _ any) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.down--; w.down >= 0 {
		return errors.New("down")
	}
	w.did = append(w.did, "ask "+to.URL+" "+m.ID)
	return nil
}

func TestGoodsWaitAndTheMerchantIsTold(t *testing.T) {
	const filed = "case shipment_hold The goods wait: payer_velocity."
	ring := []policy.RiskSeen{{RiskRule: policy.RiskRule{Kind: policy.RiskPayer, Most: 1}, Count: 2}}
	for name, c := range map[string]struct {
		w    *warehouse
		last string
	}{
		"nothing about it": {&warehouse{durable: 7}, ""},
		"by a webhook": {&warehouse{risks: ring, durable: 7},
			"tell app_1 request.shipment_hold freeze_A1"},
		"by the hook, when it answers": {
			&warehouse{risks: ring, durable: 7, hook: "https://shop.example/hook", down: 2},
			"ask https://shop.example/hook freeze_A1"},
		"not before it is durable": {&warehouse{risks: ring, durable: 5},
			"tell app_1 request.shipment_hold freeze_A1"},
	} {
		t.Run(name, func(t *testing.T) {
			w := c.w
			w.done = make(chan struct{})
			ctx, stop := context.WithCancel(t.Context())
			over := make(chan error, 1)
			s := &worker.Shipments{Payments: w, Durable: w, Merchants: w, Log: slog.New(slog.DiscardHandler)}
			go func() { over <- s.Run(ctx) }()
			<-w.done
			stop()
			require.ErrorIs(t, <-over, context.Canceled)
			require.GreaterOrEqual(t, w.durable, int64(7))
			if c.last == "" {
				require.Empty(t, w.did)
				return
			}
			require.Equal(t, filed, w.did[0])
			require.Equal(t, c.last, w.did[len(w.did)-1])
		})
	}
}
