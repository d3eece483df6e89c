package desk

import (
	"slices"
	"strings"
)

// Total is what one order moved: Asked, Captured, Refunded and Pending are minor
// units of Currency. Refunded counts only money that went back; Pending is on
// its way.
type Total struct {
	Provider string `json:"provider"`
	Account  string `json:"account"`
	Number   string `json:"number"`
	Status   string `json:"status"`
	Currency string `json:"currency"`
	Asked    int64  `json:"asked"`
	Captured int64  `json:"captured"`
	Refunded int64  `json:"refunded"`
	Pending  int64  `json:"pending"`
}

// Matches says whether the order is of that account and number; empty matches all.
func (t Total) Matches(account, number string) bool {
	return (account == "" || account == t.Account) && (number == "" || number == t.Number)
}

// SortTotals orders by number, then by provider and account.
func SortTotals(list []Total) {
	slices.SortFunc(list, func(a, b Total) int {
		return strings.Compare(a.Number+" "+a.Provider+" "+a.Account, b.Number+" "+b.Provider+" "+b.Account)
	})
}
