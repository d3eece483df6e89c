package unionpay

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/courier"
	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/paysim/journal"
)

// retries is how long UnionPay waits before each of the five sendings of a
// notification; the simulator's speed scales it.
var retries = []time.Duration{0, time.Minute, 2 * time.Minute, 4 * time.Minute, 5 * time.Minute}

// patience is how long a merchant may take to answer one.
const patience = 10 * time.Second

// announce writes the entry that caused a notification and begins to deliver it;
// the lock is held. What a query would tell is what the notification tells.
func (p *Provider) announce(entry journal.Entry, address string, view fields, snapshot record) {
	call := p.orders[key(entry.Account, entry.Number)].Call
	if entry.Refund != "" {
		call = snapshot.Refund.Call
	}
	e := &courier.Event{
		ID: "up-" + rand.Text(), Merchant: entry.Account, Number: entry.Number, Refund: entry.Refund, URL: address,
		Body: desk.Encode(notice(call, view)),
	}
	entry.Event, snapshot.Event = e.ID, e
	p.courier.Announce(e, func() { p.note(entry, snapshot) })
}

// notice is what a notification tells, back or front.
func notice(call, view fields) fields {
	told := call.pick(echoed...).with(view).with(fields{"respCode": done, "respMsg": say(done)})
	delete(told, "origRespCode")
	delete(told, "origRespMsg")
	return told.filled()
}

// dispatch posts a notification once. Status 200 alone says that it was taken.
func (p *Provider) dispatch(ctx context.Context, e *courier.Event, mode faults.Mode) courier.Result {
	body := p.envelope(e, mode)
	header := http.Header{}
	header.Set("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
	header.Set("User-Agent", "Mozilla/4.0")
	return courier.Send(ctx, p.deps.Client,
		courier.Letter{URL: e.URL, Header: header, Body: []byte(body), Patience: patience},
		func(status int, _ string) bool { return status == http.StatusOK })
}

// envelope signs a notification, or spoils it as asked.
func (p *Provider) envelope(e *courier.Event, mode faults.Mode) string {
	m := p.byMerchant[e.Merchant]
	var told fields
	if err := json.Unmarshal(e.Body, &told); err != nil {
		panic(err) // our own snapshot
	}
	if mode == faults.ForeignAccount {
		m = p.another(m)
		told["merId"] = m.MerID
	}
	body := p.sign(m, told, mode).form()
	if mode == faults.Truncated {
		body = body[:len(body)/2]
	}
	return body
}
