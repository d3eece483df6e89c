package store

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/friendpay/friendpay/models"
)

// DeedFilter narrows the audit. Empty fields do not.
type DeedFilter struct {
	Actor, Act, Subject string
	Cursor              string // Next of the page before
	Limit               int    // 1 to 500; 0 is 50
}

type deedRecord struct {
	ID                          int64
	At                          time.Time
	Actor, Act, Subject, Reason string
	Detail                      []byte
}

func (r deedRecord) deed() (Deed, error) {
	d := Deed{At: r.At, Actor: r.Actor, Act: r.Act, Subject: r.Subject, Reason: r.Reason}
	return d, json.Unmarshal(r.Detail, &d.Detail)
}

// Audited lists the audit, the newest first. A cursor that is none of ours is invalid "bad_cursor".
func (s *Store) Audited(ctx context.Context, filter DeedFilter) (Page[Deed], error) {
	query, args := "SELECT id, at, actor, act, subject, reason, detail FROM audit WHERE true", []any{}
	for column, value := range map[string]string{
		"actor": filter.Actor, "act": filter.Act, "subject": filter.Subject,
	} {
		if value != "" {
			query, args = query+" AND "+column+" = ?", append(args, value)
		}
	}
	if filter.Cursor != "" {
		before, err := strconv.ParseInt(filter.Cursor, 10, 64)
		if err != nil {
			return Page[Deed]{}, models.Refuse(models.Invalid, "bad_cursor", "This is no place in the list.")
		}
		query, args = query+" AND id < ?", append(args, before)
	}
	limit := limited(filter.Limit)
	var rows []deedRecord
	if err := s.read(ctx, &rows, query+" ORDER BY id DESC LIMIT ?", append(args, limit+1)...); err != nil {
		return Page[Deed]{}, failed("list audit", err)
	}
	cut := paged(rows, limit, func(r deedRecord) string { return strconv.FormatInt(r.ID, 10) })
	page := Page[Deed]{Items: make([]Deed, len(cut.Items)), Next: cut.Next}
	for i, row := range cut.Items {
		deed, err := row.deed()
		if err != nil {
			return page, failed("list audit", err)
		}
		page.Items[i] = deed
	}
	return page, nil
}
