package policy

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// The features that a rollout may be about.
const (
	FriendPay      = "friend_pay" // asking a friend at all
	ChannelFeature = "channel"    // one way to pay, named besides
)

// How far a feature is released.
const (
	RolloutOff      = "off"
	RolloutInternal = "internal" // to the buyers on the list
	RolloutGrey     = "grey"     // and to a part of all others
	RolloutFull     = "full"
	RolloutDraining = "draining" // to nobody new; what was made before goes on
)

// Everything among Facts.Released stands for a request of which was not kept what it was
// made with: it keeps what it has.
const Everything = "*"

// Release names a rollout among Facts.Released: "friend_pay" or "channel/alipay_wap".
func Release(feature, channel string) string {
	if channel == "" {
		return feature
	}
	return feature + "/" + channel
}

// Withheld says among Facts.Released that a request was made without that release.
func Withheld(release string) string { return "-" + release }

// Includes says whether a request that this buyer of an app makes now is made with the
// feature. The answer is the same each time, and a higher part loses nobody. Each
// feature and channel draws its own part of the buyers.
func (r Rollout) Includes(app, buyer string) bool {
	listed := slices.Contains(r.Allow, buyer)
	switch r.State {
	case RolloutFull:
		return true
	case RolloutInternal:
		return listed
	case RolloutGrey:
		return listed || r.place(app, buyer) < uint64(max(r.BasisPoints, 0))
	default:
		return false
	}
}

// everybody is all buyers in hundredths of a percent.
const everybody = 10_000

// place is where a buyer stands among all: from 0 to 9999, and he stays there.
func (r Rollout) place(app, buyer string) uint64 {
	var text []byte
	for _, part := range []string{r.Feature, r.Channel, app, buyer} {
		text = binary.BigEndian.AppendUint64(text, uint64(len(part)))
		text = append(text, part...)
	}
	hash := sha256.Sum256(text)
	return binary.BigEndian.Uint64(hash[:]) % everybody
}

// RolloutOf is the row about a feature in an app: its own, or else the one for all apps.
func (c *Catalogue) RolloutOf(feature, channel, app string) (Rollout, bool) {
	if row, own := c.rollouts[rolloutKey{feature, channel, app}]; own {
		return row, true
	}
	row, known := c.rollouts[rolloutKey{feature, channel, ""}]
	return row, known
}

// Killed says that nothing new is begun with a feature in an app: either row may say so,
// since a hand on the switch for all apps means all of them.
func (c *Catalogue) Killed(feature, channel, app string) bool {
	return c.rollouts[rolloutKey{feature, channel, app}].Killed || c.rollouts[rolloutKey{feature,
		channel, ""}].Killed
}

// Includes says whether a request that a buyer makes now is made with the feature;
// what no rollout speaks of is for everybody.
func (c *Catalogue) Includes(feature, channel, app, buyer string) bool {
	row, known := c.RolloutOf(feature, channel, app)
	return !c.Killed(feature, channel, app) && (!known || row.Includes(app, buyer))
}

// released says that the request may use a feature: because everybody may by now, or
// because it was made with it. Before it is made, the catalogue says what it would be.
func (f Facts) released(feature, channel string) bool {
	row, known := f.Catalogue.RolloutOf(feature, channel, f.App)
	name := Release(feature, channel)
	switch {
	case known && row.State == RolloutFull:
		return true
	case f.Released == nil:
		return !known || row.Includes(f.App, f.Buyer)
	case slices.Contains(f.Released, name) || slices.Contains(f.Released, Everything):
		return true
	default:
		return !known && !slices.Contains(f.Released, Withheld(name))
	}
}
