package worker

import (
	"context"
	"errors"
	"log/slog"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/workflows"
)

// Schedules sees to it that Temporal compares each provider's statements with the books
// once a day. It says so at each start of a worker: there is one schedule a provider,
// however many workers there are, and it follows the settings of whoever started last.
type Schedules struct {
	Temporal  client.Client
	Providers []string
	At        time.Duration // of the day, in Shanghai: when the files of the day before are there
	Log       *slog.Logger
}

const (
	scheduleRetry = 10 * time.Second // while Temporal is down
	scheduleWidth = 10 * time.Minute // so that not all providers are asked at one moment
	scheduleCatch = 20 * time.Hour   // a run that was missed begins as soon as it can
)

// Run sets the schedules, and ends when they are or ctx does.
func (s *Schedules) Run(ctx context.Context) error {
	for _, provider := range s.Providers {
		for err := s.set(ctx, provider); err != nil; err = s.set(ctx, provider) {
			s.Log.WarnContext(ctx, "schedule not set yet", "provider", provider, "error", err)
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(scheduleRetry):
			}
		}
	}
	return nil
}

// set creates a provider's schedule, or makes the one that is there follow the settings.
// That staff paused it stays so.
func (s *Schedules) set(ctx context.Context, provider string) error {
	id := workflows.ReconcileID(provider)
	wanted := client.ScheduleOptions{
		ID: id, Spec: s.spec(), Action: s.action(provider), CatchupWindow: scheduleCatch,
		Overlap: enums.SCHEDULE_OVERLAP_POLICY_SKIP,
	}
	_, err := s.Temporal.ScheduleClient().Create(ctx, wanted)
	if !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return err
	}
	spec := s.spec()
	there := s.Temporal.ScheduleClient().GetHandle(ctx, id)
	return there.Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			schedule := in.Description.Schedule
			schedule.Spec, schedule.Action = &spec, s.action(provider)
			schedule.Policy = &client.SchedulePolicies{Overlap: wanted.Overlap, CatchupWindow: wanted.CatchupWindow}
			return &client.ScheduleUpdate{Schedule: &schedule}, nil
		},
	})
}

// spec is once a day. The calendar is UTC's: Shanghai knows no summer time, and not every
// server knows its zone.
func (s *Schedules) spec() client.ScheduleSpec {
	_, ahead := time.Now().In(models.Shanghai).Zone()
	const day = 24 * time.Hour
	offset := (s.At - time.Duration(ahead)*time.Second + day) % day
	return client.ScheduleSpec{
		Intervals: []client.ScheduleIntervalSpec{{Every: day, Offset: offset}},
		Jitter:    scheduleWidth,
	}
}

func (s *Schedules) action(provider string) *client.ScheduleWorkflowAction {
	return &client.ScheduleWorkflowAction{
		ID: workflows.ReconcileID(provider), Workflow: workflows.ReconcileWorkflow, TaskQueue: workflows.Queue,
		Args:          []any{models.StatementDay{Provider: provider}},
		StaticSummary: "books of " + provider,
	}
}
