package models

import "time"

// dice turns one drawn number into as many choices as a step needs.
type dice uint64

func (d *dice) n(sides int) int {
	*d += 0x9e3779b97f4a7c15
	x := uint64(*d)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return int((x ^ x>>31) >> 33 % uint64(sides))
}

func (d *dice) oneIn(n int) bool { return d.n(n) == 0 }

// bank is the ground truth of the walks: a provider that really takes money and
// gives it back, and answers truthfully when asked.
type bank struct {
	orders  []bankOrder
	returns []bankReturn
}

type bankOrder struct {
	number   string
	quoted   Money
	made     bool // the order exists at the provider
	shut     bool // closed or failed there; a perverse provider takes money all the same
	failed   bool
	told     bool // its payment was called back, once; nobody will call again
	paid     Money
	mismatch string
}

func (o bankOrder) payable() bool { return o.made && !o.shut && o.paid.Minor == 0 }

type bankReturn struct {
	number, attempt string
	amount          Money
	state           string // "", "done", or why it broke
}

func (b *bank) order(number string) *bankOrder {
	for i := range b.orders {
		if b.orders[i].number == number {
			return &b.orders[i]
		}
	}
	return nil
}

// meet notes the orders and refunds that the law has begun.
func (b *bank) meet(r Request) {
	for i := len(b.orders); i < len(r.Attempts); i++ {
		b.orders = append(b.orders, bankOrder{number: r.Attempts[i].Number, quoted: r.Attempts[i].Quoted})
	}
	for i := len(b.returns); i < len(r.Refunds); i++ {
		f := r.Refunds[i]
		b.returns = append(b.returns, bankReturn{number: f.Number, attempt: f.Attempt, amount: f.Amount})
	}
}

// take lets a payer pay: mostly what was asked, rarely something else.
func (o *bankOrder) take(d *dice) {
	o.paid = o.quoted
	switch {
	case d.oneIn(24):
		o.paid.Minor--
	case d.oneIn(24):
		o.mismatch = "account"
	}
}

// status is what a query answers.
func (b *bank) status(number string, d *dice) Event {
	o := b.order(number)
	e := Event{Attempt: number}
	switch {
	case o.paid.Minor > 0:
		e.Kind, e.Capture = PaymentSucceeded, &Capture{Money: o.paid, Mismatch: o.mismatch}
	case o.failed:
		e.Kind = PaymentFailed
	case o.shut:
		e.Kind = PaymentClosed
	case o.made && d.oneIn(2):
		e.Kind = PaymentBusy
	default:
		e.Kind = PaymentUnpaid
	}
	return e
}

// lagging is what a query answers that may come from a copy which lags behind: the
// order as it was before it was paid. Only a poll waits until no copy does.
func (b *bank) lagging(number string, d *dice) Event {
	was := *b.order(number)
	if was.paid.Minor == 0 || !d.oneIn(4) {
		return b.status(number, d)
	}
	was.paid = Money{}
	return (&bank{orders: []bankOrder{was}}).status(number, d)
}

// give makes a refund at the provider, or says why not; a refund done stays done,
// and one closed stays closed.
func (b *bank) give(number string, d *dice, kindly bool) Event {
	f := b.refund(number)
	switch {
	case f.state == "done", f.state == "closed": // both are for good
	case kindly || !d.oneIn(3):
		f.state = "done"
	default:
		f.state = []string{"abnormal", "closed", "rejected", "overdue"}[d.n(4)]
	}
	return f.event()
}

// retried begins a refund anew, unless it has its end.
func (f *bankReturn) retried() {
	if f.state != "done" && f.state != "closed" {
		f.state = ""
	}
}

// sendAside sends an abnormal refund to the merchant's own account, now or soon, or
// will not.
func (b *bank) sendAside(number string, d *dice, kindly bool) Event {
	f := b.refund(number)
	switch {
	case f.state == Overdue && kindly, f.state == Abnormal && (kindly || d.oneIn(2)):
		f.state = "done"
	case f.state == Abnormal && d.oneIn(2):
		f.state = Overdue
		return Event{Kind: RefundUnfinished, Refund: number}
	}
	return f.event()
}

func (b *bank) refund(number string) *bankReturn {
	for i := range b.returns {
		if b.returns[i].number == number {
			return &b.returns[i]
		}
	}
	return nil
}

func (f bankReturn) event() Event {
	switch f.state {
	case "done":
		return Event{Kind: RefundDone, Refund: f.number}
	case "":
		return Event{Kind: RefundUnfinished, Refund: f.number}
	default:
		return Event{Kind: RefundBroke, Refund: f.number, Reason: f.state}
	}
}

// captured and returned are what really moved.
func (b *bank) captured() (sum int64) {
	for _, o := range b.orders {
		sum += o.paid.Minor
	}
	return sum
}

func (b *bank) returned() (sum int64) {
	for _, f := range b.returns {
		if f.state == "done" {
			sum += f.amount.Minor
		}
	}
	return sum
}

func (b *bank) anyPayable() bool {
	for _, o := range b.orders {
		if o.payable() {
			return true
		}
	}
	return false
}

// shop is the merchant's order: it takes one attempt's money, or refuses.
type shop struct {
	taken     string
	price     int64 // what it took
	afterSale int64 // what the merchant gave back since
}

// gaveBack counts what of the order is undone, or what of money that was held.
func (s *shop) gaveBack(r Request, f Refund) {
	if f.Attempt != r.Winner {
		s.afterSale += f.Amount.Minor
		return
	}
	s.afterSale += f.Worth().Minor
}

func (s *shop) ask(r Request, d *dice, kindly bool) Event {
	switch {
	case r.State != Applying: // the merchant withdrew: whatever is said now is for nobody
		return Event{Kind: OrderRefused, Reason: "order_gone"}
	case s.taken != "" && s.taken != r.Winner:
		return Event{Kind: OrderRefused, Attempt: r.Winner, Reason: "duplicate"}
	case s.taken == "" && !kindly && d.oneIn(8):
		return Event{Kind: OrderRefused, Attempt: r.Winner, Reason: "order_gone"}
	}
	s.taken, s.price = r.Winner, r.Payable.Minor
	return Event{Kind: OrderAccepted, Attempt: r.Winner}
}

// newborn is a request as the API places it.
func newborn(d *dice) Request {
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	r := Request{
		ID: "fpr_1", Payable: CNY(10000), Agreed: CNY(10000), PriceVersion: 1, Rules: CurrentRules, Speed: 1,
		State: Checking, EnteredAt: start, ExpiresAt: start.Add(time.Duration(15+d.n(45)) * time.Minute),
		Hooked: d.oneIn(2),
	}
	r.HardEnd = r.ExpiresAt.Add(time.Duration(d.n(40)) * time.Minute)
	if d.oneIn(2) {
		r.AcceptLate = 10 * time.Minute
	}
	return r
}
