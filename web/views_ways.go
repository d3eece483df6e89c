package web

import "slices"

// Of the ways to pay one is offered first; this many more are in sight, the rest behind a word.
const inSight = 3

// Way is a channel as it is offered.
type Way struct {
	Channel
	Best bool // the one to be pressed, if nothing speaks for another
}

// Ways are the ways to pay that are in sight, the best first.
func (l Link) Ways() []Way { return ways(l.Channels, "") }

// More are the others.
func (l Link) More() []Way { return more(l.Channels, "") }

// Ways are the ways to pay that are in sight, the one picked before in front.
func (p Pay) Ways() []Way { return ways(p.Channels, p.Chosen.ID) }

// More are the others.
func (p Pay) More() []Way { return more(p.Channels, p.Chosen.ID) }

func ways(channels []Channel, first string) []Way {
	all := ordered(channels, first)
	return all[:seen(len(all))]
}

func more(channels []Channel, first string) []Way {
	all := ordered(channels, first)
	return all[seen(len(all)):]
}

// seen is how many of so many ways are in sight. A word that hides one thing only takes its place.
func seen(all int) int {
	if all <= 1+inSight+1 {
		return all
	}
	return 1 + inSight
}

func ordered(channels []Channel, first string) []Way {
	all := make([]Way, 0, len(channels))
	for _, channel := range channels {
		all = append(all, Way{Channel: channel})
	}
	if i := slices.IndexFunc(all, func(w Way) bool { return w.ID == first }); i > 0 {
		picked := all[i]
		all = slices.Insert(slices.Delete(all, i, i+1), 0, picked)
	}
	if len(all) > 0 {
		all[0].Best = true
	}
	return all
}

// Logins are the ways to log in at a provider. None is the best where a phone is: where the way to pay that
// comes first wants no login of its own, or where a code is on its way.
func (p Pay) Logins() (logins []Way) {
	for _, way := range ordered(p.Channels, p.Chosen.ID) {
		if way.Login {
			way.Best = !p.CodeSent && (way.Best || p.Look && len(logins) == 0)
			logins = append(logins, way)
		}
	}
	return logins
}

// PhoneHelps says that logging in with a phone leads somewhere: to another channel
// than those that have a login of their own.
func (p Pay) PhoneHelps() bool {
	return p.Look || slices.ContainsFunc(p.Channels, func(c Channel) bool { return !c.Login })
}

// PhoneFirst says that logging in with a phone is what to do here.
func (p Pay) PhoneFirst() bool {
	return !slices.ContainsFunc(p.Logins(), func(w Way) bool { return w.Best })
}
