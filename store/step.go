package store

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/friendpay/friendpay/models"
)

// SaveStep writes what one step made of a request, in one transaction; the
// package comment says by which rule. Saving the same step again changes
// nothing. Refused with conflict "stale_step" when a later judgement is stored,
// and with conflict "request_open" when another request of the order is open.
func (s *Store) SaveStep(ctx context.Context, step models.Step) error {
	err := s.WithTx(ctx, func(tx *Store) error {
		order, err := tx.lockOrder(ctx, step.Request.Order)
		if err != nil {
			return err
		}
		for _, save := range []func(context.Context, models.Step) error{
			tx.saveRequest, tx.forgetLost, tx.saveAttempts, tx.saveRefunds, tx.saveTransitions,
			tx.postLedger, tx.spendBudgets, tx.owe, tx.fileCases, tx.lengthenInvites, tx.planReminders,
		} {
			if err := save(ctx, step); err != nil {
				return err
			}
		}
		return tx.projectOrder(ctx, order, step.Request)
	})
	return failed("save step", err)
}

// judgedAt is the workflow's time when the step was judged; a step without
// transitions does not know it. No other time of the snapshot will do: some come
// from other clocks.
func judgedAt(step models.Step) time.Time {
	at := time.Unix(0, 0)
	for _, t := range step.Transitions {
		if t.At.After(at) {
			at = t.At
		}
	}
	return stored(at)
}

// saveRequest is the fence: the one statement that compares what is stored with
// what comes.
func (s *Store) saveRequest(ctx context.Context, step models.Step) error {
	record := recordRequest(step.Request)
	record.JudgedAt = judgedAt(step)
	later := `excluded.judged_at > requests.judged_at
		OR excluded.judged_at = requests.judged_at AND excluded.version >= requests.version`
	if len(step.Transitions) == 0 {
		later = "excluded.version >= requests.version"
	}
	overwrite := clause.OnConflict{
		Columns: []clause.Column{{Name: "id"}},
		Where:   clause.Where{Exprs: []clause.Expression{gorm.Expr(later)}},
		DoUpdates: append(clause.AssignmentColumns([]string{
			"state", "reopened", "payable_minor", "payable_currency", "price_version", "version", "seq",
			"entered_at", "expires_at", "slot", "slot_until", "next_at", "next_kind", "stuck_at", "ended_at",
			"guarded", "snapshot",
		}), clause.Assignments(map[string]any{
			"judged_at":  gorm.Expr("greatest(requests.judged_at, excluded.judged_at)"),
			"updated_at": gorm.Expr("now()"),
		})...),
	}
	saved := s.db.WithContext(ctx).Clauses(overwrite).Create(&record)
	if saved.Error == nil && saved.RowsAffected == 0 {
		return models.Refuse(models.Conflict, models.StaleStep, "A later judgement of this request is stored.")
	}
	return saved.Error
}

// forgetLost takes back what this version or a higher one wrote before, and the
// attempts and refunds that the snapshot does not know. Messages that left stay:
// they left because their step is the durable one.
func (s *Store) forgetLost(ctx context.Context, step models.Step) error {
	const forget = `WITH
		t AS (DELETE FROM transitions WHERE request_id = @request AND version >= @version),
		l AS (DELETE FROM ledger_entries WHERE request_id = @request AND version >= @version),
		m AS (DELETE FROM messages WHERE request_id = @request AND version >= @version AND status <> 'sent'
			AND seq > 0), -- thanks and reminders are of no step
		c AS (DELETE FROM cases WHERE request_id = @request AND version >= @version),
		f AS (DELETE FROM refunds WHERE request_id = @request AND NOT number = ANY(@refunds))
		DELETE FROM attempts WHERE request_id = @request AND NOT number = ANY(@attempts)`
	attempts, refunds := []string{}, []string{}
	for _, a := range step.Request.Attempts {
		attempts = append(attempts, a.Number)
	}
	for _, f := range step.Request.Refunds {
		refunds = append(refunds, f.Number)
	}
	_, err := s.write(ctx, forget, map[string]any{
		"request": step.Request.ID, "version": step.Request.Version,
		"attempts": textArray(attempts), "refunds": textArray(refunds),
	})
	return err
}

