package policy

import "slices"

// Opens is how many links were sent to a surface within some hours, and how many of them
// somebody opened.
type Opens struct {
	Surface string // a family, such as "wechat"
	Shared  int64
	Opened  int64
}

// What is too little to say anything, and what is next to nothing.
const (
	enoughLinks = 20 // on the surface, and on the others together
	fairShare   = 20 // percent of the others' links are opened: people do look at links
	nextToNone  = 10 // the surface's share is less than a tenth of theirs
)

// BlockedSurfaces lists the surfaces on which next to no link is opened while elsewhere
// links are: an app there shows a warning in the place of our pages. It says nothing where
// the numbers are small; and an app that blocks some people only looks like none.
func BlockedSurfaces(seen []Opens) (blocked []string) {
	var all Opens
	for _, o := range seen {
		all.Shared, all.Opened = all.Shared+o.Shared, all.Opened+o.Opened
	}
	for _, o := range seen {
		shared, opened := all.Shared-o.Shared, all.Opened-o.Opened
		if o.Shared < enoughLinks || shared < enoughLinks || opened*100 < shared*fairShare {
			continue
		}
		if o.Opened*shared*nextToNone < opened*o.Shared {
			blocked = append(blocked, o.Surface)
		}
	}
	slices.Sort(blocked)
	return blocked
}

// Reports is how many links people could not open on a surface within the last hour, and
// how many people said so.
type Reports struct {
	Surface  string // a family, such as "wechat"
	Links    int64
	Visitors int64
}

// enoughReports is how many links must be reported, and by how many people: one who is
// cross, or one link that a crowd passes on, says nothing about all.
const enoughReports = 5

// ReportedSurfaces lists the surfaces that people say block our links.
func ReportedSurfaces(seen []Reports) (blocked []string) {
	for _, r := range seen {
		if r.Links >= enoughReports && r.Visitors >= enoughReports {
			blocked = append(blocked, r.Surface)
		}
	}
	slices.Sort(blocked)
	return blocked
}
