package models

import "time"

// bankMoves lets something happen at the provider that nobody told us of yet.
func (w *walker) bankMoves(d *dice) {
	if len(w.bank.orders) == 0 {
		return
	}
	o := &w.bank.orders[d.n(len(w.bank.orders))]
	switch {
	case w.owes(OpenPayment, o.number) && !o.shut && d.oneIn(2):
		o.made = true // created before its answer is here
	case o.payable() && d.oneIn(8):
		o.shut, o.failed = true, d.oneIn(2) // failed, or closed by the provider's own clock
	case o.payable():
		o.take(d)
	case o.made && o.paid.Minor == 0 && d.oneIn(6):
		o.take(d) // perverse: closed, and money taken all the same
	}
	if len(w.bank.returns) > 0 {
		f := &w.bank.returns[d.n(len(w.bank.returns))]
		if f.state == Overdue {
			f.state = []string{"done", "closed"}[d.n(2)]
		}
	}
}

// callback reports an attempt or a refund, true or not, once or again.
func (w *walker) callback(d *dice) {
	if len(w.bank.returns) > 0 && d.oneIn(4) {
		f := w.bank.returns[d.n(len(w.bank.returns))]
		w.deliver(Event{Kind: RefundReported, Refund: f.number}, d)
		return
	}
	if len(w.bank.orders) == 0 || d.oneIn(20) {
		w.deliver(Event{Kind: PaymentReported, Attempt: "A?"}, d)
		return
	}
	w.report(&w.bank.orders[d.n(len(w.bank.orders))], d)
}

// report calls back about an order. A paid one is called back once and never again.
func (w *walker) report(o *bankOrder, d *dice) {
	o.told = o.told || o.paid.Minor > 0
	w.deliver(Event{Kind: PaymentReported, Attempt: o.number}, d)
}

// pay is somebody's wish to pay, mostly on a fresh quote.
func (w *walker) pay(d *dice) Event {
	pay := Pay{Number: w.mint("A"), Payer: "pay_" + numerals[d.n(3)], Channel: "ch_" + numerals[d.n(2)],
		Product: "wap", Quoted: w.r.Payable, PriceVersion: w.r.PriceVersion}
	pay.ByBuyer = pay.Payer == "pay_0"
	if d.oneIn(2) && pay.Quoted.Minor > 0 {
		pay.discounted(d)
	}
	if d.oneIn(12) {
		pay.PriceVersion--
	}
	if d.oneIn(4) {
		pay.MinCloseSecs = 300
	}
	if len(w.r.Attempts) > 0 && d.oneIn(10) {
		pay.Number = w.r.Attempts[0].Number
	}
	return Event{Kind: PayAsked, Attempt: pay.Number, Pay: &pay}
}

// discounted lets up to two offers take something off a quote.
func (p *Pay) discounted(d *dice) {
	for i := range d.n(2) + 1 {
		off := 1 + int64(d.n(int(p.Quoted.Minor)/2))
		p.Discounts = append(p.Discounts, Discount{"offer_" + numerals[i], "channel", off})
		p.Quoted.Minor -= off
	}
}

// people is what buyer, payer, merchant and staff may want of a request.
func (w *walker) people(d *dice) Event {
	kinds := []EventKind{PriceChanged, PriceChanged, PriceAccepted, PriceDeclined, HoldPlaced, HoldLifted,
		HoldLifted, BuyerCancelled, MerchantCancelled, MerchantWithdrew, RiskBlocked, Placed, PayWithdrawn,
		Extended, Reopened}
	e := Event{Kind: kinds[d.n(len(kinds))]}
	if w.r.State == Applying && d.oneIn(2) {
		e.Kind = MerchantWithdrew // his system is dead for good
	}
	if w.r.EndedAt.After(w.r.EnteredAt.Add(-time.Minute)) && w.r.Guarded && d.oneIn(3) {
		e.Kind = Reopened
	}
	switch {
	case e.Kind == Extended || e.Kind == Reopened:
		w.later(&e, d)
	case (e.Kind == HoldPlaced || e.Kind == HoldLifted) && d.oneIn(3):
		e.Reason = Outage
	case e.Kind == PriceChanged:
		price := Price{Payable: CNY(int64(9000 + 500*d.n(5))), Version: w.r.PriceVersion + int64(d.n(8)+1)/2}
		if d.oneIn(16) {
			price.Payable.Currency = "USD"
		}
		e.Price = &price
	case e.Kind == PayWithdrawn && w.r.Slot != "" && d.oneIn(4):
		e.Attempt, e.Actor = w.r.Slot, "staff:anna"
	case e.Kind == PayWithdrawn && w.r.Slot != "":
		a := w.r.Attempts[d.n(len(w.r.Attempts))] // his own, or by mistake an older one
		e.Attempt, e.Actor = a.Number, a.Actor()
	case e.Kind == PriceAccepted && d.oneIn(2):
		e.Price = &Price{Payable: w.r.Payable, Version: w.r.PriceVersion - int64(d.n(2))}
	}
	return e
}

