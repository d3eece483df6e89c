// Package toy is the smallest provider that the contract takes, in memory and over real
// HTTP: the other side of the example in providers/providertest/toy. No simulator runs
// it. One account, one product: a code that somebody scans.
package toy

import (
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/courier"
	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/paysim/journal"
	"github.com/friendpay/friendpay/internal/paysim/pace"
)

const (
	name    = "toy"
	maxBody = 64 << 10
	limit   = 10_000 // of entries, and of what is under way
)

// Bank is the provider. Account and Secret are what the merchant knows.
type Bank struct {
	Account, Secret string
	Faults          *faults.Board
	Journal         *journal.Journal

	pace    *pace.Pace
	desk    *desk.Desk
	courier *courier.Courier
	client  *http.Client

	mu      sync.Mutex
	orders  map[string]*order
	refunds map[string]*refund
	lines   []line
}

// New opens a bank whose retries are speed times faster than WeChat Pay's.
func New(account, secret string, speed float64) (*Bank, error) {
	p, err := pace.New(time.Now, speed, limit)
	if err != nil {
		return nil, err
	}
	j, err := journal.Open(journal.Options{Cap: limit, Now: time.Now}, nil)
	if err != nil {
		return nil, err
	}
	b := &Bank{
		Account: account, Secret: secret, Faults: faults.NewBoard(0), Journal: j, pace: p,
		client: &http.Client{Transport: &http.Transport{}},
		orders: map[string]*order{}, refunds: map[string]*refund{},
	}
	note := func(entry journal.Entry) { b.note(entry) }
	b.desk = &desk.Desk{Provider: name, Faults: b.Faults, Pace: p, Note: note}
	b.courier = courier.New(courier.Deps{
		Desk: b.desk, Lock: &b.mu, Send: b.post, Flush: j.Flush,
		Note: func(entry journal.Entry, _ *courier.Event) { note(entry) },
	})
	return b, nil
}

// Close ends what is under way.
func (b *Bank) Close() error {
	b.pace.Close()
	b.Faults.Clear()
	b.client.CloseIdleConnections()
	return b.Journal.Close()
}

func (b *Bank) note(entry journal.Entry) {
	entry.Provider, entry.Account = name, b.Account
	b.Journal.Record(entry)
}

// work is what the bank does, by the last part of an address.
var work = map[faults.Op]func(*Bank, asked, faults.Rule) (int, answer){
	faults.Create: (*Bank).create, faults.Query: (*Bank).query, faults.Close: (*Bank).close,
	faults.Refund: (*Bank).refund, faults.RefundQuery: (*Bank).queryRefund, faults.Statement: (*Bank).statement,
}

// ServeHTTP takes POST /toy/{op}. All that it does may be asked for twice, so that it
// needs no memory of calls.
func (b *Bank) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	op := faults.Op(r.URL.Path[min(len("/toy/"), len(r.URL.Path)):])
	do, known := work[op]
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	nonce := r.Header.Get("Toy-Nonce")
	if err != nil || !known || !same(r.Header.Get("Toy-Sign"), sign(b.Secret, string(op), nonce, string(body))) {
		http.Error(w, "not signed", http.StatusUnauthorized)
		return
	}
	var wanted asked
	if json.Unmarshal(body, &wanted) != nil {
		http.Error(w, "not JSON", http.StatusBadRequest)
		return
	}
	rule := b.desk.Spoil(op, wanted.Number, wanted.Order)
	ctx, cancel := b.desk.Until(r.Context())
	defer cancel()
	status, said := b.desk.Before(ctx, rule), answer{Code: "trouble"}
	if status == 0 {
		status, said = do(b, wanted, rule)
		if spoiled := b.desk.After(ctx, rule); spoiled != 0 {
			status, said = spoiled, answer{Code: "trouble"}
		}
	}
	b.send(w, nonce, status, said, rule)
}
