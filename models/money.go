package models

import "fmt"

// Money is an amount in minor units (fen for CNY) with its ISO 4217 currency.
// There is no arithmetic across currencies and no floating point anywhere.
type Money struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// CNY is an amount of fen.
func CNY(fen int64) Money { return Money{Minor: fen, Currency: "CNY"} }

// Less says that m is smaller than other in the same currency; amounts of
// different currencies are never less.
func (m Money) Less(other Money) bool {
	return m.Currency == other.Currency && m.Minor < other.Minor
}

// Minus is what remains of m without other; the caller knows the currencies equal.
func (m Money) Minus(other Money) Money {
	return Money{Minor: m.Minor - other.Minor, Currency: m.Currency}
}

// Plus adds other to m; the caller knows the currencies equal.
func (m Money) Plus(other Money) Money {
	return Money{Minor: m.Minor + other.Minor, Currency: m.Currency}
}

// String is for logs and test failures ("12900 CNY", in minor units); people
// are shown amounts formatted by package web.
func (m Money) String() string { return fmt.Sprintf("%d %s", m.Minor, m.Currency) }
