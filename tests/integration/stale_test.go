package integration

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/activities"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// forestalled refuses the first save in a state, as if a task that was given up had
// saved its own judgement a moment ago.
type forestalled struct {
	*store.Store
	state models.State
	hits  *atomic.Int64
}

func (f forestalled) SaveStep(ctx context.Context, step models.Step) error {
	if step.Request.State == f.state && f.hits.Add(1) == 1 {
		return models.Refuse(models.Conflict, models.StaleStep, "A later judgement of this request is stored.")
	}
	return f.Store.SaveStep(ctx, step)
}

func TestAForestalledStepIsJudgedAgain(t *testing.T) {
	hits := new(atomic.Int64)
	e := newEngineWith(t, "", func(rows *store.Store) activities.Store {
		return forestalled{rows, models.Settled, hits}
	})
	request := e.place(wish{})
	number := e.pay(request)
	e.press(number)
	e.report(number)
	e.await(request.ID, models.Settled)
	require.GreaterOrEqual(t, hits.Load(), int64(2))
	e.history(request.ID)
}
