package store

import (
	"context"
	"time"
)

// Hit counts one use of a bucket ("link_miss:203.0.113.9") and says whether it is
// among the first limit of a window that starts with its first hit; if not,
// when the next window starts. It holds over any number of instances.
func (s *Store) Hit(
	ctx context.Context, bucket string, limit int, window time.Duration,
) (retryAt time.Time, allowed bool, err error) {
	return time.Time{}, false, errUnwritten
}

// PruneLimits forgets windows that are over.
func (s *Store) PruneLimits(ctx context.Context) (int64, error) { return 0, errUnwritten }
