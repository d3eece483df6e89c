package store

import (
	"context"

	"github.com/friendpay/friendpay/models"
)

// Totals is a request's money according to the ledger. Captured − Refunded =
// Applied once nothing is on its way.
type Totals struct {
	Captured, Refunded, Applied models.Money
}

// Totals sums up a request's ledger; unknown is not_found "unknown_request".
func (s *Store) Totals(ctx context.Context, request string) (Totals, error) {
	const query = `SELECT r.payable_currency AS currency,
			coalesce(sum(e.minor) FILTER (WHERE e.account = 'provider_clearing' AND e.minor > 0), 0) AS captured,
			coalesce(-sum(e.minor) FILTER (WHERE e.account = 'provider_clearing' AND e.minor < 0), 0) AS refunded,
			coalesce(-sum(e.minor) FILTER (WHERE e.account = 'merchant_payable'), 0) AS applied
		FROM requests r LEFT JOIN ledger_entries e ON e.request_id = r.id AND e.currency = r.payable_currency
		WHERE r.id = ? GROUP BY r.payable_currency`
	var sums struct {
		Currency                    string
		Captured, Refunded, Applied int64
	}
	if err := s.read(ctx, &sums, query, request); err != nil {
		return Totals{}, failed("sum up ledger", err)
	}
	if sums.Currency == "" {
		return Totals{}, unknown("unknown_request")
	}
	in := func(minor int64) models.Money { return models.Money{Minor: minor, Currency: sums.Currency} }
	return Totals{Captured: in(sums.Captured), Refunded: in(sums.Refunded), Applied: in(sums.Applied)}, nil
}