// later gives the event a deadline, mostly one that may be.
func (w *walker) later(e *Event, d *dice) {
	e.Until = w.now.Add(time.Duration(d.n(90)) * time.Minute)
	if d.oneIn(6) {
		e.Until = w.r.ExpiresAt
	}
	e.HardEnd = later(e.Until, w.r.HardEnd)
}

// wants delivers what somebody wants. A merchant who withdraws while his order is being
// asked takes back what his system may have said.
func (w *walker) wants(e Event, d *dice) {
	was := w.r.State
	if w.deliver(e, d) && e.Kind == MerchantWithdrew && was == Applying {
		w.shop.taken, w.shop.price = "", 0
	}
}

// afterSales asks for money back, or tries a failed refund again.
func (w *walker) afterSales(d *dice) {
	if len(w.r.Refunds) > 0 && d.oneIn(2) {
		f := w.r.Refunds[d.n(len(w.r.Refunds))]
		if f.State == RefundFailed && d.oneIn(2) || d.oneIn(4) {
			w.stranded(f, d)
		} else {
			w.retry(f.Number, d)
		}
		return
	}
	money := CNY(int64(d.n(11000)))
	if d.oneIn(2) {
		money.Minor %= 2000 // so that several are under way at once
	}
	words := []string{"", "wrong_size", "price_fell", "late"}
	e := Event{Kind: RefundAsked, Refund: w.mint("R"), Money: &money, Reason: words[d.n(len(words))]}
	if d.oneIn(3) {
		e.Money, e.OrderAmount = nil, &money
	}
	if w.r.State == BlockedRisk && len(w.r.Attempts) > 0 {
		e.Attempt = w.r.Attempts[d.n(len(w.r.Attempts))].Number
	}
	if len(w.r.Refunds) > 0 && d.oneIn(6) {
		e.Refund = w.r.Refunds[0].Number
	}
	was := len(w.r.Refunds)
	if w.deliver(e, d) && len(w.r.Refunds) > was {
		w.shop.gaveBack(w.r, w.r.Refunds[was])
	}
}

func (w *walker) retry(number string, d *dice) {
	f := w.bank.refund(number)
	was := w.r.Refunds[w.r.refund(number)]
	if was.State == RefundFailed && !was.Diverted {
		f.retried()
	}
	w.deliver(Event{Kind: RefundRetried, Refund: number}, d)
}

// stranded is what payer and staff may want of a refund that the account cannot take,
// and of any other by mistake. That the merchant handed it on is said of what he has.
func (w *walker) stranded(f Refund, d *dice) {
	a, _ := w.r.Attempt(f.Attempt)
	wish := d.n(4)
	if f.Stranded() && d.oneIn(2) {
		wish = 2
	}
	switch wish {
	case 0:
		w.deliver(Event{Kind: RefundWished, Refund: f.Number, Reason: WishContact, Actor: a.Actor()}, d)
	case 1:
		if f.Stranded() {
			w.bank.refund(f.Number).retried()
		}
		w.deliver(Event{Kind: RefundWished, Refund: f.Number, Reason: WishAgain, Actor: a.Actor()}, d)
	case 2:
		w.deliver(Event{Kind: RefundDiverted, Refund: f.Number}, d)
	default:
		w.deliver(Event{Kind: RefundHanded, Refund: f.Number}, d)
	}
}

// pass lets the clock run to at; each deadline on the way is an event.
func (w *walker) pass(at time.Time, d *dice) {
	for range 50 {
		next, kind, ok := w.r.Deadline()
		if !ok || next.After(at) || w.broken != "" {
			break
		}
		w.now = later(w.now, next)
		w.deliver(Event{Kind: kind}, d)
	}
	w.now = later(w.now, at)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// heal lets everybody answer, every payment be reported and time pass, until
// nothing is left to wait for; then the books must balance.
func (w *walker) heal(d *dice) {
	w.healing = true
	for range 400 {
		if w.broken != "" {
			return
		}
		if !w.mend(d) {
			w.blame(w.balance())
			return
		}
	}
	w.blame("P7 never final: " + string(w.r.State))
}

// mend does the next thing that the world still owes; false when nothing is left.
func (w *walker) mend(d *dice) bool {
	if len(w.abroad) > 0 {
		w.bringHome(0, d)
		return true
	}
	for i := range w.bank.orders {
		if o := &w.bank.orders[i]; o.paid.Minor > 0 && !o.told {
			w.report(o, d)
			return true
		}
	}
	for _, f := range w.r.Refunds {
		switch {
		case f.Failure == WithMerchant:
			w.deliver(Event{Kind: RefundHanded, Refund: f.Number}, d)
			return true
		case f.State == RefundFailed && f.Diverted:
			w.bank.sendAside(f.Number, d, true)
			w.ask(Effect{FollowRefund, f.Number}, d)
			return true
		case f.State == RefundFailed:
			w.retry(f.Number, d)
			return true
		}
	}
	for _, number := range w.r.Watched() {
		a, _ := w.r.Attempt(number)
		if !a.Pending() || w.bank.order(number).paid.Minor > 0 {
			w.poll(number, d)
			return true
		}
	}
	at, _, ok := w.r.Deadline()
	if ok && !w.r.Final() {
		w.pass(at, d)
	}
	return !w.r.Final() && ok
}
