package store

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/internal/notify"
	"github.com/friendpay/friendpay/models"
)

// ReminderDue is a moment at which somebody may have to be reminded of a request.
type ReminderDue struct {
	Request string `gorm:"column:request_id"`
	Kind    notify.Kind
	Invite  string    `gorm:"column:invite_id"` // of a pledge
	DueAt   time.Time // when it was to be said
}

// planReminders says when people are to be reminded of an open request: at half of its life, and shortly
// before its end where that is later. A life that grew moves what was not judged yet.
func (s *Store) planReminders(ctx context.Context, step models.Step) error {
	const plan = `WITH life AS (SELECT id, created_at + (CAST(@ends AS timestamptz) - created_at) / 2 AS half,
			CAST(@ends AS timestamptz) - make_interval(secs => @lead) AS last
		FROM requests WHERE id = @request AND created_at < CAST(@ends AS timestamptz))
		INSERT INTO reminder_dues (request_id, kind, due_at, next_at)
			SELECT id, @half_kind, half, half FROM life
			UNION ALL SELECT id, @last_kind, last, last FROM life WHERE last > half
		ON CONFLICT ON CONSTRAINT reminder_dues_once DO UPDATE
		SET due_at = excluded.due_at, next_at = excluded.next_at
		WHERE reminder_dues.done_at IS NULL AND reminder_dues.due_at <> excluded.due_at`
	r := step.Request
	if r.State != models.Open {
		return nil
	}
	_, err := s.write(ctx, plan, map[string]any{
		"request": r.ID, "ends": r.ExpiresAt.UTC(), "lead": notify.Lead.Seconds() / float64(max(r.Speed, 1)),
		"half_kind": notify.ReminderHalf, "last_kind": notify.ReminderLast,
	})
	return err
}

// planPledge says that a friend is to be reminded when he said he would pay; a later word replaces it.
func (s *Store) planPledge(ctx context.Context, invite string, at time.Time) error {
	const plan = `INSERT INTO reminder_dues (request_id, kind, invite_id, due_at, next_at)
			SELECT request_id, @kind, id, CAST(@at AS timestamptz), CAST(@at AS timestamptz)
			FROM invites WHERE id = @invite AND state = 'live'
		ON CONFLICT ON CONSTRAINT reminder_dues_once DO UPDATE SET due_at = excluded.due_at,
			next_at = excluded.next_at, done_at = NULL, outcome = ''`
	_, err := s.write(ctx, plan, map[string]any{"invite": invite, "kind": notify.ReminderPledge, "at": at.UTC()})
	return err
}

// takeReminders pushes the next look at what it takes to the end of the lease.
const takeReminders = `UPDATE reminder_dues d SET next_at = clock_timestamp() + make_interval(secs => ?)
	FROM (SELECT request_id, kind, invite_id FROM reminder_dues
		WHERE done_at IS NULL AND next_at <= clock_timestamp()
		ORDER BY next_at LIMIT ? FOR UPDATE SKIP LOCKED) t
	WHERE (d.request_id, d.kind, d.invite_id) = (t.request_id, t.kind, t.invite_id)
	RETURNING d.request_id, d.kind, d.invite_id, d.due_at`

// TakeReminders leases up to limit that are due; no two callers get the same one until the lease is over.
func (s *Store) TakeReminders(ctx context.Context, limit int, lease time.Duration) ([]ReminderDue, error) {
	var dues []ReminderDue
	err := s.read(ctx, &dues, takeReminders, lease.Seconds(), limit)
	return dues, failed("take reminders", err)
}

// Remind lets judge say what becomes of a due reminder, from what stands in the rows while nobody else
// changes them, and does it: messages are written, it waits, or it is dropped. One that was judged
// before is left alone.
func (s *Store) Remind(
	ctx context.Context, due ReminderDue, judge func(notify.Standing) notify.Verdict,
) (verdict notify.Verdict, err error) {
	// SaveStep holds the order, then the request and then its reminders; this begins with the request, in the
	// same order. What only refers to the request does not wait for it.
	const hold = "SELECT snapshot FROM requests WHERE id = ? FOR NO KEY UPDATE"
	const open = `SELECT count(*) FROM reminder_dues
		WHERE request_id = ? AND kind = ? AND invite_id = ? AND done_at IS NULL AND due_at = ?`
	err = s.WithTx(ctx, func(tx *Store) error {
		var held []struct {
			Snapshot models.Request `gorm:"serializer:json"`
		}
		if err := tx.read(ctx, &held, hold, due.Request); err != nil || len(held) == 0 {
			return err
		}
		var there int
		err := tx.read(ctx, &there, open, due.Request, due.Kind, due.Invite, due.DueAt)
		if err != nil || there == 0 {
			return err
		}
		standing, err := tx.standing(ctx, due, held[0].Snapshot)
		if err != nil {
			return err
		}
		verdict = judge(standing)
		return tx.carryOut(ctx, due, held[0].Snapshot, verdict)
	})
	return verdict, failed("remind", err)
}

// carryOut writes what was judged.
func (s *Store) carryOut(ctx context.Context, due ReminderDue, r models.Request, v notify.Verdict) error {
	if !v.Wait.IsZero() {
		const wait = `UPDATE reminder_dues SET next_at = ?, outcome = ?
			WHERE request_id = ? AND kind = ? AND invite_id = ?`
		_, err := s.write(ctx, wait, v.Wait.UTC(), v.Why, due.Request, due.Kind, due.Invite)
		return err
	}
	people := v.People
	if v.Buyer {
		people = []string{""}
	}
	for _, person := range people {
		if err := s.reminded(ctx, due, r, person); err != nil {
			return err
		}
	}
	outcome := v.Why
	if outcome == "" {
		outcome = "said"
	}
	const done = `UPDATE reminder_dues SET done_at = clock_timestamp(), outcome = ?
		WHERE request_id = ? AND kind = ? AND invite_id = ?`
	_, err := s.write(ctx, done, outcome, due.Request, due.Kind, due.Invite)
	return err
}

// reminded keeps that a person is reminded, and writes the message. Who was already gets none.
func (s *Store) reminded(ctx context.Context, due ReminderDue, r models.Request, person string) error {
	const keep = `INSERT INTO reminders (request_id, kind, person, number)
		SELECT @request, @kind, @person, 1 + count(*) FROM reminders
			WHERE request_id = @request AND person = @person HAVING count(*) < @most
		ON CONFLICT ON CONSTRAINT reminders_once DO NOTHING`
	kept, err := s.write(ctx, keep, map[string]any{
		"request": r.ID, "kind": due.Kind, "person": person, "most": notify.AtMost,
	})
	if err != nil || kept == 0 {
		return err
	}
	message, err := s.reminder(ctx, due, r, person)
	if err != nil {
		return err
	}
	return s.db.WithContext(ctx).Create(&message).Error
}
