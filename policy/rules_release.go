package policy

import "fmt"

// releaseRules are about who may use what already, and what was stopped.
var releaseRules = []rule{
	{name: "friend_pay_killed", version: 1, order: true, hides: true, fix: FixPayYourself,
		no:     func(f Facts, _ Channel) bool { return f.Catalogue.Killed(FriendPay, "", f.App) },
		detail: func(f Facts, _ Channel) string { return releaseDetail(f, FriendPay, "") },
		zh:     "代付暂停使用", en: "Paying for friends is stopped for now."},
	{name: "release_friend_pay", version: 1, order: true, hides: true, fix: FixPayYourself,
		no:     func(f Facts, _ Channel) bool { return !f.released(FriendPay, "") },
		detail: func(f Facts, _ Channel) string { return releaseDetail(f, FriendPay, "") },
		zh:     "代付尚未向你开放", en: "Asking a friend is not open to you yet."},
	{name: "channel_killed", version: 1, asks: true, fix: FixOtherChannel,
		no:     func(f Facts, c Channel) bool { return f.Catalogue.Killed(ChannelFeature, c.ID, f.App) },
		detail: func(f Facts, c Channel) string { return releaseDetail(f, ChannelFeature, c.ID) },
		zh:     "该付款方式暂停使用", en: "This way to pay is stopped for now."},
	{name: "channel_release", version: 1, asks: true, fix: FixOtherChannel,
		no:     func(f Facts, c Channel) bool { return !f.released(ChannelFeature, c.ID) },
		detail: func(f Facts, c Channel) string { return releaseDetail(f, ChannelFeature, c.ID) },
		zh:     "该付款方式尚未开放", en: "This way to pay is not open to this request."},
}

// releaseDetail tells staff how far a feature is, and whom to ask about it.
func releaseDetail(f Facts, feature, channel string) string {
	row, known := f.Catalogue.RolloutOf(feature, channel, f.App)
	switch {
	case !known:
		return "withheld when the request was made"
	case f.Catalogue.Killed(feature, channel, f.App):
		return "killed; " + row.Owner + " answers for it"
	}
	return fmt.Sprintf("%s, %d basis points; %s answers for it", row.State, row.BasisPoints, row.Owner)
}
