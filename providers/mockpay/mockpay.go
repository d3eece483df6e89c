// Package mockpay speaks to the simulated provider of that name, for
// development, demos and tests. It is written like an adapter of a real one.
package mockpay

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/friendpay/friendpay/providers"
)

// Settings of one merchant account. They are stored encrypted.
type Settings struct {
	BaseURL        string `json:"base_url"` // scheme and host, no slash at the end
	AppID          string `json:"app_id"`
	Merchant       string `json:"merchant"`
	KeyID          string `json:"key_id"`
	Secret         string `json:"secret"`          // signs calls, verifies answers
	CallbackSecret string `json:"callback_secret"` // verifies callbacks
	// Name comes along where paysim printed the account; nothing reads it.
	Name string `json:"name,omitempty"`
}

// Adapter implements providers.Adapter for one account.
type Adapter struct {
	settings Settings
	client   *http.Client
}

var _ providers.Adapter = (*Adapter)(nil)

var numberForm = regexp.MustCompile(`^[0-9A-Z]{26}$`)

// New checks the settings. A nil client means one of its own; redirects are
// never followed, since a signature is for one address.
func New(settings Settings, client *http.Client) (*Adapter, error) {
	base, err := url.Parse(settings.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" ||
		strings.HasSuffix(settings.BaseURL, "/") || base.RawQuery != "" || base.User != nil {
		return nil, errors.New("mockpay: base_url is an http address without a slash at the end")
	}
	for name, value := range map[string]string{
		"app_id": settings.AppID, "merchant": settings.Merchant, "key_id": settings.KeyID,
		"secret": settings.Secret, "callback_secret": settings.CallbackSecret,
	} {
		if value == "" {
			return nil, fmt.Errorf("mockpay: %s is missing", name)
		}
	}
	own := http.Client{}
	if client != nil {
		own = *client
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Adapter{settings: settings, client: &own}, nil
}

// Open is the providers.Factory of mockpay. The error never quotes the settings.
func Open(settings []byte, client *http.Client) (providers.Adapter, error) {
	var s Settings
	if err := providers.ReadSettings(settings, &s); err != nil {
		return nil, fmt.Errorf("mockpay: %w", err)
	}
	return New(s, client)
}

// Products are a page to send the browser to, and a code.
func (a *Adapter) Products() []string { return []string{"wap", "qr"} }

// Seller is the merchant number and app of the settings.
func (a *Adapter) Seller() providers.Seller {
	return providers.Seller{Account: a.settings.Merchant, App: a.settings.AppID}
}

// Create takes the products "wap" (a page to send the browser to) and "qr". The
// end is sent in whole milliseconds, so that a time read back from a database
// asks for the same order again.
func (a *Adapter) Create(ctx context.Context, payment providers.Payment) (providers.Presentation, error) {
	kind, known := map[string]string{"wap": providers.Redirect, "qr": providers.QR}[payment.Product]
	if !known {
		return providers.Presentation{}, definite("create", "PRODUCT", "the products are wap and qr")
	}
	body := orderWanted{
		Number: payment.Number, Product: payment.Product, Amount: payment.Amount, Subject: payment.Subject,
		ExpiresAt: payment.ExpiresAt.UTC().Truncate(time.Millisecond),
		NotifyURL: payment.NotifyURL, ReturnURL: payment.ReturnURL,
	}
	var made order
	if err := a.post(ctx, "create", "/mockpay/v1/orders", body, &made); err != nil {
		return providers.Presentation{}, err
	}
	if made.Number != payment.Number || made.PayURL == "" {
		return providers.Presentation{}, odd("create", "the answer is about another order or has no address")
	}
	return providers.Presentation{Kind: kind, URL: made.PayURL}, nil
}

// Query answers NotCreated without an error when the provider knows no such order.
func (a *Adapter) Query(ctx context.Context, ref providers.Ref) (providers.Status, error) {
	if !numberForm.MatchString(ref.Number) {
		return providers.Status{}, definite("query", "NUMBER", "the number is 26 characters [0-9A-Z]")
	}
	var found order
	err := a.get(ctx, "query", "/mockpay/v1/orders/"+ref.Number, &found)
	switch {
	case isCode(err, "ORDER_NOT_FOUND"):
		return providers.Status{State: providers.NotCreated, Number: ref.Number}, nil
	case err != nil:
		return providers.Status{}, err
	case found.Number != ref.Number || !found.believable():
		return providers.Status{}, odd("query", "another order, or money without proof")
	}
	return found.reading(), nil
}

// Close is safe to repeat; an order that expired by itself counts as closed.
func (a *Adapter) Close(ctx context.Context, ref providers.Ref) error {
	if !numberForm.MatchString(ref.Number) {
		return definite("close", "NUMBER", "the number is 26 characters [0-9A-Z]")
	}
	err := a.post(ctx, "close", "/mockpay/v1/orders/"+ref.Number+"/close", nil, nil)
	switch {
	case isCode(err, "ORDER_PAID"):
		return providers.ErrPaid
	case isCode(err, "ORDER_NOT_FOUND"):
		return providers.ErrNotCreated
	default:
		return err
	}
}

// RefundDays is one for a balance, which has it at once, and four for a card: the day of
// asking, and three more at most.
func (a *Adapter) RefundDays(_, funding string) int {
	if funding == "CARD" {
		return 4
	}
	return 1
}

// Refund is accepted first and done later: its answer is mostly RefundProcessing.
func (a *Adapter) Refund(ctx context.Context, wanted providers.Refund) (providers.RefundStatus, error) {
	body := refundWanted{
		Number: wanted.Number, Order: wanted.Payment.Number, Total: wanted.Total, Amount: wanted.Amount,
		Reason: wanted.Reason, NotifyURL: wanted.NotifyURL,
	}
	var made refund
	if err := a.post(ctx, "refund", "/mockpay/v1/refunds", body, &made); err != nil {
		return providers.RefundStatus{}, err
	}
	return a.readRefund("refund", wanted, made)
}

// QueryRefund answers RefundNotCreated without an error for an unknown number.
func (a *Adapter) QueryRefund(ctx context.Context, wanted providers.Refund) (providers.RefundStatus, error) {
	if !numberForm.MatchString(wanted.Number) {
		return providers.RefundStatus{}, definite("query_refund", "NUMBER", "the number is 26 characters [0-9A-Z]")
	}
	var found refund
	err := a.get(ctx, "query_refund", "/mockpay/v1/refunds/"+wanted.Number, &found)
	switch {
	case isCode(err, "REFUND_NOT_FOUND"):
		return providers.RefundStatus{State: providers.RefundNotCreated, Number: wanted.Number}, nil
	case err != nil:
		return providers.RefundStatus{}, err
	}
	return a.readRefund("query_refund", wanted, found)
}

func (a *Adapter) readRefund(op string, wanted providers.Refund, r refund) (providers.RefundStatus, error) {
	if r.Number != wanted.Number || r.Order != wanted.Payment.Number || !r.believable() {
		return providers.RefundStatus{}, odd(op, "another refund, or money without proof")
	}
	return r.reading(), nil
}
