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
	reportSpan   = time.Hour // people say at once what does not work
)

// Shares is what the watch over surfaces needs of the store.
type Shares interface {
	SurfaceOpens(ctx context.Context, from, to time.Time) ([]policy.Opens, error)
	SurfaceReports(ctx context.Context, since time.Time) ([]policy.Reports, error)
	OpenSurfaceCase(ctx context.Context, surface, why string, now time.Time) (opened bool, err error)
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
	reports, err := s.Shares.SurfaceReports(ctx, now.Add(-reportSpan))
	if err != nil {
		return err
	}
	for _, surface := range policy.ReportedSurfaces(reports) {
		if err := s.raise(ctx, surface, "People say that links do not open on "+surface+".", now); err != nil {
			return err
		}
	}
	seen, err := s.Shares.SurfaceOpens(ctx, now.Add(-surfaceSpan), now.Add(-surfaceGrace))
	if err != nil {
		return err
	}
	for _, surface := range policy.BlockedSurfaces(seen) {
		why := "Next to no link is opened on " + surface + " while elsewhere links are."
		if err := s.raise(ctx, surface, why, now); err != nil {
			return err
		}
	}
	return nil
}

func (s *Surfaces) raise(ctx context.Context, surface, why string, now time.Time) error {
	opened, err := s.Shares.OpenSurfaceCase(ctx, surface, why, now)
	if opened {
		s.Log.ErrorContext(ctx, "a surface seems to block our links", "surface", surface, "why", why)
	}
	return err
}
