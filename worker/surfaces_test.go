package worker_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/worker"
)

// sky is what the watch over surfaces sees, and the cases that it opens.
type sky struct {
	now     time.Time
	opens   []policy.Opens
	reports []policy.Reports
	raised  []string
	since   time.Time
}

func (s *sky) SurfaceOpens(context.Context, time.Time, time.Time) ([]policy.Opens, error) {
	return s.opens, nil
}

func (s *sky) SurfaceReports(_ context.Context, since time.Time) ([]policy.Reports, error) {
	s.since = since
	return s.reports, nil
}

func (s *sky) OpenSurfaceCase(_ context.Context, surface, why string, _ time.Time) (bool, error) {
	s.raised = append(s.raised, surface+": "+why)
	return true, nil
}

func TestASurfaceIsBlockedByNumbersOrByWhatPeopleSay(t *testing.T) {
	t.Parallel()
	s := &sky{
		now:   time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC),
		opens: []policy.Opens{{Surface: "alipay", Shared: 50, Opened: 30}, {Surface: "wechat", Shared: 100}},
		reports: []policy.Reports{
			{Surface: "qq", Links: 5, Visitors: 5}, {Surface: "alipay", Links: 4, Visitors: 9},
		},
	}
	ctx, cancel := context.WithCancel(t.Context())
	watch := worker.Surfaces{Shares: s, Log: slog.New(slog.DiscardHandler), Clock: func() time.Time {
		cancel() // one look is enough
		return s.now
	}}
	require.ErrorIs(t, watch.Run(ctx), context.Canceled)
	require.Equal(t, []string{
		"qq: People say that links do not open on qq.",
		"wechat: Next to no link is opened on wechat while elsewhere links are.",
	}, s.raised)
	require.Equal(t, s.now.Add(-time.Hour), s.since, "what people said lately")
}
