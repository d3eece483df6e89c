package store

import (
	"context"
	"crypto/sha256"

	"github.com/friendpay/friendpay/models"
)

// Colleague is the name by which the audit knows somebody of the staff: the one that he first came
// with, whatever he calls himself since. Subject is the issuer's own word for him, and kept as a
// hash. A name that another has is refused, forbidden "name_taken".
func (s *Store) Colleague(ctx context.Context, subject, name string) (string, error) {
	const first = "INSERT INTO colleagues (name, subject) VALUES (?, ?) ON CONFLICT DO NOTHING"
	const known = "SELECT name FROM colleagues WHERE subject = ?"
	hash := sha256.Sum256([]byte(subject))
	if _, err := s.write(ctx, first, name, hash[:]); err != nil {
		return "", failed("keep colleague", err)
	}
	var names []string
	if err := s.read(ctx, &names, known, hash[:]); err != nil {
		return "", failed("read colleague", err)
	}
	if len(names) == 0 {
		return "", models.Refuse(models.Forbidden, "name_taken", "Another colleague has this name.")
	}
	return names[0], nil
}
