package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/friendpay/friendpay/policy"
)

// Which links are looked at, and how often: those of some hours, but for the newest, which
// nobody has had time to open.
const (
	surfaceTick  = 5 * time.Minute
	surfaceSpan  = 6 * time.Hour
	surfaceGrace = 30 * time.Minute
)

// Shares is what the watch over surfaces needs of the store.
type Shares interface {
	SurfaceOpens(ctx context.Context, from, to time.Time) ([]policy.Opens, error)
	OpenSurfaceCase(ctx context.Context, surface string, now time.Time) (opened bool, err error)
}

// Surfaces raises an alarm when an app seems to block our links. Several at once do no harm.
type Surfaces struct {
	Shares Shares
	Clock  func() time.Time
	Log    *slog.Logger
}

// Run watches until ctx ends.
func (s *Surfaces) Run(ctx context.Context) error {
	ticker := time.NewTicker(surfaceTick)
	defer ticker.Stop()
	for {
		if err := s.look(ctx); err != nil && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "surfaces not looked at", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

func (s *Surfaces) look(ctx context.Context) error {
	now := s.Clock()
	seen, err := s.Shares.SurfaceOpens(ctx, now.Add(-surfaceSpan), now.Add(-surfaceGrace))
	if err != nil {
		return err
	}
	for _, surface := range policy.BlockedSurfaces(seen) {
		opened, err := s.Shares.OpenSurfaceCase(ctx, surface, now)
		if err != nil {
			return err
		}
		if opened {
			s.Log.ErrorContext(ctx, "a surface seems to block our links", "surface", surface)
		}
	}
	return nil
}
