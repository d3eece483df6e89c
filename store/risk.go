package store

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/policy"
)

// ShipmentCheck is an applied payment that nobody has looked at yet.
type ShipmentCheck struct {
	Request string `gorm:"column:request_id"`
	Attempt string
	Version int64 // of the request when it was read
}

// takeShipmentChecks pushes the next try of what it takes to the end of the lease.
const takeShipmentChecks = `UPDATE shipment_checks c
	SET next_try_at = clock_timestamp() + make_interval(secs => ?) FROM requests r
	WHERE r.id = c.request_id AND c.request_id IN (SELECT request_id FROM shipment_checks
		WHERE next_try_at <= clock_timestamp() ORDER BY next_try_at LIMIT ? FOR UPDATE SKIP LOCKED)
	RETURNING c.request_id, c.attempt, r.version`

// TakeShipmentChecks leases up to limit payments to look at, oldest first.
func (s *Store) TakeShipmentChecks(
	ctx context.Context, limit int, lease time.Duration,
) (checks []ShipmentCheck, err error) {
	err = s.read(ctx, &checks, takeShipmentChecks, lease.Seconds(), limit)
	return checks, failed("take shipment checks", err)
}

// ShipmentChecked forgets a check that is done.
func (s *Store) ShipmentChecked(ctx context.Context, request, attempt string) error {
	_, err := s.write(ctx, "DELETE FROM shipment_checks WHERE request_id = ? AND attempt = ?", request, attempt)
	return failed("mark shipment checked", err)
}

// riskCounts counts by indexes, and no further than what a rule asks for.
const riskCounts = `SELECT w.kind, w.most, w.times, a.captured_minor AS amount,
		EXISTS (SELECT FROM first_payments f WHERE f.payer_id = a.payer_id AND f.at > w.since) AS stranger,
		CASE w.kind
			WHEN 'payer_velocity' THEN (SELECT count(*) FROM (SELECT FROM attempts p WHERE p.payer_id = a.payer_id
				AND p.state = 'succeeded' AND p.paid_at > w.since LIMIT w.most + 1) n)
			WHEN 'app_strangers' THEN (SELECT count(*) FROM (SELECT FROM first_payments f WHERE f.app_id = o.app_id
				AND f.at > w.since LIMIT w.most + 1) n)
			ELSE (SELECT count(*) FROM (SELECT FROM first_payments f WHERE f.app_id = o.app_id
				AND f.buyer_id = o.buyer_id AND f.at > w.since LIMIT w.most + 1) n) END AS count,
		CASE w.kind WHEN 'dear_strangers' THEN (SELECT CASE WHEN count(*) >= 20 THEN
				coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY n.payable_minor), 0) ELSE 0 END
			FROM (SELECT payable_minor FROM requests r WHERE r.merchant_id = o.merchant_id
				AND r.app_id = o.app_id AND r.id < a.request_id ORDER BY r.id DESC LIMIT 200) n) ELSE 0 END AS median
	FROM attempts a JOIN orders o ON o.id = a.order_id, LATERAL (
		SELECT DISTINCT ON (k.kind) k.kind, k.most, k.times, k.enabled,
			coalesce(a.paid_at, a.state_since) - make_interval(secs => k.window_seconds) AS since
		FROM risk_rules k WHERE k.app_id IN ('', o.app_id) ORDER BY k.kind, k.app_id DESC) w
	WHERE a.number = ? AND w.enabled ORDER BY w.kind`

// ShipmentRisks counts what the rules ask about the payment of an attempt; an app's own
// rule stands instead of the one for all.
func (s *Store) ShipmentRisks(ctx context.Context, attempt string) ([]policy.RiskSeen, error) {
	var rows []struct {
		Kind                               string
		Most, Times, Count, Amount, Median int64
		Stranger                           bool
	}
	if err := s.read(ctx, &rows, riskCounts, attempt); err != nil {
		return nil, failed("count risks", err)
	}
	var seen []policy.RiskSeen
	for _, r := range rows {
		seen = append(seen, policy.RiskSeen{
			RiskRule: policy.RiskRule{Kind: r.Kind, Most: r.Most, Times: r.Times},
			Count:    r.Count, Stranger: r.Stranger, Amount: r.Amount, Median: r.Median,
		})
	}
	return seen, nil
}
