package chaos

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/journal"
)

// unended are the requests at no end that no case explains.
const unended = `SELECT r.id || ' is ' || r.state || ', waits for '
		|| coalesce(nullif(r.next_kind, ''), 'an answer')
	FROM requests r WHERE (r.guarded OR r.state IN
		('checking', 'open', 'paying', 'confirming', 'applying', 'paused', 'closing')
		OR EXISTS (SELECT FROM refunds f WHERE f.request_id = r.id AND f.state IN ('due', 'processing')))
	AND NOT EXISTS (SELECT FROM cases c WHERE c.request_id = r.id AND c.closed_at IS NULL
		AND c.kind IN ('provider_silent', 'refund_failed'))`

// waiting are rows of the queues that nobody has carried yet.
const waiting = `SELECT 'callback ' || id || ' is pending: ' || reason FROM provider_events
	WHERE status = 'pending'
	UNION ALL SELECT kind || ' ' || id || ' is pending: ' || last_error FROM messages WHERE status = 'pending'
	UNION ALL SELECT 'delivery ' || id || ' of ' || message_id || ' is ' || state FROM deliveries
	WHERE state IN ('queued', 'trying', 'held')`

// hurry makes messages due whose next try is minutes away, and has a delivery taken for lost a minute after
// its run was last heard of: longer than a try, and sooner than five minutes. Demo time divides neither;
// support has buttons for both.
const hurry = `WITH late AS (UPDATE deliveries SET leased_at = clock_timestamp() - interval '6 minutes'
		WHERE state = 'trying' AND next_try_at IS NULL
			AND leased_at < clock_timestamp() - interval '1 minute'
			AND leased_at > clock_timestamp() - interval '5 minutes'
		RETURNING id),
	waiting AS (UPDATE messages SET next_try_at = clock_timestamp()
		WHERE status = 'pending' AND next_try_at > clock_timestamp() + interval '5 seconds' RETURNING id)
	SELECT id FROM late UNION ALL SELECT id FROM waiting`

// quiesce waits until everything has come to its end, at most for as long as the options say, and returns
// what has not.
func (t *town) quiesce(ctx context.Context) (left []string, err error) {
	limit, cancel := context.WithTimeout(ctx, t.options.Quiesce)
	defer cancel()
	for {
		left, err = t.unfinished(ctx)
		if err == nil && len(left) == 0 || !pause(limit, time.Second) {
			return left, err
		}
		if _, err := rows[text](ctx, t, hurry); err != nil {
			return nil, err
		}
	}
}

func (t *town) unfinished(ctx context.Context) (left []string, err error) {
	for _, query := range []string{unended, waiting} {
		found, err := rows[text](ctx, t, query)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			left = append(left, f.Value)
		}
	}
	return append(left, t.undelivered()...), nil
}

// undelivered are events that the provider could not tell us yet.
func (t *town) undelivered() []string {
	told := map[string]bool{}
	for _, e := range t.house.Sim.Journal().Read(journal.Filter{}).Entries {
		if e.Event == "" {
			continue
		}
		over := e.Kind == "callback_sent" && e.Status/100 == 2 || e.Kind == "callback_lost"
		told[e.Event] = told[e.Event] || over
	}
	var list []string
	for event, done := range told {
		if !done {
			list = append(list, "the provider still has to tell "+event)
		}
	}
	return list
}
