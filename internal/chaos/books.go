package chaos

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/workflowservice/v1"
)

// rows reads from Postgres on a road that no fault touches.
func rows[T any](ctx context.Context, t *town, query string, args ...any) ([]T, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, t.house.Postgres.DSN("friendpay"))
	if err != nil {
		return nil, fmt.Errorf("open the books: %w", err)
	}
	defer conn.Close(ctx)
	found, err := conn.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read the books: %w", err)
	}
	list, err := pgx.CollectRows(found, pgx.RowToStructByPos[T])
	if err != nil {
		return nil, fmt.Errorf("read the books: %w", err)
	}
	return list, nil
}

// text is a row of one column.
type text struct{ Value string }

// closedAttempts are a few attempts of ended requests that still watch for late money.
func (t *town) closedAttempts(ctx context.Context) []string {
	found, err := rows[text](ctx, t, `SELECT a.number FROM attempts a JOIN requests r ON r.id = a.request_id
		WHERE a.state = 'closed' AND a.provider = 'mockpay' AND r.guarded ORDER BY r.ended_at DESC LIMIT 12`)
	if err != nil {
		return nil // Postgres is away: then nobody pays
	}
	var numbers []string
	for _, f := range found {
		numbers = append(numbers, f.Value)
	}
	return numbers
}

// running counts the runs of a build that Temporal has not seen the end of.
func (t *town) running(ctx context.Context, build string) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	query := `ExecutionStatus = "Running" AND WorkflowType IN ("FriendPay", "RefundMoney")`
	if build != "" {
		query += fmt.Sprintf(` AND TemporalWorkerDeploymentVersion = "friendpay:%s"`, build)
	}
	count, err := t.house.Parts.Temporal.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Namespace: "default", Query: query,
	})
	if err != nil {
		return 0, fmt.Errorf("count the runs: %w", err)
	}
	return count.GetCount(), nil
}

// drained says whether nothing of a build runs any more. It waits for that, and wants to hear it some times
// in a row: what Temporal counts lags behind what runs.
func (s *storm) drained(build string) bool {
	ctx, cancel := context.WithTimeout(s.ctx, 90*time.Second)
	defer cancel()
	for quiet := 0; quiet < quietCounts; {
		if !pause(ctx, time.Second) {
			return false
		}
		left, err := s.running(ctx, build)
		if err != nil || left > 0 {
			quiet = 0
			continue
		}
		quiet++
	}
	return true
}

// quietCounts is how often in a row a build has to be counted as idle.
const quietCounts = 5
