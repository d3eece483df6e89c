package faults

import (
	"cmp"
	"slices"
)

// Rows says what a rule has to know of a statement's lines.
type Rows[L any] struct {
	Number  func(L) string  // the merchant's own, of the payment or of the refund
	Amount  func(*L) *int64 // fen
	Fee     func(*L) *int64 // fen, without a sign
	Phantom func() L        // a payment that nobody made
}

// Distort is a statement's lines as a rule about statements will have them. The row that
// is meant is the rule's Number, or the first.
func Distort[L any](rule Rule, lines []L, rows Rows[L]) []L {
	if rule.Mode == ExtraRow {
		return append(lines, rows.Phantom())
	}
	i := slices.IndexFunc(lines, func(l L) bool { return rule.Number == "" || rule.Number == rows.Number(l) })
	switch {
	case i < 0:
	case rule.Mode == MissingRow:
		return slices.Delete(lines, i, i+1)
	case rule.Mode == WrongAmount:
		amount := rows.Amount(&lines[i])
		*amount = cmp.Or(rule.Minor, *amount+1)
	case rule.Mode == WrongFee:
		fee := rows.Fee(&lines[i])
		*fee = rule.FeeFor(*fee)
	}
	return lines
}

// FeeFor is what a rule about a wrong fee makes of the right one; fen, without a sign.
func (r Rule) FeeFor(right int64) int64 { return cmp.Or(r.Minor, 2*right+1) }
