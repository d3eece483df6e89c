package policy

import "slices"

// newest is a version that every floor of the matrix lets pass.
const newest = "999999999"

// Elsewhere decides as if the link were opened in another app or browser, the newest of its
// kind: where something can be paid, if there is such a place; else where the place has no
// part in the refusal, so that the reason is the order's own; else as in the place itself.
func Elsewhere(f Facts, breakers []Breaker) Decision {
	best, here := Decide(f), SurfaceFamily(f.Surface)
	for _, surface := range surfaces {
		if surface == here || surface == SurfaceUnknown {
			continue // nobody can be told to go to a place that we cannot name
		}
		f.Surface, f.Version, f.Broken = surface, newest, BrokenOn(breakers, surface, f.Now)
		d := Decide(f)
		if d.State == Enabled {
			return d
		}
		if !d.HangsOnPlace() {
			best = d
		}
	}
	return best
}

// HangsOnPlace says that what the link is open in took a channel, or all.
func (d Decision) HangsOnPlace() bool {
	ofPlace := func(r Reason) bool {
		return slices.ContainsFunc(surfaceRules, func(known rule) bool { return known.name == r.Rule })
	}
	return slices.ContainsFunc(d.LeftOut, ofPlace) || slices.ContainsFunc(d.Reasons, ofPlace)
}
