package policy

import (
	"slices"
	"time"
)

// Share says what may be shared at a place beside the words.
type Share struct {
	Link bool // our address; where it may not be shared, people are told to open a browser
	Code bool // the short code that stands for it
	QR   bool // a picture of our address
}

// shares lists the places of which we know what they allow while no row of the catalogue
// speaks of them. WeChat forbids codes that are to be copied into another app in Moments, and
// pictures of codes there bring reports.
var shares = map[string]Share{
	SurfaceWeChat:   {Link: true, Code: true, QR: true},
	SurfaceGroup:    {Link: true, Code: true, QR: true},
	SurfaceMoments:  {Link: true},
	SurfaceAlipay:   {Link: true, Code: true, QR: true},
	SurfaceQQ:       {Link: true, Code: true, QR: true},
	SurfaceUnionPay: {Link: true, Code: true, QR: true},
	SurfaceMobile:   {Link: true, Code: true, QR: true},
	SurfaceDesktop:  {Link: true, Code: true, QR: true},
	"":              {Link: true, Code: true, QR: true}, // the buyer did not say: he gets all, to choose
}

// ShareAt says what may be shared at a place: by the row of the exact place, else by that
// of its family, else by what is known of places. Where a row shuts the place or its
// family, the address is not shared but the code, or where that is forbidden the picture
// alone. Of a place that nobody knows the address may be shared and nothing else.
func (c *Catalogue) ShareAt(place string, now time.Time) Share {
	if place == "" {
		return shares[place]
	}
	family := c.speaks(surfaceKey{surface: SurfaceFamily(place)}, now)
	row := c.speaks(surfaceKey{surface: place}, now)
	if row == nil {
		row = family
	}
	share, known := shares[place]
	switch {
	case row != nil:
		share = Share{Link: row.Works, Code: row.ShareCode, QR: row.ShareCode || row.Fallback == FixQR}
	case !known:
		share = Share{Link: true}
	}
	if share.Link = share.Link && (family == nil || family.Works); !share.Link {
		share.QR = true // something has to be left
	}
	return share
}

// ShutSurfaces lists the places that rows shut as a whole at a time, in their order.
func (c *Catalogue) ShutSurfaces(now time.Time) (shut []string) {
	for key := range c.surfaces {
		if key.provider != "" || key.product != "" {
			continue
		}
		if row := c.speaks(key, now); row != nil && !row.Works {
			shut = append(shut, key.surface)
		}
	}
	slices.Sort(shut)
	return shut
}
