package machine

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/friendpay/friendpay/internal/facts"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// scenery is what all sides of a moment share.
type scenery struct {
	page     *Page
	known    *policy.Catalogue
	channels []store.Channel
	cohort   store.Cohort
	card     store.Card       // what the buyer let friends see then
	told     []store.Decision // the friends, the newest first
	came     []store.Visitor  // who had logged in, the first first
	since    Since
}

// visitors are the payers who had paid or logged in by an invite, or "" when nobody had.
func (s scenery) visitors(invite string) []string {
	var list []string
	add := func(payer string) {
		if payer != "" && !slices.Contains(list, payer) {
			list = append(list, payer)
		}
	}
	for _, a := range s.page.Request.Attempts {
		if a.Invite == invite && !a.ByBuyer {
			add(a.Payer)
		}
	}
	for _, v := range s.came {
		if v.Invite == invite {
			add(v.Payer)
		}
	}
	if len(list) == 0 {
		return []string{""}
	}
	return list
}

// order is the order as it was by then, as far as pages and rules look at it.
func (s scenery) order() store.Order {
	order, r := s.page.Order, s.page.Request
	order.Payable, order.PriceVersion, order.State = r.Payable, r.PriceVersion, store.OrderUnpaid
	winner, _ := r.Attempt(r.Winner)
	switch {
	case winner.Disposition == models.Applied:
		order.State = store.OrderPaid
	case r.State == models.CancelledMerchant:
		order.State = store.OrderCancelled
	}
	return order
}

// ask puts together what the rules looked at: what was stored of the last time that somebody
// was told something by this link, at the moment and under its catalogue.
func (s scenery) ask(screen *Screen, payer string) error {
	link := &screen.Stage.Link
	asked := facts.Made(facts.Of(link.Order, s.known, s.page.At, s.page.Request.Speed), link.Released)
	asked.Surface = policy.SurfaceUnknown
	mine := func(d store.Decision) bool { return d.Invite == link.Invite.ID && d.Payer == payer }
	anyone := func(d store.Decision) bool { return d.Invite == link.Invite.ID }
	i := slices.IndexFunc(s.told, mine)
	if i < 0 {
		i = slices.IndexFunc(s.told, anyone)
	}
	if i < 0 {
		screen.Gaps = append(screen.Gaps, Gap{Code: GapTold, About: link.Invite.ID})
		screen.Stage.Facts = asked
		return nil
	}
	var then policy.Facts
	if err := json.Unmarshal(s.told[i].Facts, &then); err != nil {
		return fmt.Errorf("read the facts of %s: %w", s.told[i].ID, err)
	}
	asked.Surface, asked.Version, asked.Used = then.Surface, then.Version, then.Used
	asked.Broken, asked.Spent = then.Broken, then.Spent
	screen.Stage.Facts = asked
	bounded := len(s.known.LimitsOf(link.App.ID))+len(s.known.PromotionsOf(link.App.ID))+len(then.Broken) > 0
	if bounded && s.page.Request.State == models.Open && !s.told[i].At.Equal(s.page.At) {
		screen.Gaps = append(screen.Gaps, Gap{Code: GapLimits, About: s.told[i].ID})
	}
	return nil
}
