// Package effects shows what a change of the catalogue would do to people who wait for a
// friend's payment right now, and makes the change when that is meant.
package effects

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/friendpay/friendpay/internal/facts"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// Sampled is how many of the newest open requests a change is tried on.
const Sampled = 200

// shown is how many of those that decide otherwise are told one by one.
const shown = 10

// Report says what a change does to a sample of open requests, wherever their links are opened.
type Report struct {
	Sampled  int            `json:"sampled" doc:"Open requests that the change was tried on, the newest."`
	Changed  int            `json:"changed" doc:"Of these, decided otherwise after it on some surface."`
	Stranded []string       `json:"stranded" nullable:"false" doc:"Payable on a surface before, on none after."`
	Gained   map[string]int `json:"gained" doc:"By channel: requests that may use it on more surfaces."`
	Lost     map[string]int `json:"lost" doc:"By channel: requests that may use it on fewer surfaces."`
	Surfaces []Place        `json:"surfaces" nullable:"false" doc:"Where it makes a difference."`
	Examples []Example      `json:"examples" nullable:"false" doc:"At most ten that are decided otherwise."`

	Repriced int       `json:"repriced" doc:"Prices that change: one for each request and channel."`
	Largest  *Repriced `json:"largest,omitempty" doc:"Of the prices that change the one that does so most."`
	Deep     []string  `json:"deep_discounts" nullable:"false" doc:"Requests that become cheaper than half."`
}

// Place is what a change does on one surface.
type Place struct {
	Surface string         `json:"surface"`
	Gained  map[string]int `json:"gained" doc:"By channel: requests that may use it there after the change."`
	Lost    map[string]int `json:"lost" doc:"By channel: requests that may use it there no more."`
}

// Example is one request that is decided otherwise: its states are the best of all surfaces.
type Example struct {
	Request  string          `json:"request_id"`
	Order    string          `json:"order_id"`
	Surfaces []string        `json:"surfaces" nullable:"false" doc:"Where it is decided otherwise."`
	Before   policy.State    `json:"before" enum:"hidden,disabled,enabled"`
	After    policy.State    `json:"after" enum:"hidden,disabled,enabled"`
	Gained   []string        `json:"gained" nullable:"false"`
	Lost     []policy.Reason `json:"lost" nullable:"false" doc:"Each channel with the rule that takes it."`
}

// Rows is where open requests are read.
type Rows interface {
	SampleLive(ctx context.Context, app string, limit int) ([]store.Live, error)
}

// change is the catalogue before and after, and the moments at which prices are compared.
type change struct {
	before, after *policy.Catalogue
	moments       []time.Time
}

// compare decides about a sample of an app's open requests, or of all apps' (""), under
// both catalogues.
func compare(ctx context.Context, rows Rows, app string, now time.Time, c change) (Report, error) {
	sample, err := rows.SampleLive(ctx, app, Sampled)
	report := nothing(len(sample))
	if err != nil {
		return report, err
	}
	for _, live := range sample {
		asked, err := factsOf(live, now)
		if err != nil {
			return report, err
		}
		offered := report.tryPlaces(live, asked, c)
		report.tryPrices(live, asked, offered, c)
	}
	report.Surfaces = slices.DeleteFunc(report.Surfaces, func(p Place) bool {
		return len(p.Gained)+len(p.Lost) == 0
	})
	return report, nil
}

// nothing is the report on a change that does nothing to so many requests.
func nothing(sampled int) Report {
	return Report{
		Sampled: sampled, Stranded: []string{}, Gained: map[string]int{}, Lost: map[string]int{},
		Surfaces: []Place{}, Examples: []Example{}, Deep: []string{},
	}
}

// factsOf are those that the newest decision about a request was taken from, with the order
// as it is now: what it was released with and what limits were used. Where the link was open
// then does not count: the next to open it may do so anywhere.
func factsOf(live store.Live, now time.Time) (policy.Facts, error) {
	asked := facts.Of(live.Order, nil, now, live.Speed)
	if len(live.Facts) == 0 {
		return asked, nil
	}
	var known policy.Facts
	if err := json.Unmarshal(live.Facts, &known); err != nil {
		return asked, fmt.Errorf("read the facts: %w", err)
	}
	known.Order, known.Now, known.Speed = asked.Order, now, asked.Speed
	return known, nil
}
