package wechatpay

import (
	"cmp"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// line is money that moved: a payment, or with Refund one that went back.
type line struct {
	at          time.Time
	order       *order
	transaction string
	payer       string
	minor       int64
	fee         int64 // that is kept of a payment, or given back with a refund
	refund      *refund
}

// number is the merchant's own, of the payment or of the refund.
func (l line) number() string {
	if l.refund != nil {
		return l.refund.Call.Number
	}
	return l.order.Call.Number
}

// phantom is a payment that nobody made, at noon.
func phantom(m *merchant, day time.Time, rule faults.Rule) line {
	o := &order{MchID: m.MchID, Product: native}
	o.Call.AppID, o.Call.Number = m.AppID, cmp.Or(rule.Number, rand.Text()[:26])
	o.Call.Description = "phantom"
	minor := cmp.Or(rule.Minor, 100)
	return line{
		at: day.Add(12 * time.Hour), order: o, transaction: "42000" + day.Format("20060102") + digits(15),
		payer: "oPhantom", minor: minor, fee: fee(minor),
	}
}

// linesOf finds what moved for a merchant on a day in Shanghai, oldest first.
func (p *Provider) linesOf(m *merchant, day time.Time) []line {
	p.mu.Lock()
	defer p.mu.Unlock()
	var lines []line
	on := func(at time.Time) bool { return !at.Before(day) && at.Before(day.AddDate(0, 0, 1)) }
	for _, o := range p.orders {
		if o.MchID != m.MchID {
			continue
		}
		for _, c := range o.Captures {
			if on(c.At) {
				lines = append(lines, line{c.At, o, c.Transaction, c.Payer, c.Minor, fee(c.Minor), nil})
			}
		}
		for _, number := range o.Refunds {
			if r := p.refunds[key(o.MchID, number)]; r.Status == success && on(r.DoneAt) {
				minor := r.Call.Amount.Refund
				lines = append(lines, line{r.DoneAt, o, r.Transaction, o.Payer, minor, fee(minor), r})
			}
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int {
		if order := a.at.Compare(b.at); order != 0 {
			return order
		}
		return strings.Compare(a.order.Call.Number, b.order.Call.Number)
	})
	return lines
}

// ledger is what moved on a day, as the rule of the call will have it.
func (p *Provider) ledger(c *call, day time.Time) []line {
	return faults.Distort(c.rule, p.linesOf(c.merchant, day), faults.Rows[line]{
		Number: line.number, Amount: func(l *line) *int64 { return &l.minor },
		Fee:     func(l *line) *int64 { return &l.fee },
		Phantom: func() line { return phantom(c.merchant, day, c.rule) },
	})
}
