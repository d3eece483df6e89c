package integration

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/api"
	"github.com/friendpay/friendpay/models"
)

// cutCookie takes a payer's cookie apart.
func cutCookie(who string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(who, "=")
	return name, value, ok && name == api.PayerCookie
}

// lock is a transaction that holds others up, until it is let go.
type lock struct{ tx pgx.Tx }

// hold runs statements in a transaction that stays open.
func (e *engine) hold(statements ...string) lock {
	e.t.Helper()
	conn, err := pgx.Connect(e.t.Context(), e.dsn)
	require.NoError(e.t, err)
	e.t.Cleanup(func() { _ = conn.Close(e.t.Context()) })
	tx, err := conn.Begin(e.t.Context())
	require.NoError(e.t, err)
	for _, statement := range statements {
		_, err = tx.Exec(e.t.Context(), statement)
		require.NoError(e.t, err)
	}
	return lock{tx}
}

func (l lock) release(t *testing.T) {
	t.Helper()
	require.NoError(t, l.tx.Rollback(t.Context()))
}

// count runs a query that counts.
func (e *engine) count(query string, args ...any) (n int) {
	e.t.Helper()
	conn, err := pgx.Connect(e.t.Context(), e.dsn)
	require.NoError(e.t, err)
	defer conn.Close(e.t.Context())
	require.NoError(e.t, conn.QueryRow(e.t.Context(), query, args...).Scan(&n))
	return n
}

func (e *engine) eventually(why string, so func() bool) {
	e.t.Helper()
	require.Eventually(e.t, so, 20*time.Second, 5*time.Millisecond, why)
}

// counted waits until so many rows are there.
func (e *engine) counted(why string, n int, from string) {
	e.t.Helper()
	e.eventually(why, func() bool { return e.count("SELECT count(*) FROM "+from) == n })
}

// lapse ends the leases of dead calls, as half a minute would.
func (e *engine) lapse() {
	e.t.Helper()
	e.count(`WITH ended AS (UPDATE idempotency_keys SET leased_until = clock_timestamp() RETURNING 1)
		SELECT count(*) FROM ended`)
}

// waiting are the sessions of this database that wait for a lock.
const waiting = "pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"

const keyRow = "SELECT 1 FROM idempotency_keys WHERE value = 'k1' FOR UPDATE"

// The API dies when the request is placed and its answer is not kept yet. Whoever asks
// again hears that the first call still runs, and once its lease is over goes on with
// the very request that the dead process had begun.
func TestAnAPIDiesBetweenTheEffectAndItsAnswer(t *testing.T) {
	e := newEngine(t)
	e.trade()
	first, second := e.api(), e.api()
	orders := e.hold("LOCK TABLE orders IN SHARE MODE")
	died := make(chan answer, 1)
	go func() { died <- first.post("/v1/requests", merchantKey, "k1", wishFor("A1")) }()
	e.counted("the key is taken", 1, "idempotency_keys")
	answers := e.hold(keyRow)
	orders.release(t)
	e.counted("the request is placed", 1, "requests WHERE state = 'open'")
	e.counted("it waits to keep its answer", 1, waiting)
	first.kill()
	require.Error(t, (<-died).err)
	// The database would carry out the dead's last statement: then the answer is kept after all.
	e.count("SELECT count(pg_terminate_backend(pid)) FROM " + waiting)
	answers.release(t)

	running := second.post("/v1/requests", merchantKey, "k1", wishFor("A1"))
	require.Equal(t, http.StatusConflict, running.status)
	require.Equal(t, "key_in_flight", running.reason())
	e.lapse()
	again := second.post("/v1/requests", merchantKey, "k1", wishFor("A1"))
	require.Equal(t, http.StatusCreated, again.status, string(again.body))
	require.Equal(t, 1, e.count("SELECT count(*) FROM requests WHERE id = $1", again.id()))
	require.Equal(t, 1, e.count("SELECT count(*) FROM requests"))
	require.Equal(t, 1, e.count("SELECT count(*) FROM orders"))
	require.Equal(t, 1, e.count("SELECT count(*) FROM invites"))
	e.sameAnswer(second, "/v1/requests", wishFor("A1"), again)
}

// A refund of all that is left dies before its answer: asked again it is the same refund,
// and not one too many.
func TestAnAPIDiesWhileItRefunds(t *testing.T) {
	e := newEngine(t)
	e.trade()
	request := e.settled()
	first, second := e.api(), e.api()
	path, body := "/v1/requests/"+request.ID+"/refunds", map[string]any{}
	rows := e.hold("LOCK TABLE requests IN ACCESS EXCLUSIVE MODE")
	died := make(chan answer, 1)
	go func() { died <- first.post(path, merchantKey, "k1", body) }()
	e.counted("the key is taken", 1, "idempotency_keys")
	answers := e.hold(keyRow)
	rows.release(t)
	e.counted("the refund is owed", 1, "refunds")
	first.kill()
	require.Error(t, (<-died).err)
	e.count("SELECT count(pg_terminate_backend(pid)) FROM " + waiting)
	answers.release(t)
	e.lapse()
	again := second.post(path, merchantKey, "k1", body)
	require.Equal(t, http.StatusCreated, again.status, string(again.body))
	e.await(request.ID, models.Refunded)
	require.Equal(t, 1, e.count("SELECT count(*) FROM refunds WHERE number = $1", again.id()))
	require.Equal(t, 1, e.count("SELECT count(*) FROM refunds"))
	require.Equal(t, truth{12900, 12900, 1}, e.moved(""))
}

