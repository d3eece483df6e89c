package store

import (
	"context"
	"time"
)

// CommandLine is a command as an export lists it.
type CommandLine struct {
	ID, Name, Subject, Request, Reason, By, ApprovedBy, State, Outcome string
	At                                                                 time.Time
}

const commandLines = `SELECT id, name, subject, request_id AS request, reason, by_actor AS by, approved_by,
	state, outcome, at FROM commands WHERE id < ? ORDER BY id DESC LIMIT ?`

// CommandLines tells of the newest commands, at most most; of none where the schema has no commands yet.
func (s *Store) CommandLines(ctx context.Context, most int, tell func(CommandLine) error) error {
	var exists bool
	if err := s.read(ctx, &exists, "SELECT to_regclass('commands') IS NOT NULL"); err != nil || !exists {
		return failed("list commands", err)
	}
	for before := "cmd_~"; most > 0; {
		var lines []CommandLine
		limit := min(most, maxStuck)
		if err := s.read(ctx, &lines, commandLines, before, limit); err != nil {
			return failed("list commands", err)
		}
		for _, line := range lines {
			if err := tell(line); err != nil {
				return err
			}
			before = line.ID
		}
		if most -= len(lines); len(lines) < limit {
			return nil
		}
	}
	return nil
}
