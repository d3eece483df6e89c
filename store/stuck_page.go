package store

import (
	"context"
	"encoding/base64"
	"strings"
	"time"

	"github.com/friendpay/friendpay/models"
)

// stuckKey tells rows apart that began to wait at the same moment.
const stuckKey = "reason || ' ' || subject || ' ' || request"

// stuckPlace is where a page of the queue ended.
type stuckPlace struct {
	since time.Time
	key   string
}

func placeOf(r StuckRow) stuckPlace {
	return stuckPlace{r.Since, string(r.Reason) + " " + r.Subject + " " + r.Request}
}

func (p stuckPlace) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(p.since.UTC().Format(time.RFC3339Nano) + " " + p.key))
}

// readPlace reads a cursor; none is the place before all others.
func readPlace(cursor string) (place stuckPlace, err error) {
	if cursor == "" {
		return place, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		since, key, _ := strings.Cut(string(raw), " ")
		place.key = key
		place.since, err = time.Parse(time.RFC3339Nano, since)
	}
	if err != nil {
		return place, &models.Error{
			Code: models.Invalid, Reason: "bad_cursor", Field: "cursor", Message: "This is no place in the list.",
			Fix: "Send the next of the page before, or none.",
		}
	}
	return place, nil
}

// EachStuck tells of all that waits, longest first, at most most rows.
func (s *Store) EachStuck(
	ctx context.Context, filter StuckFilter, most int, tell func(StuckRow) error,
) error {
	filter.Limit = maxStuck
	for most > 0 {
		page, err := s.Stuck(ctx, filter)
		if err != nil {
			return err
		}
		for _, row := range page.Items[:min(most, len(page.Items))] {
			if err := tell(row); err != nil {
				return err
			}
		}
		most -= len(page.Items)
		if filter.Cursor = page.Next; filter.Cursor == "" {
			return nil
		}
	}
	return nil
}
