// Package courier delivers what a simulated provider has to tell its merchants:
// again and again until they accept, as the retry table says, also over a
// restart, and spoiled where the faults ask for it.
package courier

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/paysim/journal"
	"github.com/friendpay/friendpay/internal/paysim/pace"
)

// defaultRetries is how long WeChat Pay, and mockpay after it, waits before each
// delivery of an event; the simulator's speed scales it.
var defaultRetries = []time.Duration{
	0, 15 * time.Second, 15 * time.Second, 30 * time.Second, 3 * time.Minute, 10 * time.Minute,
	20 * time.Minute, 30 * time.Minute, 30 * time.Minute, 30 * time.Minute, time.Hour,
	3 * time.Hour, 3 * time.Hour, 3 * time.Hour, 6 * time.Hour, 6 * time.Hour,
}

// Event is something the merchant is told until it accepts. Its id and body stay
// the same over all deliveries.
type Event struct {
	ID       string          `json:"id"`
	Merchant string          `json:"merchant"`
	Number   string          `json:"number"`
	Refund   string          `json:"refund,omitempty"`
	URL      string          `json:"url"`
	Body     json.RawMessage `json:"body"`
	Attempts int             `json:"attempts"`
	Done     bool            `json:"done,omitempty"` // accepted, given up or lost
}

// Deps is what a courier has from its provider. The lock guards the provider's
// books and the events; it is held when Note is called.
type Deps struct {
	Desk  *desk.Desk
	Lock  sync.Locker
	Send  func(context.Context, *Event, faults.Mode) Result // one delivery
	Note  func(journal.Entry, *Event)                       // with the event to remember, or nil
	Flush func() error                                      // makes durable what was noted

	Retries []time.Duration // the wait before each delivery; none: as WeChat Pay does
}

// Courier holds the events that were not accepted yet.
type Courier struct {
	deps   Deps
	events map[string]*Event
}

// New makes a courier without events.
func New(deps Deps) *Courier {
	if deps.Retries == nil {
		deps.Retries = defaultRetries
	}
	return &Courier{deps: deps, events: map[string]*Event{}}
}

// Forget drops all events; the caller stopped the pace before.
func (c *Courier) Forget() { c.events = map[string]*Event{} }

// Restore takes the snapshot of an event of an earlier run back.
func (c *Courier) Restore(e *Event) {
	c.events[e.ID] = e
	if e.Done {
		delete(c.events, e.ID)
	}
}

// Start goes on with what Restore brought; the lock is held.
func (c *Courier) Start() {
	for _, e := range c.events {
		c.post(e)
	}
}

// Announce lets write note what caused an event, and begins to deliver it; the
// lock is held.
func (c *Courier) Announce(e *Event, write func()) {
	d := c.deps.Desk
	rule := d.Faults.TakeMode(faults.Lost, d.Provider, faults.Callback, e.Number, e.Refund)
	e.Done = rule.ID != ""
	write()
	if e.Done {
		c.deps.Note(e.entry("callback_lost", 0, rule.ID), nil)
		return
	}
	c.events[e.ID] = e
	c.post(e)
}

// post delivers an event beside everything else; the lock is held.
func (c *Courier) post(e *Event) {
	if !c.deps.Desk.Pace.Go(func(ctx context.Context) { c.deliver(ctx, e) }) {
		c.deps.Note(e.entry("callback_dropped", 0, "too many are under way"), nil)
	}
}

func (e *Event) entry(kind string, status int, note string) journal.Entry {
	return journal.Entry{
		Kind: kind, Account: e.Merchant, Number: e.Number, Refund: e.Refund,
		Event: e.ID, Attempt: e.Attempts, Status: status, Note: note,
	}
}

// deliver goes through the retry table until the merchant accepts.
func (c *Courier) deliver(ctx context.Context, e *Event) {
	for e.Attempts < len(c.deps.Retries) {
		if !c.deps.Desk.Pace.Wait(ctx, c.deps.Retries[e.Attempts]) {
			return
		}
		// What caused the event must be durable before anybody hears of it.
		if c.deps.Flush() != nil || c.attempt(ctx, e) {
			return
		}
	}
}

// attempt makes one delivery and says whether the event is over. One that was
// cut off by a stop does not count, so that the next run makes it again.
func (c *Courier) attempt(ctx context.Context, e *Event) bool {
	d := c.deps.Desk
	rule := d.Faults.TakeBut(faults.Lost, d.Provider, faults.Callback, e.Number, e.Refund)
	d.Tell(rule, e.Number)
	if rule.Mode == faults.Late && !pace.Sleep(ctx, time.Duration(rule.MS)*time.Millisecond) {
		return true
	}
	results := make([]Result, 1, 2)
	if rule.Mode == faults.Double {
		results = results[:2]
	}
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() { results[i] = c.deps.Send(ctx, e, rule.Mode) })
	}
	group.Wait()
	if ctx.Err() != nil {
		return true
	}
	return c.conclude(e, rule.Mode, results)
}

// conclude counts an attempt and writes down what was answered.
func (c *Courier) conclude(e *Event, mode faults.Mode, results []Result) bool {
	c.deps.Lock.Lock()
	defer c.deps.Lock.Unlock()
	e.Attempts++
	for _, r := range results {
		e.Done = e.Done || r.Accepted
		c.deps.Note(e.entry("callback_sent", r.Status, strings.TrimSpace(r.Note+" "+string(mode))), e)
	}
	if !e.Done && e.Attempts == len(c.deps.Retries) {
		e.Done = true
		c.deps.Note(e.entry("callback_given_up", 0, ""), e)
	}
	if e.Done {
		delete(c.events, e.ID)
	}
	return e.Done
}
