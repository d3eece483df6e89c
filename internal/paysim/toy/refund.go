package toy

import (
	"crypto/rand"
	"errors"
	"net/http"

	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/paysim/journal"
)

// refund is done at once. What goes wrong goes wrong a moment after it was accepted.
func (b *Bank) refund(wanted asked, rule faults.Rule) (int, answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o, known := b.orders[wanted.Order], b.refunds[wanted.Number]
	switch {
	case known != nil && known.asked != wanted:
		return no(http.StatusConflict, "other")
	case known != nil:
		return http.StatusOK, known.view()
	case o == nil || o.captured == 0:
		return no(http.StatusConflict, "unpaid")
	case !numberForm.MatchString(wanted.Number) || wanted.Minor < 1 || o.refunded+wanted.Minor > o.captured:
		return no(http.StatusConflict, "amount")
	}
	r := &refund{asked: wanted, status: "PROCESSING", transaction: rand.Text()}
	b.refunds[wanted.Number] = r
	o.refunded += wanted.Minor
	b.note(journal.Entry{
		Kind: "refund_created", Number: wanted.Order, Refund: wanted.Number, Minor: wanted.Minor,
	})
	said := r.view()
	switch rule.Mode {
	case faults.StuckProcessing:
	case faults.Abnormal:
		b.end(r, "ABNORMAL")
	case faults.ClosedNoFunds:
		b.end(r, "CLOSED")
	default:
		b.end(r, "DONE")
		said = r.view()
	}
	return http.StatusOK, said
}

// end gives a refund its end and tells of it; the lock is held.
func (b *Bank) end(r *refund, status string) {
	r.status, r.at = status, b.pace.Now()
	if status == "CLOSED" {
		b.orders[r.asked.Order].refunded -= r.asked.Minor
	}
	if status != "DONE" {
		return
	}
	minor := r.asked.Minor
	b.lines = append(b.lines, line{
		Kind: "refund", Number: r.asked.Order, Refund: r.asked.Number, Transaction: r.transaction, Minor: minor,
		Fee: -(minor + 50) / 100, At: r.at.UnixMilli(),
	})
	b.tell(r.asked.Order, r.asked.Number, r.asked.Notify, func() {
		b.note(journal.Entry{Kind: "refund_done", Number: r.asked.Order, Refund: r.asked.Number, Minor: minor})
	})
}

func (r *refund) view() answer {
	said := answer{Number: r.asked.Number, Status: r.status, Minor: r.asked.Minor, Transaction: r.transaction}
	if !r.at.IsZero() {
		said.At = r.at.UnixMilli()
	}
	return said
}

func (b *Bank) queryRefund(wanted asked, _ faults.Rule) (int, answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r := b.refunds[wanted.Number]; r != nil {
		return http.StatusOK, r.view()
	}
	return no(http.StatusNotFound, "unknown")
}

// FinishRefund ends one that is stuck: done, abnormal or closed.
func (b *Bank) FinishRefund(number, state string) error {
	status, valid := map[string]string{"done": "DONE", "abnormal": "ABNORMAL", "closed": "CLOSED"}[state]
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.refunds[number]
	if !valid || r == nil || r.status == "DONE" || r.status == "CLOSED" {
		return errors.New("this refund has its end")
	}
	b.end(r, status)
	return nil
}
