package integration

import (
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/workflows"
)

// tool runs one of the scripts that docs/operating.md tells of.
func (e *engine) tool(name, dsn, file string) error {
	cmd := exec.CommandContext(e.t.Context(), filepath.Join("../../tools", name), file)
	cmd.Env = append(cmd.Environ(), "DATABASE_URL="+dsn)
	out, err := cmd.CombinedOutput()
	e.t.Logf("%s: %s", name, out)
	return err
}

// lose drops the database, with all connections to it.
func (e *engine) lose() {
	e.t.Helper()
	address, err := url.Parse(e.dsn)
	require.NoError(e.t, err)
	name := strings.TrimPrefix(address.Path, "/")
	address.Path = "/postgres"
	conn, err := pgx.Connect(e.t.Context(), address.String())
	require.NoError(e.t, err)
	defer conn.Close(e.t.Context())
	_, err = conn.Exec(e.t.Context(), "DROP DATABASE "+pgx.Identifier{name}.Sanitize()+" WITH (FORCE)")
	require.NoError(e.t, err)
}

// owes asks for a part of the money back and returns the refund's number.
func (e *engine) owes(request models.Request, fen int64) string {
	e.t.Helper()
	stored, err := e.store.Request(e.t.Context(), request.ID)
	require.NoError(e.t, err)
	number, amount := mint.Number(), models.CNY(fen)
	_, err = e.door.Post(e.t.Context(), stored, number, models.Event{
		Kind: models.RefundAsked, Actor: "merchant", Refund: number, Money: &amount,
	})
	require.NoError(e.t, err)
	return number
}

// holds says that the ledger of a request and the provider's journal tell the same.
func (e *engine) holds(request string, numbers ...string) bool {
	e.t.Helper()
	totals, err := e.store.Totals(e.t.Context(), request)
	require.NoError(e.t, err)
	var sums truth
	for _, number := range numbers {
		moved := e.moved(number)
		sums.Captured, sums.Refunded = sums.Captured+moved.Captured, sums.Refunded+moved.Refunded
	}
	return totals.Captured.Minor == sums.Captured && totals.Refunded.Minor == sums.Refunded &&
		totals.Applied.Minor == sums.Captured-sums.Refunded
}

// The database is lost and an hour-old backup is all there is; Temporal and the provider
// go on from where they are. What was under way at the backup goes on, what happened since
// is found again, and what was placed since is a case: nothing is silently lost.
func TestABackupIsRestoredUnderRunningRequests(t *testing.T) {
	e := newEngine(t)
	open := e.place(wish{guard: 8 * time.Second})
	paying := e.place(wish{speed: 60})
	slot := e.pay(paying)
	refunding, settled := e.settled(), e.settled()
	e.simulated("/sim/faults", `{"op":"refund","mode":"stuck_processing"}`)
	stuck := e.owes(refunding, 900)
	e.await(refunding.ID, models.Refunding)
	file := filepath.Join(t.TempDir(), "backup")
	require.NoError(t, e.tool("backup", e.dsn, file))

	e.press(slot) // since the backup: a payment, whose run ends, …
	e.report(slot)
	e.await(paying.ID, models.Settled)
	e.history(paying.ID)
	e.owes(settled, 500) // … a refund, …
	e.await(settled.ID, models.PartlyRefunded)
	fresh := e.place(wish{}) // … and a request that nobody will know.
	orphan := e.pay(fresh)

	e.rest()
	e.lose()
	e.dsn = testkit.Database(t, nil)
	require.NoError(t, e.tool("restore", e.dsn, file))
	require.Error(t, e.tool("restore", e.dsn, file), "never over what is there")
	e.store = e.open(e.dsn)
	e.work(e.store)

	number := e.pay(open) // it goes on as if nothing had been
	e.press(number)
	e.report(number)
	e.await(open.ID, models.Settled)
	require.True(t, e.holds(open.ID, number))

	row, err := e.store.Request(t.Context(), paying.ID)
	require.NoError(t, err)
	require.Equal(t, models.Paying, row.State, "the row knows nothing of it, and no run is there to tell")
	e.report(slot) // the provider reports again, or staff start the run again
	e.await(paying.ID, models.Settled)
	require.True(t, e.holds(paying.ID, slot))

	e.simulated("/sim/mockpay/refunds", `{"number":"`+stuck+`","state":"done"}`)
	e.await(refunding.ID, models.PartlyRefunded)
	require.True(t, e.holds(refunding.ID, refunding.Winner))
	e.nextStep(settled)
	e.await(settled.ID, models.PartlyRefunded)
	require.True(t, e.holds(settled.ID, settled.Winner), "the next step wrote the whole of it again")

	e.press(orphan)
	e.report(orphan)
	e.eventually("a human hears of the money of the request that is gone", func() bool {
		cases, err := e.store.Cases(t.Context(), store.CaseFilter{Kind: models.CaseOrphan})
		return err == nil && len(cases.Items) == 1 && cases.Items[0].Attempt == orphan
	})
	lost := workflows.RequestID(fresh.ID)
	require.NoError(t, e.temporal.TerminateWorkflow(t.Context(), lost, "", "its order is gone"))
}

// nextStep lets a request whose run goes on make any step at all.
func (e *engine) nextStep(request models.Request) {
	e.t.Helper()
	number, amount := mint.Number(), models.CNY(100)
	_, err := e.door.Deliver(e.t.Context(), request.ID, number, models.Event{
		Kind: models.RefundAsked, Actor: "merchant", Refund: number, Money: &amount,
	})
	require.NoError(e.t, err)
}
