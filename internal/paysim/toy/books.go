package toy

import (
	"crypto/rand"
	"errors"
	"net/http"
	"regexp"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/paysim/journal"
)

const (
	maxMinor = 100_000_000
	perPage  = 100
)

var numberForm = regexp.MustCompile(`^[0-9A-Z]{26}$`)

// order is what was asked, and the money that came for it.
type order struct {
	asked       asked
	closed      bool
	captured    int64
	refunded    int64 // given back or on its way
	transaction string
	at          time.Time
}

type refund struct {
	asked       asked
	status      string // done, processing, abnormal or closed
	transaction string
	at          time.Time
}

func (o *order) status(now time.Time) string {
	switch {
	case o.captured > 0:
		return "PAID"
	case o.closed || now.UnixMilli() >= o.asked.Expires:
		return "CLOSED"
	default:
		return "WAITING"
	}
}

func no(status int, code string) (int, answer) { return status, answer{Code: code} }

func (b *Bank) create(wanted asked, _ faults.Rule) (int, answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.pace.Now()
	o, known := b.orders[wanted.Number]
	switch {
	case known && o.asked != wanted:
		return no(http.StatusConflict, "other")
	case known:
	case !numberForm.MatchString(wanted.Number) || wanted.Product != "page" || wanted.Minor < 1 ||
		wanted.Minor > maxMinor || wanted.Expires <= now.UnixMilli() || !desk.WebAddress(wanted.Notify, 512):
		return no(http.StatusBadRequest, "invalid")
	default:
		o = &order{asked: wanted}
		b.orders[wanted.Number] = o
		b.note(journal.Entry{Kind: "order_created", Number: wanted.Number, Minor: wanted.Minor})
	}
	return http.StatusOK, b.view(o)
}

func (b *Bank) view(o *order) answer {
	said := answer{
		Number: o.asked.Number, Status: o.status(b.pace.Now()), Minor: o.captured, Transaction: o.transaction,
		Scan: "toy:" + o.asked.Number,
	}
	if o.captured > 0 {
		said.At = o.at.UnixMilli()
	}
	return said
}

func (b *Bank) query(wanted asked, _ faults.Rule) (int, answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if o := b.orders[wanted.Number]; o != nil {
		return http.StatusOK, b.view(o)
	}
	return no(http.StatusNotFound, "unknown")
}

func (b *Bank) close(wanted asked, rule faults.Rule) (int, answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := b.orders[wanted.Number]
	if o == nil {
		return no(http.StatusNotFound, "unknown")
	}
	if rule.Mode == faults.PaidMeantime && o.captured == 0 {
		b.capture(o, o.asked.Minor)
	}
	if o.captured > 0 {
		return no(http.StatusConflict, "paid")
	}
	if !o.closed {
		o.closed = true
		b.note(journal.Entry{Kind: "closed", Number: wanted.Number})
	}
	return http.StatusOK, b.view(o)
}

// Pay is somebody who scans the code and pays; late: although it is over.
func (b *Bank) Pay(number string, late bool) error {
	rule := b.desk.Spoil(faults.Pay, number)
	b.mu.Lock()
	defer b.mu.Unlock()
	o := b.orders[number]
	if o == nil || o.status(b.pace.Now()) != "WAITING" && !late {
		return errors.New("this code cannot be paid")
	}
	minor := o.asked.Minor
	if rule.Mode == faults.WrongAmount {
		minor = rule.Minor
	}
	b.capture(o, minor)
	return nil
}

// capture books money; the lock is held.
func (b *Bank) capture(o *order, minor int64) {
	o.captured, o.transaction, o.at = o.captured+minor, rand.Text(), b.pace.Now()
	number := o.asked.Number
	b.lines = append(b.lines, line{
		Kind: "capture", Number: number, Transaction: o.transaction, Minor: minor, Fee: (minor + 50) / 100,
		At: o.at.UnixMilli(),
	})
	b.tell(number, "", o.asked.Notify, func() {
		b.note(journal.Entry{Kind: "captured", Number: number, Minor: minor})
	})
}

// statement lists a day of Shanghai, a page at a time.
func (b *Bank) statement(wanted asked, _ faults.Rule) (int, answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	said := answer{Number: wanted.Day}
	for i := max(wanted.After, 0); i < len(b.lines); i++ {
		if time.UnixMilli(b.lines[i].At).In(desk.Shanghai).Format(time.DateOnly) != wanted.Day {
			continue
		}
		if len(said.Lines) == perPage {
			said.Next = i
			break
		}
		said.Lines = append(said.Lines, b.lines[i])
	}
	return http.StatusOK, said
}
