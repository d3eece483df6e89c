package effects

import (
	"slices"

	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// tryPlaces decides about one request on every surface, since nobody knows where its link
// is opened next, and returns the channels that are offered somewhere after the change.
func (r *Report) tryPlaces(live store.Live, asked policy.Facts, c change) (offered []string) {
	known := asked
	example := Example{
		Request: live.Request, Order: live.Order.ID, Surfaces: []string{}, Before: policy.Hidden,
		After: policy.Hidden, Gained: []string{}, Lost: []policy.Reason{},
	}
	var before []string
	for _, surface := range policy.Places() {
		asked.Surface, asked.Version = surface, ""
		if surface == known.Surface {
			asked.Version = known.Version
		}
		asked.Catalogue = c.before
		was := policy.Decide(asked)
		asked.Catalogue = c.after
		is := policy.Decide(asked)
		before, offered = append(before, was.Channels...), append(offered, is.Channels...)
		example.Before, example.After = better(example.Before, was.State), better(example.After, is.State)
		r.place(surface).add(&example, was, is)
	}
	if len(before) > 0 && len(offered) == 0 {
		r.Stranded = append(r.Stranded, live.Request)
	}
	if len(example.Surfaces) > 0 {
		r.add(example)
	}
	slices.Sort(offered)
	return slices.Compact(offered)
}

// place is the report's part about a surface.
func (r *Report) place(surface string) *Place {
	i := slices.IndexFunc(r.Surfaces, func(p Place) bool { return p.Surface == surface })
	if i < 0 {
		r.Surfaces = append(r.Surfaces, Place{surface, map[string]int{}, map[string]int{}})
		i = len(r.Surfaces) - 1
	}
	return &r.Surfaces[i]
}

func (p *Place) add(example *Example, was, is policy.Decision) {
	gained, lost := without(is.Channels, was.Channels), without(was.Channels, is.Channels)
	if was.State == is.State && len(gained)+len(lost) == 0 {
		return
	}
	example.Surfaces = append(example.Surfaces, p.Surface)
	for _, channel := range gained {
		p.Gained[channel]++
		if !slices.Contains(example.Gained, channel) {
			example.Gained = append(example.Gained, channel)
		}
	}
	for _, channel := range lost {
		p.Lost[channel]++
		if !slices.ContainsFunc(example.Lost, func(r policy.Reason) bool { return r.Channel == channel }) {
			example.Lost = append(example.Lost, whyLost(is, channel))
		}
	}
}

func (r *Report) add(example Example) {
	r.Changed++
	for _, channel := range example.Gained {
		r.Gained[channel]++
	}
	for _, lost := range example.Lost {
		r.Lost[lost.Channel]++
	}
	if len(r.Examples) < shown {
		r.Examples = append(r.Examples, example)
	}
}

// better is the state that offers more.
func better(one, other policy.State) policy.State {
	order := []policy.State{policy.Hidden, policy.Disabled, policy.Enabled}
	if slices.Index(order, other) > slices.Index(order, one) {
		return other
	}
	return one
}

// whyLost is the rule that took a channel; a channel that is no more is named without one.
func whyLost(d policy.Decision, channel string) policy.Reason {
	for _, reason := range slices.Concat(d.LeftOut, d.Reasons) {
		if reason.Channel == channel || reason.Channel == "" {
			reason.Channel = channel
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
