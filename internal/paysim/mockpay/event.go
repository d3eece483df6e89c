package mockpay

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/courier"
	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/paysim/journal"
)

// notice is an event's body.
type notice struct {
	ID        string      `json:"id"`
	Type      string      `json:"type"`
	AppID     string      `json:"app_id"`
	Merchant  string      `json:"merchant"`
	CreatedAt time.Time   `json:"created_at"`
	Order     orderView   `json:"order"`
	Refund    *refundView `json:"refund,omitempty"`
}

func (p *Provider) newEvent(kind string, o *order, r *refund, now time.Time) *courier.Event {
	account := p.byMerchant[o.Merchant]
	e := &courier.Event{
		ID: "evt_" + random(15), Merchant: o.Merchant, Number: o.Call.Number, URL: o.Call.NotifyURL,
	}
	body := notice{
		ID: e.ID, Type: kind, AppID: account.AppID, Merchant: account.Merchant,
		CreatedAt: now, Order: o.view(account, now),
	}
	if r != nil {
		view := r.view(account)
		body.Refund, e.Refund = &view, r.Call.Number
		if r.Call.NotifyURL != "" {
			e.URL = r.Call.NotifyURL
		}
	}
	e.Body = desk.Encode(body)
	return e
}

// announce writes the entry that caused an event and begins to deliver it; the
// lock is held.
func (p *Provider) announce(entry journal.Entry, snapshot record) {
	p.courier.Announce(snapshot.Event, func() { p.note(entry, snapshot) })
}

// dispatch posts an event once. Only 200 with the body OK counts as accepted.
func (p *Provider) dispatch(ctx context.Context, e *courier.Event, mode faults.Mode) courier.Result {
	header, body := p.envelope(e, mode)
	return courier.Send(ctx, p.deps.Client, courier.Letter{URL: e.URL, Header: header, Body: body},
		func(status int, said string) bool { return status == http.StatusOK && said == "OK" })
}

// envelope signs an event anew for each delivery, or spoils it as asked.
func (p *Provider) envelope(e *courier.Event, mode faults.Mode) (http.Header, []byte) {
	account, body, at := p.byMerchant[e.Merchant], []byte(e.Body), p.deps.Pace.Now()
	secret, sent := account.CallbackSecret, body
	switch mode {
	case faults.Forged:
		secret += "?"
	case faults.Stale:
		at = at.Add(-301 * time.Second)
	case faults.Truncated:
		sent = body[:len(body)/2]
	case faults.ForeignAccount:
		other := p.another(account)
		secret = other.CallbackSecret
		body = desk.Claim(body, map[string]any{"merchant": other.Merchant, "app_id": other.AppID})
		sent = body
	default: // the other modes leave the letter as it is
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	header := http.Header{}
	header.Set("Content-Type", "application/json")
	header.Set("User-Agent", "mockpay-callback/1")
	header.Set("Mockpay-Event", e.ID)
	header.Set("Mockpay-Timestamp", stamp)
	header.Set("Mockpay-Signature", sum(secret, e.ID, stamp, string(body)))
	return header, sent
}

// another is a second account of this simulator, or an invented one.
func (p *Provider) another(account Account) Account {
	for _, other := range p.deps.Accounts {
		if other.Merchant != account.Merchant {
			return other
		}
	}
	return Account{AppID: "foreign", Merchant: "foreign", CallbackSecret: "a-secret-of-somebody-else"}
}
