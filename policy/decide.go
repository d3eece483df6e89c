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
	for i := range catalogue {
		if catalogue[i].Kind == KindAsk {
			continue // nothing is paid there
		}
		if by := firstNo(f, catalogue[i], rules); by != nil {
			d.LeftOut = append(d.LeftOut, by.reason(f, catalogue[i]))
		} else {
			d.Channels = append(d.Channels, catalogue[i].ID)
		}
	}
	switch {
	case len(d.Channels) == 0 && len(d.LeftOut) == 0:
		d.State, d.Reasons = Hidden, []Reason{notOffered}
	case len(d.Channels) == 0:
		d.State, d.Reasons = whole(f, rules)
		if why, only := outageOf(d); only && d.State == Disabled {
			d.Reasons = why
		}
	}
	return d
}

// nothing is the catalogue where there is none.
var nothing = NewCatalogue(0, NewTables())

func firstNo(f Facts, c Channel, rules []rule) *rule {
	for i := range rules {
		if rules[i].no(f, c) {
			return &rules[i]
		}
	}
	return nil
}

// whole explains an order without channels: by the rule that is about the order,
// else by saying that each channel has its own reason.
func whole(f Facts, rules []rule) (State, []Reason) {
	for i := range rules {
		if !rules[i].order || !rules[i].no(f, Channel{}) {
			continue
		}
		if rules[i].hides {
			return Hidden, []Reason{rules[i].reason(f, Channel{})}
		}
		return Disabled, []Reason{rules[i].reason(f, Channel{})}
	}
	return Disabled, []Reason{noChannel}
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