// saveAttempts writes the ended ones first: of two that change places, the one
// that was pending must be over before the next may be.
func (s *Store) saveAttempts(ctx context.Context, step models.Step) error {
	var records []attemptRecord
	for _, pending := range []bool{false, true} {
		for _, a := range step.Request.Attempts {
			if a.Pending() == pending {
				records = append(records, recordAttempt(step.Request, a, judgedAt(step)))
			}
		}
	}
	if len(records) == 0 {
		return nil
	}
	since := gorm.Expr(`CASE WHEN attempts.state = excluded.state THEN attempts.state_since
		ELSE excluded.state_since END`)
	overwrite := own("attempts", append(clause.AssignmentColumns([]string{
		"version", "state", "disposition", "captured_minor", "captured_currency", "transaction", "paid_at",
		"expires_at", "watched", "reason", "coupon_minor", "coupon_currency", "brand", "funding",
	}), clause.Assignments(map[string]any{"state_since": since})...))
	return wrote(len(records), s.db.WithContext(ctx).Clauses(overwrite).Create(&records))
}

func (s *Store) saveRefunds(ctx context.Context, step models.Step) error {
	var records []refundRecord
	for _, f := range step.Request.Refunds {
		records = append(records, recordRefund(step.Request, f))
	}
	if len(records) == 0 {
		return nil
	}
	overwrite := own("refunds", clause.AssignmentColumns([]string{
		"attempt", "version", "amount_minor", "amount_currency", "reason", "state", "failure", "done_at",
		"coupon_minor", "coupon_currency", "expected_by", "wish", "diverted", "order_minor",
	}))
	return wrote(len(records), s.db.WithContext(ctx).Clauses(overwrite).Create(&records))
}

// own overwrites rows of the same request only: a number that another request
// has is a number minted twice.
func own(table string, updates clause.Set) clause.OnConflict {
	same := gorm.Expr(table + ".request_id = excluded.request_id")
	return clause.OnConflict{
		Columns: []clause.Column{{Name: "number"}}, DoUpdates: updates,
		Where: clause.Where{Exprs: []clause.Expression{same}},
	}
}

func wrote(rows int, done *gorm.DB) error {
	if done.Error == nil && done.RowsAffected != int64(rows) {
		return models.Refuse(models.Internal, "number_taken", "Another request has this number.")
	}
	return done.Error
}

func (s *Store) saveTransitions(ctx context.Context, step models.Step) error {
	var records []transitionRecord
	for _, t := range step.Transitions {
		records = append(records, recordTransition(step.Request, t))
	}
	if len(records) == 0 {
		return nil
	}
	return s.db.WithContext(ctx).Create(&records).Error
}

// projectOrder says of the order what all of its requests make of it, and clears
// a claim that the snapshot does not back: it was made for a step that is lost.
func (s *Store) projectOrder(ctx context.Context, order Order, r models.Request) error {
	const unback = "UPDATE orders SET applied_request = '', applied_attempt = '', state = 'unpaid' WHERE id = ?"
	const project = `UPDATE orders o SET state = now.state FROM (SELECT id, CASE
		WHEN EXISTS (SELECT FROM attempts WHERE number = claimed.applied_attempt AND disposition = 'applied')
			THEN 'paid'
		WHEN EXISTS (SELECT FROM requests WHERE order_id = claimed.id AND state = 'cancelled_merchant')
			THEN 'cancelled'
		WHEN EXISTS (SELECT FROM requests WHERE order_id = claimed.id AND state IN @open AND NOT reopened)
			THEN 'unpaid'
		ELSE 'released' END AS state FROM orders claimed WHERE id = @order) now
		WHERE o.id = now.id AND o.state <> now.state`
	if r.PriceVersion > order.PriceVersion {
		price := models.Price{Payable: r.Payable, Version: r.PriceVersion}
		if err := s.UpdatePrice(ctx, order.ID, price); err != nil {
			return err
		}
	}
	if order.AppliedRequest == r.ID && order.AppliedAttempt != backed(r) {
		if _, err := s.write(ctx, unback, order.ID); err != nil {
			return err
		}
	}
	_, err := s.write(ctx, project, map[string]any{"order": order.ID, "open": openStates})
	return err
}

// backed is the attempt whose claim on the order stands: the winner's, while its
// money is being applied or has been.
func backed(r models.Request) string {
	winner, ok := r.Attempt(r.Winner)
	if ok && slices.Contains([]models.Disposition{models.Deciding, models.Applied}, winner.Disposition) {
		return winner.Number
	}
	return ""
}
