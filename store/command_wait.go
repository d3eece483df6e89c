package store

import (
	"context"
	"time"
)

// CommandPatience is how long a command waits for a second person: what was asked for under
// yesterday's facts is looked at anew.
const CommandPatience = 24 * time.Hour

// LapseCommands ends the commands for which no second person came in time, and says how many.
// Nobody did this, so that the audit has no line of it: the command itself says what became of it.
func (s *Store) LapseCommands(ctx context.Context) (int64, error) {
	const lapse = `UPDATE commands SET state = 'refused', outcome = 'Nobody agreed within a day.',
			done_at = clock_timestamp()
		WHERE state = 'waiting_approval' AND at <= clock_timestamp() - make_interval(secs => ?)`
	rows, err := s.write(ctx, lapse, CommandPatience.Seconds())
	return rows, failed("lapse commands", err)
}

// OpenCommands lists the commands of a name that are asked for about a request and not over.
func (s *Store) OpenCommands(ctx context.Context, request, name string) ([]Command, error) {
	const open = `SELECT * FROM commands WHERE request_id = ? AND name = ?
		AND state IN ('waiting_approval', 'queued', 'running') ORDER BY id`
	var records []commandRecord
	if err := s.read(ctx, &records, open, request, name); err != nil {
		return nil, failed("list open commands", err)
	}
	commands := make([]Command, len(records))
	for i, record := range records {
		commands[i] = record.command()
	}
	return commands, nil
}

// Alone runs do in a transaction beside which no other of the same name runs.
func (s *Store) Alone(ctx context.Context, name string, do func(tx *Store) error) error {
	const lock = "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))"
	return s.WithTx(ctx, func(tx *Store) error {
		if _, err := tx.write(ctx, lock, name); err != nil {
			return failed("wait for the one before", err)
		}
		return do(tx)
	})
}