// settled is a request that a friend has paid.
func (e *engine) settled() models.Request {
	e.t.Helper()
	request := e.place(wish{guard: time.Hour, speed: 60})
	number := e.pay(request)
	e.press(number)
	e.report(number)
	return e.await(request.ID, models.Settled)
}

// sameAnswer asks once more: byte for byte the same, and said to be so.
func (e *engine) sameAnswer(c *child, path string, body any, before answer) {
	e.t.Helper()
	third := c.post(path, merchantKey, "k1", body)
	require.Equal(e.t, before.status, third.status)
	require.Equal(e.t, string(before.body), string(third.body))
	require.True(e.t, third.replayed)
}

// Where all that a call does is rows, answer and effect are one commit: a death before
// it leaves nothing, one after it leaves the answer.
func TestAnAPIDiesAroundTheCommit(t *testing.T) {
	e := newEngine(t)
	e.trade()
	first, second, third := e.api(), e.api(), e.api()
	placed := first.post("/v1/requests", merchantKey, "k0", wishFor("A1"))
	require.Equal(t, http.StatusCreated, placed.status, string(placed.body))
	path, body := "/v1/requests/"+placed.id()+"/invites", map[string]any{"label": "friend"}
	requests := e.hold("LOCK TABLE invites IN SHARE MODE")
	died := make(chan answer, 1)
	go func() { died <- first.post(path, merchantKey, "k1", body) }()
	e.counted("the key is taken", 2, "idempotency_keys")
	answers := e.hold(keyRow)
	requests.release(t)
	e.counted("the commit waits", 1, waiting)
	first.kill()
	require.Error(t, (<-died).err)
	answers.release(t)
	require.Equal(t, 1, e.count("SELECT count(*) FROM invites"), "before the commit: nothing")

	e.lapse()
	made := second.post(path, merchantKey, "k1", body)
	require.Equal(t, http.StatusCreated, made.status, string(made.body))
	second.kill() // after the commit: as if the answer had never arrived
	e.sameAnswer(third, path, body, made)
	require.Equal(t, 2, e.count("SELECT count(*) FROM invites"))
}

func TestTwoAPIsAreAskedUnderOneKeyAtOnce(t *testing.T) {
	e := newEngine(t)
	e.trade()
	apis := []*child{e.api(), e.api()}
	answers := make([]answer, 40)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() {
			body := wishFor("A1")
			for {
				answers[i] = apis[i%2].post("/v1/requests", merchantKey, "k1", body)
				if answers[i].reason() != "key_in_flight" {
					return
				}
			}
		})
	}
	all.Wait()
	fresh := 0
	for _, a := range answers {
		require.NoError(t, a.err)
		require.Equal(t, http.StatusCreated, a.status, string(a.body))
		require.Equal(t, string(answers[0].body), string(a.body))
		if !a.replayed {
			fresh++
		}
	}
	require.Equal(t, 1, fresh, "one call was answered, the others heard it again")
	require.Equal(t, 1, e.count("SELECT count(*) FROM requests"))
}

func TestAKeyIsOnePrincipalsWordForOneBody(t *testing.T) {
	e := newEngine(t)
	e.trade()
	c := e.api()
	first := c.post("/v1/requests", merchantKey, "k1", wishFor("A1"))
	require.Equal(t, http.StatusCreated, first.status, string(first.body))
	other := c.post("/v1/requests", merchantKey, "k1", wishFor("A2"))
	require.Equal(t, http.StatusUnprocessableEntity, other.status)
	require.Equal(t, "key_reused", other.reason())
	stranger := c.post("/v1/requests", otherKey, "k1", wishFor("A1"))
	require.NotEqual(t, "key_reused", stranger.reason(), "another merchant's key is another key")
	require.False(t, stranger.replayed, "and his answer his own")
	require.GreaterOrEqual(t, stranger.status, 400, "he may not sell for this app")

	e.count(`WITH aged AS (UPDATE idempotency_keys SET created_at = created_at - interval '25 hours'
		RETURNING 1) SELECT count(*) FROM aged`)
	pruned, err := e.store.PruneKeys(t.Context())
	require.NoError(t, err)
	require.Positive(t, pruned)
	late := c.post("/v1/requests", merchantKey, "k1", wishFor("A1"))
	require.Equal(t, http.StatusOK, late.status, "the key is forgotten, the order's open request is not")
	require.False(t, late.replayed)
	require.Equal(t, first.id(), late.id())
	require.Equal(t, 1, e.count("SELECT count(*) FROM requests"))
}

// Nobody works: the outcome is unknown, the answer says to try again, and the same key
// leads to the same request when somebody works again.
func TestAnUnknownOutcomeIsNoAnswer(t *testing.T) {
	e := newHouse(t, "")
	e.trade()
	c := e.api()
	unknown := c.post("/v1/requests", merchantKey, "k1", wishFor("A1"))
	require.Contains(t, []int{http.StatusAccepted, http.StatusServiceUnavailable}, unknown.status)
	e.work(e.store)
	known := c.post("/v1/requests", merchantKey, "k1", wishFor("A1"))
	require.Equal(t, http.StatusCreated, known.status, string(known.body))
	require.Equal(t, 1, e.count("SELECT count(*) FROM requests"))
	e.sameAnswer(c, "/v1/requests", wishFor("A1"), known)
}
