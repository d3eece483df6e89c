package store

import (
	"context"

	"github.com/friendpay/friendpay/models"
)

// Totals is a request's money according to the ledger. Captured − Refunded =
// Applied once nothing is on its way. Sponsored is what sponsors of offers owe the merchant
// besides; what he gave off himself is no money.
type Totals struct {
	Captured, Refunded, Applied, Sponsored models.Money
}

// Totals sums up a request's ledger; unknown is not_found "unknown_request".
func (s *Store) Totals(ctx context.Context, request string) (Totals, error) {
	// What moves in clearing besides captures and refunds is the provider's fee.
	const query = `SELECT r.payable_currency AS currency,
			coalesce(sum(minor) FILTER (WHERE account = 'provider_clearing' AND key LIKE 'capture:%'), 0) AS captured,
			coalesce(-sum(minor) FILTER (WHERE account = 'provider_clearing' AND key LIKE 'refund:%'), 0) AS refunded,
			coalesce(-sum(minor) FILTER (WHERE account = 'merchant_payable' AND key NOT LIKE 'offer%'), 0) AS applied,
			coalesce(sum(minor) FILTER (WHERE account = 'sponsor_receivable'), 0) AS sponsored
		FROM requests r LEFT JOIN ledger_entries e ON e.request_id = r.id AND e.currency = r.payable_currency
		WHERE r.id = ? GROUP BY r.payable_currency`
	var sums struct {
		Currency                               string
		Captured, Refunded, Applied, Sponsored int64
	}
	if err := s.read(ctx, &sums, query, request); err != nil {
		return Totals{}, failed("sum up ledger", err)
	}
	if sums.Currency == "" {
		return Totals{}, unknown("unknown_request")
	}
	in := func(minor int64) models.Money { return models.Money{Minor: minor, Currency: sums.Currency} }
	return Totals{
		Captured: in(sums.Captured), Refunded: in(sums.Refunded), Applied: in(sums.Applied),
		Sponsored: in(sums.Sponsored),
	}, nil
}
