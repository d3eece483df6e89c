package policy

import "slices"

// breakerRules take away what does not work at present. They come last, so that they are
// the reason only where nothing lasting is.
var breakerRules = []rule{
	{name: ChannelOutage, version: 1, fix: FixOtherChannel,
		no: func(f Facts, c Channel) bool { return slices.Contains(f.Broken, c.ID) },
		zh: "该付款方式暂时出现故障", en: "This way to pay is out of order at the moment."},
}

// ChannelOutage names the rule that takes away what does not work at present.
const ChannelOutage = "channel_outage"

// outage is why an order cannot be paid that could, if its channels worked.
var outage = Reason{Rule: ChannelOutage, Version: 1, ZH: "付款方式暂时出现故障，请稍后再试",
	EN: "The ways to pay are out of order at the moment; try again later.", Fix: FixLater}

// outageOf is that reason for a decision that an outage alone left without channels.
func outageOf(d Decision) ([]Reason, bool) {
	only := slices.ContainsFunc(d.LeftOut, func(r Reason) bool { return r.Rule == ChannelOutage })
	return []Reason{outage}, only
}
