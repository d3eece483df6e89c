package store

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// takeCommands pushes the next try of what it takes to the end of the lease.
const takeCommands = `UPDATE commands SET state = 'running', tries = tries + 1,
		next_try_at = clock_timestamp() + make_interval(secs => @lease)
	WHERE id IN (SELECT id FROM commands WHERE state IN ('queued', 'running')
		AND next_try_at <= clock_timestamp() AND (@id = '' OR id = @id)
		ORDER BY next_try_at LIMIT @limit FOR UPDATE SKIP LOCKED)
	RETURNING *`

// TakeCommands leases up to limit commands that are due, the oldest first; no two callers get
// the same one until the lease is over.
func (s *Store) TakeCommands(ctx context.Context, limit int, lease time.Duration) ([]Command, error) {
	return s.take(ctx, "", limit, lease)
}

// TakeCommand leases one command; false when another has it, or it is over.
func (s *Store) TakeCommand(ctx context.Context, id string, lease time.Duration) (Command, bool, error) {
	list, err := s.take(ctx, id, 1, lease)
	if err != nil || len(list) == 0 {
		return Command{}, false, err
	}
	return list[0], true, nil
}

func (s *Store) take(ctx context.Context, id string, limit int, lease time.Duration) ([]Command, error) {
	var records []commandRecord
	args := map[string]any{"id": id, "limit": limit, "lease": lease.Seconds()}
	if err := s.read(ctx, &records, takeCommands, args); err != nil {
		return nil, failed("take commands", err)
	}
	commands := make([]Command, len(records))
	for i, record := range records {
		commands[i] = record.command()
	}
	return commands, nil
}

// EndCommand writes what a taken command came to. It does nothing where the lease was lost to
// another, who took it later and knows better.
func (s *Store) EndCommand(ctx context.Context, taken Command, state CommandState, outcome string) error {
	const end = `UPDATE commands SET state = ?, outcome = ?, done_at = clock_timestamp()
		WHERE id = ? AND state = 'running' AND tries = ?`
	_, err := s.write(ctx, end, string(state), outcome, taken.ID, taken.Tries)
	return failed("end command", err)
}

// PutOffCommand gives a taken command back, to be tried again after a while; why is in words.
func (s *Store) PutOffCommand(ctx context.Context, taken Command, wait time.Duration, why string) error {
	const off = `UPDATE commands SET state = 'queued', outcome = ?,
			next_try_at = clock_timestamp() + make_interval(secs => ?)
		WHERE id = ? AND state = 'running' AND tries = ?`
	_, err := s.write(ctx, off, why, wait.Seconds(), taken.ID, taken.Tries)
	return failed("put off command", err)
}

// CommandFilter narrows a list of commands; empty fields do not.
type CommandFilter struct {
	Request string
	By      string // "staff:anna"
	States  []CommandState
	Cursor  string // Page.Next of the page before
	Limit   int    // 1 to 100, 20 when 0
}

// Commands lists commands, newest first.
func (s *Store) Commands(ctx context.Context, filter CommandFilter) (Page[Command], error) {
	query := gorm.G[commandRecord](s.db).Order("id DESC").Limit(limited(filter.Limit) + 1)
	if filter.Request != "" {
		query = query.Where("request_id = ?", filter.Request)
	}
	if filter.By != "" {
		query = query.Where("by_actor = ?", filter.By)
	}
	if len(filter.States) > 0 {
		query = query.Where("state IN ?", filter.States)
	}
	if filter.Cursor != "" {
		query = query.Where("id < ?", filter.Cursor)
	}
	records, err := query.Find(ctx)
	if err != nil {
		return Page[Command]{}, failed("list commands", err)
	}
	commands := make([]Command, len(records))
	for i, record := range records {
		commands[i] = record.command()
	}
	return paged(commands, limited(filter.Limit), func(c Command) string { return c.ID }), nil
}
