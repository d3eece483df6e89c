package store

import (
	"context"
	"fmt"

	"github.com/friendpay/friendpay/policy"
)

// usedOf says what is used of an app's limits of the day, for those scopes that have such a
// limit: by its channels, for itself, for the buyer and by the payer. What the request is
// paying itself right now does not count.
const usedOf = `SELECT s.scope, CASE s.scope WHEN 'channel' THEN s.subject ELSE '' END AS channel,
		'day' AS per, (
		coalesce((SELECT sum(u.minor) FROM limit_used u WHERE u.app_id = s.app AND u.scope = s.scope
			AND u.subject = s.subject AND u.currency = s.currency AND u.day IN ('-infinity', CAST(@day AS date))), 0)
		- coalesce((SELECT sum(a.quoted_minor) FROM attempts a,
				limit_subjects(a.channel, a.payer_id, s.buyer, a.by_buyer) t
			WHERE a.request_id = s.request AND a.state IN ('new', 'unknown', 'live', 'closing')
			AND a.quoted_currency = s.currency AND t.scope = s.scope AND t.subject = s.subject), 0))::bigint AS minor
	FROM (SELECT q.*, v.scope, v.subject FROM (%s) q (app, buyer, payer, currency, request), LATERAL (
			SELECT 'channel' AS scope, c.id AS subject FROM channels c WHERE c.app_id = q.app
			UNION ALL VALUES ('merchant', ''), ('buyer', q.buyer), ('payer', q.payer),
				('pair', q.payer || '|' || q.buyer)) v
		WHERE v.subject IS NOT NULL AND EXISTS (SELECT FROM pay_limits l
			WHERE l.app_id = q.app AND l.scope = v.scope AND l.per = 'day')) s`

var (
	ordersUsed = fmt.Sprintf(usedOf, "SELECT @app, @buyer, NULL::text, @currency, ''")
	linksUsed  = fmt.Sprintf(usedOf, "SELECT r.app_id, r.buyer_id, p.id, r.payable_currency, r.id")
)

// LimitsUsed says what is used today, in Shanghai, of the limits that bound an order,
// before anybody is known to pay it.
func (s *Store) LimitsUsed(ctx context.Context, order Order) ([]policy.Use, error) {
	var used []policy.Use
	err := s.read(ctx, &used, ordersUsed, map[string]any{
		"app": order.App, "buyer": order.Buyer, "currency": order.Payable.Currency,
		"day": shanghaiDay(s.db.NowFunc()),
	})
	return used, failed("read what is used of the limits", err)
}
