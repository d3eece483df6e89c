package policy

import (
	"iter"
	"time"

	"github.com/friendpay/friendpay/models"
)

// The scopes of a limit: what a payment counts for.
const (
	ScopeMerchant = "merchant" // the app that is paid
	ScopeBuyer    = "buyer"    // for whom is paid
	ScopePair     = "pair"     // this payer for this buyer
	ScopePayer    = "payer"
	ScopeChannel  = "channel"
)

// The periods of a limit.
const (
	PerTransaction = "transaction"
	PerDay         = "day"
)

// scopes are asked in this order: first the limits that no other friend and no other way
// to pay would help against, so that nobody is sent in circles.
var scopes = []string{ScopeMerchant, ScopeBuyer, ScopePair, ScopePayer, ScopeChannel}

// Paying is a payment as limits see it.
type Paying struct {
	App     string
	Channel string // empty: none picked yet, so that no channel's limit applies
	ByBuyer bool   // a buyer who pays himself counts for the channel and the merchant only
}

// Limits lists what bounds a payment, in the order in which it is asked. A channel's own
// limit stands instead of the one for each channel.
func (c *Catalogue) Limits(p Paying) []Limit {
	var list []Limit
	for l := range c.bounding(p) {
		list = append(list, l)
	}
	return list
}

func (c *Catalogue) bounding(p Paying) iter.Seq[Limit] {
	return func(yield func(Limit) bool) {
		rows := c.limits[p.App]
		for _, scope := range scopes {
			for _, l := range rows {
				if l.Scope == scope && p.concerns(l, rows) && !yield(l) {
					return
				}
			}
		}
	}
}

func (p Paying) concerns(l Limit, rows []Limit) bool {
	switch {
	case l.Scope == ScopeMerchant:
		return true
	case l.Scope != ScopeChannel:
		return !p.ByBuyer
	case p.Channel == "" || l.Channel == p.Channel:
		return p.Channel != ""
	case l.Channel != "":
		return false
	}
	for _, own := range rows {
		if own.Scope == ScopeChannel && own.Channel == p.Channel && own.Per == l.Per {
			return false
		}
	}
	return true
}

// Exceeds says that an amount is above the limit by itself, on any day. In another
// currency than the limit's nothing may be paid: we could not compare it.
func (l Limit) Exceeds(amount models.Money) bool {
	return amount.Currency != l.Currency || amount.Minor > l.Minor
}

// Refusal is the stable word for a payment that a limit does not let pass: on this day,
// or on no day at all.
func (l Limit) Refusal(ever bool) string {
	switch {
	case l.Scope == ScopePayer && ever:
		return "payment_limit"
	case l.Scope == ScopePayer:
		return "daily_limit"
	case ever:
		return l.Scope + "_limit"
	default:
		return l.Scope + "_daily_limit"
	}
}

// Refusals are all such words; the value says whether the next day helps.
func Refusals() map[string]bool {
	words := map[string]bool{}
	for _, scope := range scopes {
		words[Limit{Scope: scope}.Refusal(true)] = false
		words[Limit{Scope: scope}.Refusal(false)] = true
	}
	return words
}

// TooMuch is the refusal of an amount that no day would let pass; "" when there is none.
func TooMuch(limits []Limit, amount models.Money) string {
	for _, l := range limits {
		if l.Exceeds(amount) {
			return l.Refusal(true)
		}
	}
	return ""
}

// Over is the refusal of the order's amount through a channel, by what is used of the
// limits; "" when nothing bounds it.
func Over(f Facts, channel string) string {
	l, ever, over := f.over(channel, func(Limit) bool { return true })
	if !over {
		return ""
	}
	return l.Refusal(ever)
}

// over is the first limit among those asked for that the order's amount is above: on any
// day if there is such a one, since waiting would not help, else on this day.
func (f Facts) over(channel string, asked func(Limit) bool) (first Limit, ever, found bool) {
	if f.Catalogue == nil {
		return Limit{}, false, false
	}
	bounds := f.Catalogue.bounding(f.paying(channel))
	for l := range bounds {
		if asked(l) && l.Exceeds(f.Order.Payable) {
			return l, true, true
		}
	}
	for l := range bounds {
		if asked(l) && l.Per == PerDay && f.left(l, channel) < f.Order.Payable.Minor {
			return l, false, true
		}
	}
	return Limit{}, false, false
}

func (f Facts) paying(channel string) Paying {
	return Paying{App: f.App, Channel: channel, ByBuyer: f.Payer != nil && f.Payer.IsBuyer}
}

// left is what a day's limit still lets pass, in its minor unit.
func (f Facts) left(l Limit, channel string) int64 {
	left := l.Minor
	for _, u := range f.Used {
		if u.Scope == l.Scope && u.Per == l.Per && (l.Scope != ScopeChannel || u.Channel == channel) {
			left -= u.Minor
		}
	}
	return max(left, 0)
}

// Remaining is the least that the limits of a day still let pass through a channel; false
// when no limit of a day applies.
func Remaining(f Facts, channel string) (least models.Money, limited bool) {
	if f.Catalogue == nil {
		return models.Money{}, false
	}
	for l := range f.Catalogue.bounding(f.paying(channel)) {
		if l.Per != PerDay {
			continue
		}
		left := models.Money{Minor: f.left(l, channel), Currency: f.Order.Payable.Currency}
		if l.Currency != left.Currency {
			left.Minor = 0
		}
		if !limited || left.Minor < least.Minor {
			least, limited = left, true
		}
	}
	return least, limited
}

// shanghai is where a limit's day begins; China keeps no summer time.
var shanghai = time.FixedZone("Asia/Shanghai", int((8 * time.Hour).Seconds()))

// Tomorrow is when the next day of the limits begins, in UTC.
func Tomorrow(now time.Time) time.Time {
	year, month, day := now.In(shanghai).Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, shanghai).UTC()
}
