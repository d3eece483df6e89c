package store

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// CaseNote is what a colleague wrote about a case: free of personal data.
type CaseNote struct {
	ID     string `gorm:"primaryKey"` // of the command that wrote it
	Case   string `gorm:"column:case_id"`
	At     time.Time
	Author string
	Words  string // 1 to 500 characters
}

// TableName is GORM's.
func (CaseNote) TableName() string { return "case_notes" }

// Case reads one case; unknown is not_found "unknown_case".
func (s *Store) Case(ctx context.Context, id string) (Case, error) {
	found, err := gorm.G[Case](s.db).Where("id = ?", id).Take(ctx)
	return found, missing("read case", "unknown_case", err)
}

// CaseNotes lists what was written about a case, oldest first.
func (s *Store) CaseNotes(ctx context.Context, id string) ([]CaseNote, error) {
	notes, err := gorm.G[CaseNote](s.db).Where("case_id = ?", id).Order("at, id").Limit(maxLimit).Find(ctx)
	return notes, failed("list notes", err)
}

// NoteCase adds a note; the same id again changes nothing.
func (s *Store) NoteCase(ctx context.Context, note CaseNote) error {
	const add = `INSERT INTO case_notes (id, case_id, author, words) VALUES (?, ?, ?, ?)
		ON CONFLICT (id) DO NOTHING`
	_, err := s.write(ctx, add, note.ID, note.Case, note.Author, note.Words)
	return failed("note case", err)
}

// TakeCase makes a colleague the owner of an open case; not_found "unknown_case" otherwise.
func (s *Store) TakeCase(ctx context.Context, id, owner string) error {
	return s.changeCase(ctx, "UPDATE cases SET owner = ? WHERE id = ? AND closed_at IS NULL", owner, id)
}

// PostponeCase moves the moment by which a human must have looked at an open case.
func (s *Store) PostponeCase(ctx context.Context, id string, due time.Time) error {
	return s.changeCase(ctx, "UPDATE cases SET due_at = ? WHERE id = ? AND closed_at IS NULL", due.UTC(), id)
}

func (s *Store) changeCase(ctx context.Context, statement string, args ...any) error {
	rows, err := s.write(ctx, statement, args...)
	if err == nil && rows == 0 {
		return unknown("unknown_case")
	}
	return failed("change case", err)
}
