package mockpay

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/paysim/journal"
	"github.com/friendpay/friendpay/internal/paysim/pace"
)

// retries is how long the provider waits before each delivery of an event,
// scaled by the simulator's speed.
var retries = []time.Duration{
	0, 15 * time.Second, 15 * time.Second, 30 * time.Second, 3 * time.Minute, 10 * time.Minute,
	20 * time.Minute, 30 * time.Minute, 30 * time.Minute, 30 * time.Minute, time.Hour,
	3 * time.Hour, 3 * time.Hour, 3 * time.Hour, 6 * time.Hour, 6 * time.Hour,
}

// event is something the merchant is told until it says OK. Its id and body
// stay the same over all deliveries.
type event struct {
	ID       string          `json:"id"`
	Merchant string          `json:"merchant"`
	Number   string          `json:"number"`
	Refund   string          `json:"refund,omitempty"`
	URL      string          `json:"url"`
	Body     json.RawMessage `json:"body"`
	Attempts int             `json:"attempts"`
	Done     bool            `json:"done,omitempty"` // accepted, given up or lost
}

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

func (p *Provider) newEvent(kind string, o *order, r *refund, now time.Time) *event {
	account := p.byMerchant[o.Merchant]
	e := &event{ID: "evt_" + random(15), Merchant: o.Merchant, Number: o.Call.Number, URL: o.Call.NotifyURL}
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
	e.Body = encode(body)
	return e
}

// announce writes the entry that caused an event and begins to deliver it; the
// lock is held.
func (p *Provider) announce(entry journal.Entry, snapshot record) {
	e := snapshot.Event
	if rule := p.deps.Faults.TakeMode(faults.Lost, Name, faults.Callback, e.Number, e.Refund); rule.ID != "" {
		e.Done = true
		p.note(entry, snapshot)
		p.note(e.entry("callback_lost", 0, rule.ID), record{})
		return
	}
	p.note(entry, snapshot)
	p.events[e.ID] = e
	p.post(e)
}

// post delivers an event beside everything else; the lock is held.
func (p *Provider) post(e *event) {
	begun := p.deps.Pace.Go(func(ctx context.Context) { p.deliver(ctx, e) })
	if !begun {
		p.note(e.entry("callback_dropped", 0, "too many are under way"), record{})
	}
}

func (e *event) entry(kind string, status int, note string) journal.Entry {
	return journal.Entry{
		Kind: kind, Account: e.Merchant, Number: e.Number, Refund: e.Refund,
		Event: e.ID, Attempt: e.Attempts, Status: status, Note: note,
	}
}

// deliver goes through the retry table until the merchant accepts.
func (p *Provider) deliver(ctx context.Context, e *event) {
	for e.Attempts < len(retries) {
		if !p.deps.Pace.Wait(ctx, retries[e.Attempts]) {
			return
		}
		// What caused the event must be durable before anybody hears of it.
		if p.journal.Flush() != nil || p.attempt(ctx, e) {
			return
		}
	}
}

// attempt makes one delivery and says whether the event is over. One that was
// cut off by a stop does not count, so that the next run makes it again.
func (p *Provider) attempt(ctx context.Context, e *event) bool {
	numbers := []string{e.Number, e.Refund}
	rule := p.deps.Faults.TakeBut(faults.Lost, Name, faults.Callback, numbers...)
	p.tellFault(rule, numbers)
	if rule.Mode == faults.Late && !pace.Sleep(ctx, time.Duration(rule.MS)*time.Millisecond) {
		return true
	}
	results := make([]result, 1, 2)
	if rule.Mode == faults.Double {
		results = results[:2]
	}
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() { results[i] = p.dispatch(ctx, e, rule.Mode) })
	}
	group.Wait()
	if ctx.Err() != nil {
		return true
	}
	return p.conclude(e, rule.Mode, results)
}

// conclude counts an attempt and writes down what was answered.
func (p *Provider) conclude(e *event, mode faults.Mode, results []result) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	e.Attempts++
	for _, r := range results {
		e.Done = e.Done || r.accepted
		p.note(e.entry("callback_sent", r.status, strings.TrimSpace(r.note+" "+string(mode))), record{Event: e})
	}
	if !e.Done && e.Attempts == len(retries) {
		e.Done = true
		p.note(e.entry("callback_given_up", 0, ""), record{Event: e})
	}
	if e.Done {
		delete(p.events, e.ID)
	}
	return e.Done
}
