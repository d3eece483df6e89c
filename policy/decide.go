package policy

// Decision is what came of the rules. Every channel of the catalogue that a friend could
// pay with is either in Channels, in the order to show, or in LeftOut with the rule that
// took it.
type Decision struct {
	State    State    `json:"state"`
	Channels []string `json:"channels"`
	LeftOut  []Reason `json:"left_out"`
	Reasons  []Reason `json:"reasons"` // why the state is not enabled
}

// Decide asks every rule. A rule can only take channels away.
func Decide(f Facts) Decision { return decide(f, rules) }

func decide(f Facts, rules []rule) Decision {
	if f.Catalogue == nil {
		f.Catalogue = nothing
	}
	catalogue := f.Catalogue.ChannelsOf(f.App)
	d := Decision{State: Enabled, Channels: make([]string, 0, len(catalogue)), LeftOut: []Reason{},
		Reasons: []Reason{}}
	about := orderNo(f, rules)
	for i := range catalogue {
		if catalogue[i].Kind == KindAsk {
			continue // nothing is paid there
		}
		if by := firstNo(f, catalogue[i], rules, about); by != nil {
			d.LeftOut = append(d.LeftOut, by.reason(f, catalogue[i]))
		} else {
			d.Channels = append(d.Channels, catalogue[i].ID)
		}
	}
	switch {
	case len(d.Channels) == 0 && len(d.LeftOut) == 0:
		d.State, d.Reasons = Hidden, []Reason{notOffered}
	case len(d.Channels) == 0:
		d.State, d.Reasons = whole(f, rules, about)
		if why, only := outageOf(d); only && d.State == Disabled {
			d.Reasons = why
		}
	}
	return d
}

// nothing is the catalogue where there is none.
var nothing = NewCatalogue(0, NewTables())

// orderNo is where the first rule stands that says no to the order as a whole; behind the
// last when none does. Such rules do not look at the channel: they are asked once.
func orderNo(f Facts, rules []rule) int {
	for i := range rules {
		if rules[i].order && rules[i].no(f, Channel{}) {
			return i
		}
	}
	return len(rules)
}

// firstNo is the first rule that takes a channel, where about is the first that says no to
// the order; nil: none does.
func firstNo(f Facts, c Channel, rules []rule, about int) *rule {
	for i := range rules[:about] {
		if !rules[i].order && rules[i].no(f, c) {
			return &rules[i]
		}
	}
	if about < len(rules) {
		return &rules[about]
	}
	return nil
}

// whole explains an order without channels: by the rule that is about the order,
// else by saying that each channel has its own reason.
func whole(f Facts, rules []rule, about int) (State, []Reason) {
	switch {
	case about == len(rules):
		return Disabled, []Reason{noChannel}
	case rules[about].hides:
		return Hidden, []Reason{rules[about].reason(f, Channel{})}
	}
	return Disabled, []Reason{rules[about].reason(f, Channel{})}
}

// AskWays are the channels by which the buyer may ask and nobody can pay ("go to WeChat
// and ask a friend"), in the order to show; none while no friend could pay anyhow.
func AskWays(f Facts) []string {
	ways := []string{}
	if Decide(f).State != Enabled {
		return ways
	}
	for _, c := range f.Catalogue.ChannelsOf(f.App) {
		if c.Kind == KindAsk && mayAsk(f, c) {
			ways = append(ways, c.ID)
		}
	}
	return ways
}

func mayAsk(f Facts, c Channel) bool {
	for _, r := range rules {
		if r.asks && r.no(f, c) {
			return false
		}
	}
	return true
}
