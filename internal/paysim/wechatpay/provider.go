package wechatpay

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
const Name = "wechatpay"

// defaultRate is how many queries a merchant may make in a second.
const defaultRate = 2000

// Deps is what the provider shares with others in one simulator.
type Deps struct {
	Accounts    []Account
	Faults      *faults.Board
	Pace        *pace.Pace
	Client      *http.Client  // sends callbacks; must not follow redirects
	RefundDelay time.Duration // unscaled time a refund stays in processing
	PublicURL   string        // where payers' browsers reach the simulator; empty: as the caller did
	Strict      bool          // refuse what WeChat Pay only advises against: early closing, today's bill
	EarlyBills  bool          // but not today's bill
	QueryRate   int           // queries per second and merchant; 0: 2000, below 0: any number
}

// Provider is the simulated provider. One lock guards its books.
type Provider struct {
	deps       Deps
	desk       *desk.Desk
	courier    *courier.Courier
	journal    *journal.Journal
	byMerchant map[string]*merchant
	byApp      map[string]*merchant
	nonces     desk.Once
	rate       rate
	logins     logins
	servers    servers
	bills      bills

	mu           sync.Mutex
	orders       map[string]*order  // by merchant and number
	codes        map[string]*order  // by pr or prepay_id, also those that no longer serve
	transactions map[string]*order  // by transaction_id
	refunds      map[string]*refund // by merchant and number
	refundIDs    map[string]*refund
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
		return nil, errors.New("wechatpay needs faults, a pace and a client")
	}
	if deps.QueryRate == 0 {
		deps.QueryRate = defaultRate
	}
	p := &Provider{
		deps: deps, byMerchant: map[string]*merchant{}, byApp: map[string]*merchant{},
		nonces: desk.Once{Keep: 2 * tolerance}, rate: rate{limit: deps.QueryRate},
	}
	for _, account := range deps.Accounts {
		m, err := open(account)
		if err != nil {
			return nil, fmt.Errorf("wechatpay: %w", err)
		}
		if p.byMerchant[m.MchID] != nil || p.byApp[m.AppID] != nil {
			return nil, fmt.Errorf("wechatpay: account %s or its app is there twice", m.MchID)
		}
		p.byMerchant[m.MchID], p.byApp[m.AppID] = m, m
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
	p.orders, p.codes, p.transactions = map[string]*order{}, map[string]*order{}, map[string]*order{}
	p.refunds, p.refundIDs = map[string]*refund{}, map[string]*refund{}
	p.courier.Forget()
	p.logins.forget()
	p.servers.forget()
	p.bills.forget()
}

// Reset forgets orders, refunds, events and logins; the caller stopped the pace before.
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
		return fmt.Errorf("wechatpay snapshot: %w", err)
	}
	if r.Order != nil {
		p.orders[r.Order.key()], p.codes[r.Order.Code] = r.Order, r.Order
		for _, c := range r.Order.Captures {
			p.transactions[c.Transaction] = r.Order
		}
	}
	if r.Refund != nil {
		p.refunds[key(r.Refund.MchID, r.Refund.Call.Number)], p.refundIDs[r.Refund.ID] = r.Refund, r.Refund
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
	p.journal.Record(entry)
}

// noteAlone is note for those who do not hold the lock.
func (p *Provider) noteAlone(entry journal.Entry) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.note(entry, record{})
}
