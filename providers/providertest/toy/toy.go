// Package toy is the smallest adapter that passes the contract: an example of what a
// new provider takes, which CONTRIBUTING.md walks through. It is below providertest, so
// that no binary can have it; what it speaks to is internal/paysim/toy.
package toy

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// Settings of one merchant account. They are stored encrypted.
type Settings struct {
	BaseURL string `json:"base_url"` // scheme and host, no slash at the end
	Account string `json:"account"`
	Secret  string `json:"secret"` // signs calls, answers and callbacks
}

// Adapter implements providers.Adapter for one account.
type Adapter struct {
	settings Settings
	client   *http.Client
}

// Open is the providers.Factory of toy. The error never quotes the settings.
func Open(settings []byte, client *http.Client) (providers.Adapter, error) {
	var s Settings
	if err := providers.ReadSettings(settings, &s); err != nil {
		return nil, fmt.Errorf("toy: %w", err)
	}
	if !strings.HasPrefix(s.BaseURL, "http") || s.Account == "" || s.Secret == "" {
		return nil, errors.New("toy: base_url, account or secret is missing")
	}
	own := http.Client{}
	if client != nil {
		own = *client
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Adapter{settings: s, client: &own}, nil
}

// Products are one: a code to be scanned.
func (a *Adapter) Products() []string { return []string{"page"} }

// Seller is the account of the settings.
func (a *Adapter) Seller() providers.Seller { return providers.Seller{Account: a.settings.Account} }

// Create is safe to repeat: the number is the order.
func (a *Adapter) Create(ctx context.Context, p providers.Payment) (providers.Presentation, error) {
	if p.Amount.Currency != "CNY" {
		return providers.Presentation{}, failed(providers.Definite, "create", "CURRENCY")
	}
	made, err := a.call(ctx, "create", asked{
		Number: p.Number, Product: p.Product, Minor: p.Amount.Minor, Subject: p.Subject,
		Expires: p.ExpiresAt.UnixMilli(), Notify: p.NotifyURL,
	})
	if err != nil {
		return providers.Presentation{}, err
	}
	return providers.Presentation{Kind: providers.QR, URL: made.Scan}, nil
}

// states are the words that are understood; all others are Unknown. Only PAID is money.
var states = map[string]providers.State{
	"WAITING": providers.Unpaid, "PAID": providers.Paid, "CLOSED": providers.Closed,
}

// Query answers NotCreated without an error when there is no such order.
func (a *Adapter) Query(ctx context.Context, ref providers.Ref) (providers.Status, error) {
	found, err := a.call(ctx, "query", asked{Number: ref.Number})
	if said(err, "unknown") {
		return providers.Status{State: providers.NotCreated, Number: ref.Number}, nil
	}
	status := providers.Status{State: providers.Unknown, Number: ref.Number, Account: found.Account}
	if state, known := states[found.Status]; known {
		status.State = state
	}
	if err != nil || status.State != providers.Paid {
		return status, err
	}
	if found.Minor < 1 || found.Transaction == "" || found.At == 0 {
		return providers.Status{}, failed(providers.Ambiguous, "query", "ANSWER")
	}
	status.Captured, status.Transaction = models.CNY(found.Minor), found.Transaction
	status.PaidAt = time.UnixMilli(found.At)
	return status, nil
}

// Close is safe to repeat.
func (a *Adapter) Close(ctx context.Context, ref providers.Ref) error {
	_, err := a.call(ctx, "close", asked{Number: ref.Number})
	switch {
	case said(err, "paid"):
		return providers.ErrPaid
	case said(err, "unknown"):
		return providers.ErrNotCreated
	}
	return err
}

// Refund is mostly done at once, and safe to repeat.
func (a *Adapter) Refund(ctx context.Context, r providers.Refund) (providers.RefundStatus, error) {
	made, err := a.call(ctx, "refund", asked{
		Number: r.Number, Order: r.Payment.Number, Minor: r.Amount.Minor, Notify: r.NotifyURL,
	})
	return made.refund(r, err)
}

// QueryRefund answers RefundNotCreated without an error for an unknown number.
func (a *Adapter) QueryRefund(ctx context.Context, r providers.Refund) (providers.RefundStatus, error) {
	found, err := a.call(ctx, "refund_query", asked{Number: r.Number})
	if said(err, "unknown") {
		return providers.RefundStatus{State: providers.RefundNotCreated, Number: r.Number}, nil
	}
	return found.refund(r, err)
}

var refundStates = map[string]providers.RefundState{
	"PROCESSING": providers.RefundProcessing, "DONE": providers.RefundDone,
	"ABNORMAL": providers.RefundAbnormal, "CLOSED": providers.RefundClosed,
}

func (said answer) refund(wanted providers.Refund, err error) (providers.RefundStatus, error) {
	if err != nil {
		return providers.RefundStatus{}, err
	}
	status := providers.RefundStatus{
		State: providers.RefundUnknown, Number: wanted.Number, Transaction: said.Transaction,
	}
	if state, known := refundStates[said.Status]; known {
		status.State = state
	}
	if status.State == providers.RefundDone {
		status.Refunded, status.DoneAt = models.CNY(said.Minor), time.UnixMilli(said.At)
	}
	return status, nil
}
