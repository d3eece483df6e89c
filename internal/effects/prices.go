package effects

import (
	"slices"
	"time"

	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// Repriced is what one request costs through one channel, before and after a change.
type Repriced struct {
	Request string `json:"request_id"`
	Channel string `json:"channel"`
	Before  int64  `json:"before_minor"`
	After   int64  `json:"after_minor"`
}

func (r Repriced) size() int64 { return max(r.After-r.Before, r.Before-r.After) }

// tryPrices compares what a request costs through each channel that it is offered with. An
// offer that begins later counts at the moment when it begins.
func (r *Report) tryPrices(live store.Live, asked policy.Facts, channels []string, c change) {
	deep := false
	for _, channel := range channels {
		var most Repriced
		for _, asked.Now = range c.moments {
			asked.Catalogue = c.before
			was := policy.QuoteOf(asked, channel)
			asked.Catalogue = c.after
			is := policy.QuoteOf(asked, channel)
			one := Repriced{live.Request, channel, was.PayerPays.Minor, is.PayerPays.Minor}
			if one.size() > most.size() {
				most = one
			}
			deep = deep || one.After < one.Before && is.Off().Minor > is.OrderAmount.Minor/2
		}
		if most.size() == 0 {
			continue
		}
		r.Repriced++
		if r.Largest == nil || most.size() > r.Largest.size() {
			r.Largest = &most
		}
	}
	if deep {
		r.Deep = append(r.Deep, live.Request)
	}
}

// momentsOf are now and the beginnings of offers to come that the catalogue has in an app.
func momentsOf(now time.Time, begins []time.Time) []time.Time {
	moments := []time.Time{now}
	for _, at := range begins {
		if at.After(now) && !slices.ContainsFunc(moments, at.Equal) {
			moments = append(moments, at)
		}
	}
	return moments
}
