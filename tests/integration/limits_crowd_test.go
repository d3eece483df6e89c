package integration

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
)

const (
	thatPay  = 100 // friends of as many requests
	thatFit  = 37  // of them into the merchant's day
	oneOrder = 12900
)

// friends are people with a request each, and a browser that is logged in.
type friends struct {
	*engine
	requests []models.Request
	cookies  []string
	apis     []*child
	rounds   int
}

// befriend places so many requests under a limit of the merchant's day, in fen.
func befriend(e *engine, n int, limit int64) *friends {
	e.t.Helper()
	conn, err := pgx.Connect(e.t.Context(), e.dsn)
	require.NoError(e.t, err)
	defer conn.Close(e.t.Context())
	_, err = conn.Exec(e.t.Context(), `INSERT INTO pay_limits (app_id, scope, per, minor, currency)
		VALUES ('app_1', 'merchant', 'day', $1, 'CNY')`, limit)
	require.NoError(e.t, err)
	f, tokens := &friends{engine: e, apis: []*child{e.api(), e.api()}}, e.tokens()
	for range n {
		request := e.place(wish{guard: time.Hour, speed: 60, expires: 30 * time.Hour})
		f.requests = append(f.requests, request)
		f.cookies = append(f.cookies, e.friend(tokens, request))
	}
	return f
}

// ask lets these friends ask to pay at one moment, and says who may. The others must hear
// that it is the merchant's day, and when the next one begins.
func (f *friends) ask(who []int) (may, full []int) {
	f.t.Helper()
	body := map[string]any{
		"channel": "mockpay", "quote": map[string]any{"minor": oneOrder, "currency": "CNY", "price_version": 1},
	}
	f.rounds++
	key, start, answers := fmt.Sprint("k", f.rounds), make(chan struct{}), make([]answer, len(f.requests))
	var all sync.WaitGroup
	for _, i := range who {
		all.Go(func() {
			<-start
			answers[i] = f.apis[i%len(f.apis)].post("/v1/link/attempts", f.cookies[i], key, body)
		})
	}
	close(start)
	all.Wait()
	for _, i := range who {
		require.NoError(f.t, answers[i].err)
		if answers[i].status == http.StatusCreated || answers[i].status == http.StatusAccepted {
			may = append(may, i)
			continue
		}
		f.saysTomorrow(answers[i])
		full = append(full, i)
	}
	return may, full
}

func (f *friends) saysTomorrow(a answer) {
	f.t.Helper()
	var problem struct {
		Reason, Detail, Fix string
		Until               time.Time
	}
	require.NoError(f.t, json.Unmarshal(a.body, &problem))
	require.Equal(f.t, http.StatusForbidden, a.status, "%s", a.body)
	require.Equal(f.t, "merchant_daily_limit", problem.Reason, "%s", a.body)
	require.Equal(f.t, "The amount is above what this shop may still take from friends today.", problem.Detail)
	require.Contains(f.t, problem.Fix, "Pay tomorrow")
	now := time.Now().In(models.Shanghai)
	midnight := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, models.Shanghai)
	require.True(f.t, problem.Until.Equal(midnight), problem.Until)
}

// settle lets those who may pay do so, all at once.
func (f *friends) settle(who []int) {
	f.t.Helper()
	for _, i := range who {
		slot := f.await(f.requests[i].ID, models.Paying).Slot
		f.press(slot)
		f.report(slot)
	}
	for _, i := range who {
		f.requests[i] = f.await(f.requests[i].ID, models.Settled)
	}
}

// counts says that the counter, the ledger and the provider tell the same: so many orders.
func (f *friends) counts(orders int) {
	f.t.Helper()
	const counter = `SELECT coalesce(sum(minor), 0)::bigint FROM limit_used
		WHERE app_id = 'app_1' AND scope = 'merchant' AND subject = ''`
	require.Equal(f.t, orders*oneOrder, f.count(counter))
	var ledger, provider int64
	for _, r := range f.requests {
		totals, err := f.store.Totals(f.t.Context(), r.ID)
		require.NoError(f.t, err)
		ledger += totals.Captured.Minor - totals.Refunded.Minor
	}
	provider = f.moved("").Captured - f.moved("").Refunded
	require.EqualValues(f.t, orders*oneOrder, ledger)
	require.EqualValues(f.t, orders*oneOrder, provider)
}

// A day of the merchant that 37 orders fit into, and not a fen of a 38th, is asked for by a
// hundred friends over two processes at one moment.
func TestACrowdFillsTheMerchantsDayExactly(t *testing.T) {
	e := newEngine(t)
	began := time.Now()
	f := befriend(e, thatPay, (thatFit+1)*oneOrder-1)
	t.Log("placed after", time.Since(began))
	everybody := make([]int, thatPay)
	for i := range everybody {
		everybody[i] = i
	}
	may, full := f.ask(everybody)
	t.Log("answered after", time.Since(began))
	require.Len(t, may, thatFit)
	f.settle(may)
	t.Log("paid after", time.Since(began))
	require.EqualValues(t, thatFit*oneOrder, e.moved("").Captured)
	f.counts(thatFit)
	again, _ := f.ask(full)
	require.Empty(t, again)

	refund := e.owes(f.requests[may[0]], oneOrder)
	e.await(f.requests[may[0]].ID, models.Refunded)
	f.counts(thatFit - 1)
	one, still := f.ask(full)
	require.Len(t, one, 1, "what came back, by %s, makes room for one", refund)
	f.settle(one)
	f.counts(thatFit)
	require.Len(t, still, len(full)-1)
	require.False(t, slices.Contains(still, one[0]))
	t.Log("done after", time.Since(began))
}
