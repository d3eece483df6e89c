package mockpay

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
const Name = "mockpay"

// Deps is what the provider shares with others in one simulator.
type Deps struct {
	Accounts    []Account
	Faults      *faults.Board
	Pace        *pace.Pace
	Client      *http.Client  // sends callbacks; must not follow redirects
	RefundDelay time.Duration // unscaled time a refund stays in processing
	PublicURL   string        // where payers' browsers reach the simulator; empty: as the caller did
}

// Provider is the simulated provider. One lock guards its books: a simulator
// must be right before it is fast.
type Provider struct {
	deps       Deps
	journal    *journal.Journal
	byKey      map[string]Account
	byMerchant map[string]Account
	nonces     desk.Once
	desk       *desk.Desk
	courier    *courier.Courier

	mu      sync.Mutex
	orders  map[string]*order // by number: the engine mints numbers for all accounts together
	tokens  map[string]*order
	refunds map[string]*refund
	lines   []line // of all statements, in order of time
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
		return nil, errors.New("mockpay needs faults, a pace and a client")
	}
	p := &Provider{
		deps: deps, byKey: map[string]Account{}, byMerchant: map[string]Account{},
		nonces: desk.Once{Keep: 2 * tolerance},
	}
	for _, account := range deps.Accounts {
		if err := account.check(); err != nil {
			return nil, fmt.Errorf("mockpay: %w", err)
		}
		_, sameKey := p.byKey[account.KeyID]
		if _, same := p.byMerchant[account.Merchant]; same || sameKey {
			return nil, fmt.Errorf("mockpay: account %s or its key id is there twice", account.Merchant)
		}
		p.byKey[account.KeyID], p.byMerchant[account.Merchant] = account, account
	}
	p.desk = &desk.Desk{Provider: Name, Faults: deps.Faults, Pace: deps.Pace, Note: p.noteAlone}
	p.courier = courier.New(courier.Deps{
		Desk: p.desk, Lock: &p.mu, Send: p.dispatch, Flush: func() error { return p.journal.Flush() },
		Note: func(entry journal.Entry, e *courier.Event) { p.note(entry, record{Event: e}) },
	})
	p.forget()
	return p, nil
}

func (p *Provider) forget() {
	p.orders, p.tokens = map[string]*order{}, map[string]*order{}
	p.refunds, p.lines = map[string]*refund{}, nil
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
		return fmt.Errorf("mockpay snapshot: %w", err)
	}
	if r.Order != nil {
		p.orders[r.Order.Call.Number], p.tokens[r.Order.Token] = r.Order, r.Order
	}
	if r.Refund != nil {
		p.refunds[r.Refund.Call.Number] = r.Refund
	}
	if r.Event != nil {
		p.courier.Restore(r.Event)
	}
	p.enter(entry)
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
		if r.Status == processing && r.Outcome != "" {
			p.settleLater(r)
		}
	}
}

// note writes a journal entry with its snapshot; the lock is held, so entries
// stand in the order in which things happened.
func (p *Provider) note(entry journal.Entry, snapshot record) {
	entry.Provider = Name
	if p.journal.Durable() {
		entry.Record = desk.Encode(snapshot)
	}
	p.enter(p.journal.Record(entry))
}

// noteAlone is note for those who do not hold the lock.
func (p *Provider) noteAlone(entry journal.Entry) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.note(entry, record{})
}

func (o *order) entry(kind string, minor int64) journal.Entry {
	return journal.Entry{
		Kind: kind, Account: o.Merchant, Number: o.Call.Number,
		Minor: minor, Currency: o.Call.Amount.Currency,
	}
}

func (r *refund) entry(kind string) journal.Entry {
	return journal.Entry{
		Kind: kind, Account: r.Merchant, Number: r.Call.Order, Refund: r.Call.Number,
		Minor: r.Call.Amount.Minor, Currency: r.Call.Amount.Currency,
	}
}

// Routes adds the provider's own addresses and its page to a mux.
func (p *Provider) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /mockpay/v1/orders", p.api(faults.Create, p.create))
	mux.HandleFunc("GET /mockpay/v1/orders/{number}", p.api(faults.Query, p.query))
	mux.HandleFunc("POST /mockpay/v1/orders/{number}/close", p.api(faults.Close, p.close))
	mux.HandleFunc("POST /mockpay/v1/refunds", p.api(faults.Refund, p.refund))
	mux.HandleFunc("GET /mockpay/v1/refunds/{number}", p.api(faults.RefundQuery, p.queryRefund))
	mux.HandleFunc("GET /mockpay/v1/statements/{day}", p.api(faults.Statement, p.statement))
	mux.HandleFunc("GET /mockpay/pay/{token}", p.showPage)
	mux.HandleFunc("POST /mockpay/pay/{token}", p.pressButton)
}

// SimRoutes adds what stands for people and chaos; the caller guards them.
func (p *Provider) SimRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /sim/mockpay/pay", p.simPay)
	mux.HandleFunc("POST /sim/mockpay/capture", p.simCapture)
	mux.HandleFunc("POST /sim/mockpay/refunds", p.simRefund)
}
