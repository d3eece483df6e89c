package chaos

import (
	"context"
	"fmt"
)

// orderMoney is what the books say of one order, in fen.
type orderMoney struct {
	Order    string
	Numbers  []string // of its attempts
	Clearing int64    // at the provider for us
	Owed     int64    // to payers
	Open     int64    // refunds that a human or time will end, and money held for risk
	Applied  int64    // attempts that paid the order
}

const ordersMoney = `SELECT o.id, coalesce(array_agg(a.number) FILTER (WHERE a.number IS NOT NULL), '{}'),
	coalesce((SELECT sum(e.minor) FROM ledger_entries e JOIN requests r ON r.id = e.request_id
		WHERE r.order_id = o.id AND e.account = 'provider_clearing' AND e.key NOT LIKE 'fee:%'), 0)::bigint,
	coalesce((SELECT -sum(e.minor) FROM ledger_entries e JOIN requests r ON r.id = e.request_id
		WHERE r.order_id = o.id AND e.account = 'payer_funds'), 0)::bigint,
	coalesce((SELECT sum(f.amount_minor) FROM refunds f JOIN attempts b ON b.number = f.attempt
		WHERE b.order_id = o.id AND b.disposition <> 'applied'
		AND f.state IN ('due', 'processing', 'failed')), 0)::bigint
	+ coalesce((SELECT sum(b.captured_minor - b.refunded_minor) FROM attempts b
		WHERE b.order_id = o.id AND b.disposition = 'risk_hold'), 0)::bigint,
	count(a.number) FILTER (WHERE a.disposition = 'applied')
	FROM orders o LEFT JOIN attempts a ON a.order_id = o.id GROUP BY o.id`

// checkMoney is A1 and A2: what the provider holds for an order is what the books say, and whatever of it is
// not applied is owed to a payer under an open refund. An order keeps the money of one attempt at most.
func checkMoney(ctx context.Context, a *audit) (int, []string, error) {
	orders, err := rows[orderMoney](ctx, a.town, ordersMoney)
	if err != nil {
		return 0, nil, err
	}
	var broken []string
	known := map[string]bool{}
	for _, o := range orders {
		var net int64
		kept := 0
		for _, number := range o.Numbers {
			known[number] = true
			stays := a.truth.captured[number] - a.truth.refunded[number]
			net += stays
			if stays > 0 {
				kept++
			}
		}
		if net != o.Clearing || o.Owed != o.Open {
			a.found["lost"]++
			broken = append(broken, fmt.Sprintf(
				"%s: the provider holds %d, the books %d; %d is owed, %d is on its way",
				o.Order, net, o.Clearing, o.Owed, o.Open))
		}
		if kept > 1 && o.Open == 0 || o.Applied > 1 {
			a.found["double"]++
			broken = append(broken, fmt.Sprintf("%s keeps the money of %d attempts", o.Order, kept))
		}
	}
	for number, minor := range a.truth.captured {
		if !known[number] && minor > a.truth.refunded[number] {
			a.found["lost"]++
			broken = append(broken, fmt.Sprintf("%d captured under %s, which nobody knows", minor, number))
		}
	}
	return len(orders), broken, nil
}

// moved is money in our books: an attempt's capture, or a refund that is done.
type moved struct {
	Number string
	Minor  int64
}

// checkBooks compares every movement at the provider with our rows, both ways.
func checkBooks(ctx context.Context, a *audit) (int, []string, error) {
	captures, err := rows[moved](ctx, a.town,
		"SELECT number, captured_minor FROM attempts WHERE state = 'succeeded'")
	if err != nil {
		return 0, nil, err
	}
	refunds, err := rows[moved](ctx, a.town,
		"SELECT number, amount_minor FROM refunds WHERE state = 'succeeded'")
	if err != nil {
		return 0, nil, err
	}
	var captured, refunded []moved
	for number, minor := range a.truth.captured { // a provider may take money twice under one number
		captured = append(captured, moved{number, minor})
	}
	for _, e := range a.truth.refunds {
		refunded = append(refunded, moved{e.Refund, e.Minor})
	}
	broken := append(differences("capture", captured, captures), differences("refund", refunded, refunds)...)
	return len(captured) + len(refunded), broken, nil
}

func differences(kind string, truth, ours []moved) (list []string) {
	open := map[moved]int{}
	for _, m := range truth {
		open[m]++
	}
	for _, m := range ours {
		open[m]--
	}
	for m, n := range open {
		if n != 0 {
			list = append(list,
				fmt.Sprintf("%s of %d under %s: %+d at the provider over our rows", kind, m.Minor, m.Number, n))
		}
	}
	return list
}

// checkLedger is A6.
func checkLedger(ctx context.Context, a *audit) (int, []string, error) {
	checked, broken, err := a.plainly(ctx, "SELECT count(*) FROM ledger_entries",
		`SELECT request_id || ' sums to ' || sum(minor) FROM ledger_entries
		GROUP BY request_id, currency HAVING sum(minor) <> 0`)
	if err != nil {
		return 0, nil, err
	}
	var net int64
	for number, minor := range a.truth.captured {
		net += minor - a.truth.refunded[number]
	}
	clearing, err := a.count(ctx, `SELECT coalesce(sum(minor), 0)::bigint FROM ledger_entries
		WHERE account = 'provider_clearing' AND key NOT LIKE 'fee:%'`)
	if err == nil && int64(clearing) != net {
		broken = append(broken, fmt.Sprintf("the provider holds %d in all, the ledger %d", net, clearing))
	}
	return checked, broken, err
}

// checkRefunds: what is owed goes back, or a human has it.
func checkRefunds(ctx context.Context, a *audit) (int, []string, error) {
	return a.plainly(ctx, "SELECT count(*) FROM refunds",
		`SELECT f.number || ' is ' || f.state FROM refunds f WHERE f.state IN ('due', 'processing')
			OR f.state = 'failed' AND NOT EXISTS (SELECT FROM cases c WHERE c.request_id = f.request_id
				AND c.refund = f.number AND c.kind = 'refund_failed' AND c.closed_at IS NULL)
		UNION ALL SELECT a.number || ' is ' || a.disposition || ' and not given back' FROM attempts a
			WHERE a.state = 'succeeded' AND a.disposition NOT IN ('applied', 'risk_hold')
			AND a.refunded_minor <> a.captured_minor`)
}

// checkAttempts: after a storm every attempt has an end, or a human has it.
func checkAttempts(ctx context.Context, a *audit) (int, []string, error) {
	return a.plainly(ctx, "SELECT count(*) FROM attempts",
		`SELECT a.number || ' is ' || a.state FROM attempts a WHERE a.state IN ('new', 'unknown', 'live', 'closing')
			AND NOT EXISTS (SELECT FROM cases c WHERE c.request_id = a.request_id AND c.kind = 'provider_silent'
				AND c.closed_at IS NULL)`)
}
