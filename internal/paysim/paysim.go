// Package paysim simulates the payment providers: real HTTP, real signatures,
// a page for the payer, a journal of what truly happened, and switches for
// everything that goes wrong in the world. It shares no code with the adapters
// in providers: a shared mistake would hide.
package paysim

import (
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/alipay"
	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/paysim/journal"
	"github.com/friendpay/friendpay/internal/paysim/mockpay"
	"github.com/friendpay/friendpay/internal/paysim/oidc"
	"github.com/friendpay/friendpay/internal/paysim/pace"
	"github.com/friendpay/friendpay/internal/paysim/sms"
	"github.com/friendpay/friendpay/internal/paysim/unionpay"
	"github.com/friendpay/friendpay/internal/paysim/wechatpay"
)

// Options of a simulator. The zero value is a simulator in memory with one
// generated account of each provider, at true speed.
type Options struct {
	Accounts    []mockpay.Account   // none: as in StateDir, or generated
	WeChat      []wechatpay.Account // none: as in StateDir, or generated
	Alipay      []alipay.Account    // none: as in StateDir, or generated
	UnionPay    []unionpay.Account  // none: as in StateDir, or generated
	OIDC        *oidc.Client        // nil: as in StateDir, or generated
	SMSKey      string              // empty: as in StateDir, or generated
	Domain      string              // host[:port] registered with the providers; empty: as the accounts say
	StateDir    string              // keys and journal; empty: nothing is kept
	Speed       float64             // divides retry waits and the refund delay; 0 means 1
	RefundDelay time.Duration       // unscaled; 0 means 3 s
	Seed        uint64              // of the faults that come by chance
	Now         func() time.Time    // nil: time.Now
	PublicURL   string              // where browsers reach it, no slash at the end; empty: as the caller did
	JournalCap  int                 // entries; 0 means 1,000,000
	Strict      bool                // refuse what providers advise against, see wechatpay.Deps
	EarlyBills  bool                // strict or not, today's bill tells what happened so far
	QueryRate   int                 // WeChat Pay's, per second and merchant; 0: 2000, below 0: no limit
}

// The defaults, and how many callbacks and refunds may be under way at once.
const (
	defaultRefundDelay = 3 * time.Second
	defaultCap         = 1_000_000
	maxUnderWay        = 100_000
	maxConnections     = 256 // per merchant host
)

// Sim is a running simulator: its handler answers until Close.
type Sim struct {
	keys    keys
	journal *journal.Journal
	board   *faults.Board
	pace    *pace.Pace
	wire    *http.Transport
	rails   []rail
	login   *oidc.Issuer
	inbox   *sms.Inbox
	handler http.Handler
	closed  atomic.Bool
}

// New makes a simulator, going on from what StateDir holds.
func New(options Options) (*Sim, error) {
	options = options.complete()
	p, err := pace.New(options.Now, options.Speed, maxUnderWay)
	if err != nil {
		return nil, fmt.Errorf("paysim: %w", err)
	}
	s := &Sim{pace: p, board: faults.NewBoard(options.Seed)}
	if s.keys, err = loadKeys(options); err != nil {
		return nil, fmt.Errorf("paysim: %w", err)
	}
	if options.Domain != "" {
		for i := range s.keys.WeChat {
			s.keys.WeChat[i].Domain = options.Domain
		}
		for i := range s.keys.Alipay {
			s.keys.Alipay[i].Domain = options.Domain
		}
	}
	s.inbox = sms.New(s.keys.SMSKey, options.Now)
	s.wire = &http.Transport{
		MaxConnsPerHost: maxConnections, MaxIdleConnsPerHost: maxConnections, IdleConnTimeout: 30 * time.Second,
	}
	if err := s.openRails(options); err != nil {
		return nil, fmt.Errorf("paysim: %w", err)
	}
	s.journal, err = journal.Open(
		journal.Options{Dir: options.StateDir, Cap: options.JournalCap, Now: options.Now}, s.restore)
	if err != nil {
		return nil, fmt.Errorf("paysim: %w", err)
	}
	s.handler = s.routes()
	for _, r := range s.rails {
		r.Start(s.journal)
	}
	s.login.Start(s.journal)
	return s, nil
}

// rail is one simulated provider.
type rail interface {
	Routes(mux *http.ServeMux)
	SimRoutes(mux *http.ServeMux)
	Start(j *journal.Journal)
	Restore(entry journal.Entry) error
	Reset()
	Totals(account, order string) []desk.Total
}

