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

// Report says what a change does to a sample of open requests.
type Report struct {
	Sampled  int            `json:"sampled" doc:"Open requests that the change was tried on, the newest."`
	Changed  int            `json:"changed" doc:"Of these, decided otherwise after it."`
	Stranded []string       `json:"stranded" nullable:"false" doc:"Requests left without any way to pay."`
	Gained   map[string]int `json:"gained" doc:"By channel: requests that may use it after the change."`
	Lost     map[string]int `json:"lost" doc:"By channel: requests that may use it no more."`
	Examples []Example      `json:"examples" nullable:"false" doc:"At most ten that are decided otherwise."`
}

// Example is one request that is decided otherwise.
type Example struct {
	Request string          `json:"request_id"`
	Order   string          `json:"order_id"`
	Before  policy.State    `json:"before" enum:"hidden,disabled,enabled"`
	After   policy.State    `json:"after" enum:"hidden,disabled,enabled"`
	Gained  []string        `json:"gained" nullable:"false"`
	Lost    []policy.Reason `json:"lost" nullable:"false" doc:"Each channel with the rule that takes it."`
}

// Rows is where open requests are read.
type Rows interface {
	SampleLive(ctx context.Context, app string, limit int) ([]store.Live, error)
}

// compare decides about a sample of an app's open requests, or of all apps' (""), under
// both catalogues.
func compare(ctx context.Context, rows Rows, app string, now time.Time, before, after *policy.Catalogue) (
	Report, error,
) {
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
		asked.Catalogue = before
		was := policy.Decide(asked)
		asked.Catalogue = after
		report.add(live, was, policy.Decide(asked))
	}
	return report, nil
}

// nothing is the report on a change that does nothing to so many requests.
func nothing(sampled int) Report {
	return Report{
		Sampled: sampled, Stranded: []string{}, Gained: map[string]int{}, Lost: map[string]int{},
		Examples: []Example{},
	}
}

// factsOf are those that the newest decision about a request was taken from, with the order
// as it is now: where it is open, what it was released with and what limits were used.
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

func (r *Report) add(live store.Live, was, is policy.Decision) {
	example := Example{
		Request: live.Request, Order: live.Order.ID, Before: was.State, After: is.State,
		Gained: without(is.Channels, was.Channels), Lost: []policy.Reason{},
	}
	lost := without(was.Channels, is.Channels)
	if was.State == is.State && len(lost)+len(example.Gained) == 0 {
		return
	}
	r.Changed++
	for _, channel := range example.Gained {
		r.Gained[channel]++
	}
	for _, channel := range lost {
		r.Lost[channel]++
		example.Lost = append(example.Lost, whyLost(is, channel))
	}
	if len(was.Channels) > 0 && len(is.Channels) == 0 {
		r.Stranded = append(r.Stranded, live.Request)
	}
	if len(r.Examples) < shown {
		r.Examples = append(r.Examples, example)
	}
}

// whyLost is the rule that took a channel; a channel that is no more is named without one.
func whyLost(d policy.Decision, channel string) policy.Reason {
	for _, reason := range slices.Concat(d.LeftOut, d.Reasons) {
		if reason.Channel == channel || reason.Channel == "" {
			return reason
		}
	}
	return policy.Reason{Channel: channel, ZH: "该付款方式已取消", EN: "This way to pay is no more."}
}

func without(list, other []string) []string {
	rest := []string{}
	for _, one := range list {
		if !slices.Contains(other, one) {
			rest = append(rest, one)
		}
	}
	return rest
}
