package providers

// Funder is for adapters whose provider can be told where the payer's money may come from:
// Payment.Sources. A channel that names sources is never sent to any other adapter.
type Funder interface {
	// Sources lists the provider's own words for such places: "pcredit".
	Sources() []string
}

// CanFund says whether an adapter understands every one of these sources.
func CanFund(adapter Adapter, sources []string) bool {
	if len(sources) == 0 {
		return true
	}
	known := map[string]bool{}
	if funder, ok := adapter.(Funder); ok {
		for _, word := range funder.Sources() {
			known[word] = true
		}
	}
	for _, word := range sources {
		if !known[word] {
			return false
		}
	}
	return true
}