// openRails makes what shares one board, one pace and one line out.
func (s *Sim) openRails(o Options) error {
	mock, err1 := mockpay.New(mockpay.Deps{
		Accounts: s.keys.Accounts, Faults: s.board, Pace: s.pace, Client: s.client(),
		RefundDelay: o.RefundDelay, PublicURL: o.PublicURL,
	})
	weChat, err2 := wechatpay.New(wechatpay.Deps{
		Accounts: s.keys.WeChat, Faults: s.board, Pace: s.pace, Client: s.client(),
		RefundDelay: o.RefundDelay, PublicURL: o.PublicURL, Strict: o.Strict, EarlyBills: o.EarlyBills,
		QueryRate: o.QueryRate,
	})
	ali, err3 := alipay.New(alipay.Deps{
		Accounts: s.keys.Alipay, Faults: s.board, Pace: s.pace, Client: s.client(),
		RefundDelay: o.RefundDelay, PublicURL: o.PublicURL, Strict: o.Strict && !o.EarlyBills,
	})
	union, err4 := unionpay.New(unionpay.Deps{
		Accounts: s.keys.UnionPay, Faults: s.board, Pace: s.pace, Client: s.client(),
		RefundDelay: o.RefundDelay, Strict: o.Strict && !o.EarlyBills,
	})
	s.rails = []rail{mock, weChat, ali, union}
	var err5 error
	s.login, err5 = oidc.New(oidc.Deps{
		Client: *s.keys.OIDC, Faults: s.board, Pace: s.pace, PublicURL: o.PublicURL,
	})
	return errors.Join(err1, err2, err3, err4, err5)
}

// restore offers an entry to each provider, which knows its own.
func (s *Sim) restore(entry journal.Entry) (err error) {
	for _, r := range s.rails {
		err = errors.Join(err, r.Restore(entry))
	}
	return err
}

func (o Options) complete() Options {
	if o.Speed == 0 {
		o.Speed = 1
	}
	if o.RefundDelay == 0 {
		o.RefundDelay = defaultRefundDelay
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.JournalCap == 0 {
		o.JournalCap = defaultCap
	}
	return o
}

// client sends callbacks. A redirect is an answer that is not OK.
func (s *Sim) client() *http.Client {
	return &http.Client{
		Transport:     s.wire,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Handler serves everything: providers, payer's pages, switches. After Close it
// answers 503.
func (s *Sim) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.closed.Load() {
			http.Error(w, "the simulator is closed", http.StatusServiceUnavailable)
			return
		}
		s.handler.ServeHTTP(w, r)
	})
}

// Journal is the ground truth; it may be read while the simulator runs.
func (s *Sim) Journal() *journal.Journal { return s.journal }

// Faults is the switchboard, for those who hold the simulator in their hands.
func (s *Sim) Faults() *faults.Board { return s.board }

// Accounts are the mockpay accounts with their secrets.
func (s *Sim) Accounts() []mockpay.Account { return s.keys.Accounts }

// WeChatAccounts are the WeChat Pay accounts with the secrets of both sides.
func (s *Sim) WeChatAccounts() []wechatpay.Account { return s.keys.WeChat }

// AlipayAccounts are the Alipay accounts with the secrets of both sides.
func (s *Sim) AlipayAccounts() []alipay.Account { return s.keys.Alipay }

// UnionPayAccounts are the UnionPay accounts with the secrets of both sides.
func (s *Sim) UnionPayAccounts() []unionpay.Account { return s.keys.UnionPay }

// OIDC is the client that may log staff in, with its secret.
func (s *Sim) OIDC() oidc.Client { return *s.keys.OIDC }

// SMSKey is the bearer key of the text message sink.
func (s *Sim) SMSKey() string { return s.keys.SMSKey }

// Reset forgets orders, journal, faults and messages; accounts stay.
func (s *Sim) Reset() error {
	s.board.Clear()
	s.pace.Restart()
	for _, r := range s.rails {
		r.Reset()
	}
	s.login.Reset()
	s.inbox.Reset()
	return s.journal.Reset()
}

// Close stops callbacks and held answers, waits for them, and closes the
// journal. What was under way goes on in the next run, if there is a StateDir.
func (s *Sim) Close() error {
	if s.closed.Swap(true) {
		return errors.New("paysim: closed twice")
	}
	s.pace.Close()
	s.board.Clear()
	s.wire.CloseIdleConnections()
	if err := s.journal.Close(); err != nil {
		return fmt.Errorf("paysim: %w", err)
	}
	return nil
}
