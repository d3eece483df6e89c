package policy

// RiskRule is when goods wait for a human; the money does not.
type RiskRule struct {
	Kind  string // one of the Risk constants
	Most  int64  // more than so many in the rule's window are held
	Times int64  // RiskDear: of the app's median price
}

// The kinds of risk. A stranger is a payer whose first payment of all lies in the window.
const (
	RiskPayer = "payer_velocity"  // one payer pays very often
	RiskBuyer = "buyer_strangers" // many strangers pay for one buyer
	RiskApp   = "app_strangers"   // many strangers pay one app
	RiskDear  = "dear_strangers"  // some strangers pay for one buyer, far above what is usual there
)

// RiskSeen is what was counted for a rule in its window, when a payment was applied. By
// kind: payments of the payer, strangers for the buyer, strangers of the app, strangers for
// the buyer.
type RiskSeen struct {
	RiskRule
	Count    int64
	Stranger bool  // this payer is one
	Amount   int64 // of this payment, in its minor unit
	Median   int64 // of the app's newest requests; 0: there are too few to tell
}

// Held lists the kinds of risk that hold the goods of a payment, in the order of the rules.
func Held(seen []RiskSeen) []string {
	var kinds []string
	for _, s := range seen {
		if s.holds() {
			kinds = append(kinds, s.Kind)
		}
	}
	return kinds
}

func (s RiskSeen) holds() bool {
	switch {
	case s.Count <= s.Most:
		return false
	case s.Kind == RiskPayer:
		return true
	case s.Kind == RiskDear:
		return s.Stranger && s.Median > 0 && s.Amount/s.Median >= s.Times
	default:
		return s.Stranger // whoever is known here pays for a ring's victim at most by accident
	}
}
