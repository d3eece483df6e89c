package policy

import "slices"

// OrderKinds are the kinds that merchants are told of. Rows of the catalogue may speak of others.
var OrderKinds = []string{"physical", "virtual", "top_up", "cross_border"}

// AnyKind is the kind of a row about orders whose own kind no row speaks of.
const AnyKind = "*"

// kind is what is said of orders of a kind: of the very kind before any, and each time by
// the app itself before all apps.
func (c *Catalogue) kind(app, kind string) (KindRow, bool) {
	for _, key := range []kindKey{{app, kind}, {"", kind}, {app, AnyKind}, {"", AnyKind}} {
		if row, known := c.kinds[key]; known {
			return row, true
		}
	}
	return KindRow{}, false
}

// KnowsKind says that a kind is no slip of the pen: merchants are told of it, or a row of
// the app or of all apps is about it. Saying none is none either.
func (c *Catalogue) KnowsKind(app, kind string) bool {
	_, own := c.kinds[kindKey{app, kind}]
	_, all := c.kinds[kindKey{"", kind}]
	return kind == "" || own || all || slices.Contains(OrderKinds, kind)
}
