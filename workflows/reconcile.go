package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/friendpay/friendpay/models"
)

// Reconcile compares the days of a provider's accounts that are over with our books, from
// the first after that one; its Provider is set, the rest is empty at the start. Accounts go
// side by side, the days of one in their order. A long list goes on as a new run.
func Reconcile(ctx workflow.Context, after models.StatementDay) error {
	var due []models.StatementDay
	listing := workflow.WithActivityOptions(ctx, statementOptions(after.Provider, "list", time.Minute))
	if err := workflow.ExecuteActivity(listing, ListStatements, after).Get(ctx, &due); err != nil {
		return err
	}
	workflow.SetCurrentDetails(ctx, fmt.Sprintf("**comparing** %d days of statements", len(due)))
	last := len(due) < models.StatementPage
	accounts := workflow.NewWaitGroup(ctx)
	places := workflow.NewSemaphore(ctx, sideBySide)
	for len(due) > 0 {
		days := sameAccount(due)
		due, after = due[len(days):], days[len(days)-1]
		if err := places.Acquire(ctx, 1); err != nil {
			return err
		}
		accounts.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer accounts.Done()
			defer places.Release(1)
			for _, day := range days {
				compare(ctx, day)
			}
		})
	}
	accounts.Wait(ctx)
	if last {
		return nil
	}
	return workflow.NewContinueAsNewError(ctx, Reconcile, after)
}

// sideBySide is how many accounts of a provider are compared at once.
const sideBySide = 4

// sameAccount is the head of a list that is about one account.
func sameAccount(list []models.StatementDay) []models.StatementDay {
	for i, day := range list {
		if day.Account != list[0].Account {
			return list[:i]
		}
	}
	return list
}

// compare compares one day, and goes on asking for its file for as long as there is time
// before the next run. A day that cannot be compared stays due: the next run takes it up,
// and says so when it is too late.
func compare(ctx workflow.Context, day models.StatementDay) {
	options := statementOptions(day.Provider, day.Account+" "+day.Day, time.Hour)
	options.ScheduleToCloseTimeout = 12 * time.Hour
	options.HeartbeatTimeout = 2 * time.Minute
	ctx = workflow.WithActivityOptions(ctx, options)
	if err := workflow.ExecuteActivity(ctx, CompareStatement, day).Get(ctx, nil); err != nil {
		log := workflow.GetLogger(ctx)
		log.Warn("statement not compared today", "account", day.Account, "day", day.Day, "error", err)
	}
}

func statementOptions(provider, summary string, limit time.Duration) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue:           ProviderQueue(provider),
		StartToCloseTimeout: limit,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 5 * time.Second, MaximumInterval: 15 * time.Minute,
		},
		Summary: summary,
	}
}
