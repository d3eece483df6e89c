package unionpay

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/courier"
	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/paysim/journal"
	"github.com/friendpay/friendpay/internal/paysim/pace"
)

// Name is the provider's name in journals, faults and settings.
const Name = "unionpay"

// Deps is what the provider shares with others in one simulator.
type Deps struct {
	Accounts    []Account
	Faults      *faults.Board
	Pace        *pace.Pace
	Client      *http.Client  // sends notifications; must not follow redirects
	RefundDelay time.Duration // unscaled time a refund stays accepted only
	Strict      bool          // no statement of a day that is not over
}

// Provider is the simulated provider. One lock guards its books.
type Provider struct {
	deps       Deps
	desk       *desk.Desk
	courier    *courier.Courier
	journal    *journal.Journal
	byMerchant map[string]*merchant

	mu       sync.Mutex
	orders   map[string]*order  // by merchant and number
	tokens   map[string]*order  // by what leads a payer
	payments map[string]*order  // by queryId
	refunds  map[string]*refund // by merchant and number
}

// record is the snapshot that a journal entry carries to the next run.
type record struct {
	Order  *order         `json:"order,omitempty"`
	Refund *refund        `json:"refund,omitempty"`
	Event  *courier.Event `json:"event,omitempty"`
}

// New checks the accounts. Before use: Restore for each old journal entry, then Start.
func New(deps Deps) (*Provider, error) {
	if deps.Faults == nil || deps.Pace == nil || deps.Client == nil {
		return nil, errors.New("unionpay needs faults, a pace and a client")
	}
	p := &Provider{deps: deps, byMerchant: map[string]*merchant{}}
	for _, account := range deps.Accounts {
		m, err := open(account)
		if err != nil {
			return nil, fmt.Errorf("unionpay: %w", err)
		}
		if p.byMerchant[m.MerID] != nil {
			return nil, fmt.Errorf("unionpay: account %s is there twice", m.MerID)
		}
		p.byMerchant[m.MerID] = m
	}
	p.desk = &desk.Desk{Provider: Name, Faults: deps.Faults, Pace: deps.Pace, Note: p.noteAlone}
	p.courier = courier.New(courier.Deps{
		Desk: p.desk, Lock: &p.mu, Send: p.dispatch, Flush: func() error { return p.journal.Flush() },
		Note:    func(entry journal.Entry, e *courier.Event) { p.note(entry, record{Event: e}) },
		Retries: retries,
	})
	p.forget()
	return p, nil
}

func (p *Provider) forget() {
	p.orders, p.tokens, p.payments = map[string]*order{}, map[string]*order{}, map[string]*order{}
	p.refunds = map[string]*refund{}
	p.courier.Forget()
}

// Reset forgets orders, refunds and events; the caller stopped the pace before.
func (p *Provider) Reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget()
}

// Restore takes a journal entry of an earlier run back into the books.
func (p *Provider) Restore(entry journal.Entry) error {
	if entry.Provider != Name || len(entry.Record) == 0 {
		return nil
	}
	var r record
	if err := json.Unmarshal(entry.Record, &r); err != nil {
		return fmt.Errorf("unionpay snapshot: %w", err)
	}
	if r.Order != nil {
		p.orders[r.Order.key()], p.tokens[r.Order.Token] = r.Order, r.Order
		for _, c := range r.Order.Captures {
			p.payments[c.QueryID] = r.Order
		}
	}
	if r.Refund != nil {
		p.refunds[r.Refund.key()] = r.Refund
	}
	if r.Event != nil {
		p.courier.Restore(r.Event)
	}
	return nil
}

// Start gives the provider its journal and goes on with what an earlier run
// left under way.
func (p *Provider) Start(j *journal.Journal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.journal = j
	p.courier.Start()
	for _, r := range p.refunds {
		p.settleLater(r)
	}
	for _, o := range p.orders {
		p.returnLater(o)
	}
}

// note writes a journal entry with its snapshot; the lock is held, so entries
// stand in the order in which things happened.
func (p *Provider) note(entry journal.Entry, snapshot record) {
	entry.Provider = Name
	if p.journal.Durable() {
		entry.Record = desk.Encode(snapshot)
	}
	p.journal.Record(entry)
}

// noteAlone is note for those who do not hold the lock.
func (p *Provider) noteAlone(entry journal.Entry) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.note(entry, record{})
}
