package policy

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// The surfaces: what a link is open in. A more exact word begins with one of them
// and an underscore, such as "wechat_group". Any other word is as good as unknown,
// unless a row of the catalogue speaks of it.
const (
	SurfaceWeChat   = "wechat" // a chat with one person
	SurfaceGroup    = "wechat_group"
	SurfaceMoments  = "wechat_moments"
	SurfaceAlipay   = "alipay"
	SurfaceUnionPay = "unionpay"
	SurfaceQQ       = "qq"
	SurfaceMobile   = "mobile" // a browser on a phone
	SurfaceDesktop  = "desktop"
	SurfaceUnknown  = "unknown" // something shows pages, and we cannot tell what
)

var surfaces = []string{
	SurfaceWeChat, SurfaceAlipay, SurfaceUnionPay, SurfaceQQ, SurfaceMobile, SurfaceDesktop, SurfaceUnknown,
}

// KnownSurface says that something can be concluded from the word.
func KnownSurface(word string) bool { return slices.Contains(surfaces, SurfaceFamily(word)) }

// WorksOn says that a channel's product can be paid on a surface: a channel that names
// none works on all. "" is the question of a program, of which nothing is concluded; on
// a surface that nobody knows only what names "unknown" is thought to work.
func (c Channel) WorksOn(surface string) bool {
	if len(c.Surfaces) == 0 || surface == "" {
		return true
	}
	whole := SurfaceFamily(surface)
	if !slices.Contains(surfaces, whole) {
		whole = SurfaceUnknown
	}
	return slices.Contains(c.Surfaces, surface) || slices.Contains(c.Surfaces, whole)
}

// row is what the catalogue says now of a provider's product in the place of the
// question: by the exact word, else by its family, else, where nobody knows the family,
// by what is said of the unknown. nil: nothing.
func (f Facts) row(provider, product string) *SurfaceRow {
	if f.Surface == "" {
		return nil
	}
	if row := f.Catalogue.speaks(surfaceKey{f.Surface, provider, product}, f.Now); row != nil {
		return row
	}
	whole := SurfaceFamily(f.Surface)
	if row := f.Catalogue.speaks(surfaceKey{whole, provider, product}, f.Now); row != nil {
		return row
	}
	if slices.Contains(surfaces, whole) {
		return nil
	}
	return f.Catalogue.speaks(surfaceKey{SurfaceUnknown, provider, product}, f.Now)
}

// closed is the row that shuts the surface of the question as a whole; nil: it is open.
// What is said of the family counts besides the exact word: a remark about Moments does
// not open them while all of WeChat is closed.
func (f Facts) closed() *SurfaceRow {
	if row := f.row("", ""); f.refuses(row) {
		return row
	}
	if row := f.Catalogue.speaks(surfaceKey{SurfaceFamily(f.Surface), "", ""}, f.Now); f.refuses(row) {
		return row
	}
	return nil
}

// matrix is the row about a channel's product, else about all products of its provider.
func (f Facts) matrix(c Channel) *SurfaceRow {
	if c.Provider == "" {
		return nil // a row without a provider is about the surface itself
	}
	if row := f.row(c.Provider, c.Product); row != nil || c.Product == "" {
		return row
	}
	return f.row(c.Provider, "")
}

// refuses says that a row speaks against paying in the place of the question.
func (f Facts) refuses(row *SurfaceRow) bool {
	return row != nil && (!row.Works || row.MinVersion != "" && !atLeast(f.Version, row.MinVersion))
}

// speaks is the newest of the rows that are in force.
func (c *Catalogue) speaks(key surfaceKey, now time.Time) *SurfaceRow {
	rows := c.surfaces[key]
	for i := range rows {
		if !rows[i].Since.After(now) {
			return &rows[i]
		}
	}
	return nil
}

// atLeast compares versions such as "8.0.49" part by part, as numbers; a part that is
// missing is 0. A version that cannot be read is below every floor.
func atLeast(version, floor string) bool {
	if version == "" {
		return false
	}
	for version != "" || floor != "" {
		var have, want string
		have, version, _ = strings.Cut(version, ".")
		want, floor, _ = strings.Cut(floor, ".")
		have, readable := number(have)
		want, _ = number(want)
		if !readable {
			return false
		}
		if order := cmp.Or(cmp.Compare(len(have), len(want)), cmp.Compare(have, want)); order != 0 {
			return order > 0
		}
	}
	return true
}

// number is a part of a version without leading zeros, so that longer is more.
func number(part string) (string, bool) {
	digits := strings.Trim(part, "0123456789") == ""
	return strings.TrimLeft(part, "0"), digits
}
