package store

import "context"

// longName bounds what may be the name of something and no link.
const longName = 32

// Find searches for words that may be a link or a share code, which hash turns into a fingerprint before
// anything else sees them. What has the shape of a share code may be an order's number: that is tried, too.
func (s *Store) Find(
	ctx context.Context, words string, limit int, hash func(words string) (fingerprint string, ok bool),
) ([]Hit, error) {
	fingerprint, ok := hash(words)
	if !ok {
		return s.Search(ctx, words, limit)
	}
	found, err := s.Search(ctx, fingerprint, limit)
	if err != nil || len(found) > 0 || len(words) > longName {
		return found, err
	}
	return s.Search(ctx, words, limit)
}
