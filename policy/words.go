package policy

import (
	"slices"
	"strings"
)

// ChannelKinds lists the kinds that a channel may be of.
func ChannelKinds() []string {
	return []string{"wallet", "balance", "debit", KindCredit, KindBankApp, KindAsk}
}

// Places lists the exact words for where a link may be open: the families, and the parts of
// WeChat that are told apart.
func Places() []string {
	return slices.Concat(surfaces, []string{SurfaceGroup, SurfaceMoments})
}

// IsVersion says that a floor for versions can be compared: digits and dots, like "8.0.49".
func IsVersion(text string) bool {
	for part := range strings.SplitSeq(text, ".") {
		if _, readable := number(part); !readable || part == "" || len(part) > 9 {
			return false
		}
	}
	return true
}
