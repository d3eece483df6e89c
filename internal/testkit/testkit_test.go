package testkit_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/friendpay/friendpay/internal/testkit"
)

func TestMain(m *testing.M) {
	testkit.Main(m, testkit.SearchAttributes(map[string]string{"PayState": "Keyword"}))
}

var migrations atomic.Int32

func migrate(ctx context.Context, dsn string) error {
	migrations.Add(1)
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "CREATE TABLE money (fen bigint PRIMARY KEY)")
	return err
}

func insert(t *testing.T, dsn string) error {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(context.Background())) })
	_, err = conn.Exec(t.Context(), "INSERT INTO money VALUES (1)")
	return err
}

func TestDatabasesAreApart(t *testing.T) {
	t.Parallel()
	for range 4 {
		require.NoError(t, insert(t, testkit.Database(t, migrate)), "each starts without the rows of another")
	}
	require.EqualValues(t, 1, migrations.Load(), "the template is migrated once")
	require.Error(t, insert(t, testkit.Database(t, nil)), "nil leaves a database empty")
}

func TestDatabaseIsGoneAfterTheTest(t *testing.T) { // not parallel: it looks at what an inner test left
	var dsn string
	t.Run("inner", func(t *testing.T) { dsn = testkit.Database(t, nil) })
	_, err := pgx.Connect(t.Context(), dsn)
	require.ErrorContains(t, err, "does not exist")
}

func Hello(_ workflow.Context, name string) (string, error) { return "hello " + name, nil }

func greet(t *testing.T, temporal client.Client) {
	t.Helper()
	queue := testkit.TaskQueue(t)
	pool := worker.New(temporal, queue, worker.Options{})
	pool.RegisterWorkflow(Hello)
	require.NoError(t, pool.Start())
	t.Cleanup(pool.Stop)
	options := client.StartWorkflowOptions{
		ID: "hello", TaskQueue: queue,
		SearchAttributes: map[string]any{"PayState": "open"}, //nolint:staticcheck // short, and enough here
	}
	run, err := temporal.ExecuteWorkflow(t.Context(), options, Hello, "friend")
	require.NoError(t, err)
	var answer string
	require.NoError(t, run.Get(t.Context(), &answer))
	require.Equal(t, "hello friend", answer)
}

func TestTemporalRunsAWorkflow(t *testing.T) {
	t.Parallel()
	greet(t, testkit.TemporalClient(t, ""))
}

func TestNamespaceIsApart(t *testing.T) {
	t.Parallel()
	greet(t, testkit.TemporalClient(t, testkit.Namespace(t)))
}

func TestPhoneShowsAPage(t *testing.T) {
	t.Parallel()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<meta name="viewport" content="width=device-width"><h1>代付</h1>`))
	}))
	t.Cleanup(page.Close)
	browser := testkit.Phone(t)
	require.NoError(t, chromedp.Do(browser, chromedp.Navigate(page.URL)))
	title, err := chromedp.Run(browser, chromedp.Text(chromedp.CSS("h1")))
	require.NoError(t, err)
	require.Equal(t, "代付", title)
	size, err := chromedp.Run(browser, chromedp.Evaluate[[]int]("[innerWidth, innerHeight, devicePixelRatio]"))
	require.NoError(t, err)
	require.Equal(t, []int{390, 844, 3}, size)
}
