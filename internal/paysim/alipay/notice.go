package alipay

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/courier"
	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/paysim/journal"
)

// retries is how long Alipay waits before each delivery: eight in 25 hours.
var retries = []time.Duration{
	0, 4 * time.Minute, 10 * time.Minute, 10 * time.Minute,
	time.Hour, 2 * time.Hour, 6 * time.Hour, 15 * time.Hour,
}

// newEvent is a notification about a payment, or about a refund.
func (p *Provider) newEvent(o *order, r *refund) *courier.Event {
	e := &courier.Event{
		ID:       clock(p.deps.Pace.Now())[:4] + digits(30),
		Merchant: o.SellerID, Number: o.Call.Number, URL: o.NotifyURL, Body: desk.Encode(p.notice(o, r)),
	}
	if r != nil {
		e.Refund = r.Request
	}
	return e
}

// notice is what stays the same over all deliveries; nothing in it is empty.
func (p *Provider) notice(o *order, r *refund) map[string]string {
	total, coupon := o.captured()
	m := p.bySeller[o.SellerID]
	members := body{}
	m.nameBuyer(members, "buyer_id", o.Payer)
	notice := map[string]string{
		"notify_type": "trade_status_sync", "app_id": o.AppID, "auth_app_id": o.AppID, "charset": "utf-8",
		"version": "1.0", "trade_no": o.Trade, "out_trade_no": o.Call.Number, "seller_id": o.SellerID,
		"trade_status": p.state(o), "total_amount": yuan(total), "receipt_amount": yuan(total),
		"invoice_amount": yuan(total - coupon), "buyer_pay_amount": yuan(total - coupon), "point_amount": "0.00",
		"subject": o.Call.Subject, "body": o.Call.Body, "passback_params": o.Call.Passback,
		"gmt_create": clock(o.TradeAt), "gmt_payment": clock(o.Captures[0].At),
		"fund_bill_list": string(desk.Encode(fundBills(o, "fundChannel"))),
	}
	for name, value := range members {
		notice[name], _ = value.(string)
	}
	if r != nil {
		back, _ := p.givenBack(o)
		notice["refund_fee"], notice["out_biz_no"] = yuan(back), r.Request
		notice["gmt_refund"] = r.DoneAt.In(shanghai).Format("2006-01-02 15:04:05.000")
		if notice["trade_status"] == closed {
			notice["gmt_close"] = clock(r.DoneAt)
		}
	}
	for name, value := range notice {
		if value == "" {
			delete(notice, name)
		}
	}
	return notice
}

// announce writes the entry that caused an event and begins to deliver it; the
// lock is held. A merchant that named no address hears nothing.
func (p *Provider) announce(entry journal.Entry, snapshot record) {
	if snapshot.Event.URL == "" {
		entry.Event, snapshot.Event = "", nil
		p.note(entry, snapshot)
		return
	}
	p.courier.Announce(snapshot.Event, func() { p.note(entry, snapshot) })
}

// dispatch posts an event once. Only the word success, and nothing else, takes it.
func (p *Provider) dispatch(ctx context.Context, e *courier.Event, mode faults.Mode) courier.Result {
	body := p.envelope(e, mode)
	header := http.Header{}
	header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	header.Set("User-Agent", "Mozilla/4.0")
	return courier.Send(ctx, p.deps.Client, courier.Letter{URL: e.URL, Header: header, Body: body},
		func(status int, said string) bool { return status == http.StatusOK && said == "success" })
}

// envelope stamps and signs an event, or spoils it as asked.
func (p *Provider) envelope(e *courier.Event, mode faults.Mode) []byte {
	m, at := p.bySeller[e.Merchant], p.deps.Pace.Now()
	var notice map[string]string
	if err := json.Unmarshal(e.Body, &notice); err != nil {
		panic(err) // our own snapshot
	}
	form := url.Values{}
	for name, value := range notice {
		form.Set(name, value)
	}
	serial, text := "", ""
	if m.NoticeSerial {
		serial = m.certSN
	}
	switch mode {
	case faults.ForeignAccount:
		m = p.another(m)
		form.Set("app_id", m.AppID)
		form.Set("auth_app_id", m.AppID)
		form.Set("seller_id", m.SellerID)
	case faults.Stale:
		at = at.Add(-25 * time.Hour)
	case faults.WrongSerial:
		serial = unknownSerial
	case faults.Forged:
		text = "?"
	default: // the other modes leave what is signed as it is
	}
	form.Set("notify_id", e.ID)
	form.Set("notify_time", clock(at))
	if mode != faults.Unsigned {
		m.sign(form, text, serial)
	}
	body := []byte(form.Encode())
	if mode == faults.Truncated {
		body = body[:len(body)/2]
	}
	return body
}

// sign puts the signature on a form that Alipay sends: over all but the signature,
// its kind and the certificate's serial, if there is one. Spoiled is what else is signed.
func (m *merchant) sign(form url.Values, spoiled, serial string) {
	form.Set("sign", signature(m.own, []byte(signedText(form)+spoiled)))
	form.Set("sign_type", "RSA2")
	if serial != "" {
		form.Set("alipay_cert_sn", serial)
	}
}

// stranger is an account of nobody here, made when it is first needed.
var stranger = sync.OnceValue(func() *merchant {
	account, err := NewAccount("", "2021000000000000", "2088000000000000")
	if err != nil {
		panic(err) // the system's source of chance failed
	}
	m, err := open(account)
	if err != nil {
		panic(err)
	}
	return m
})

// another is a second account of this simulator, or a stranger's.
func (p *Provider) another(m *merchant) *merchant {
	for _, account := range p.deps.Accounts {
		if account.AppID != m.AppID {
			return p.byApp[account.AppID]
		}
	}
	return stranger()
}
