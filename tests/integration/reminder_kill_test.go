package integration

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/paysim/sms"
	"github.com/friendpay/friendpay/store"
)

// slowGateway takes messages and, while it is told to, never answers: before it took one, or after.
type slowGateway struct {
	inbox *sms.Inbox

	mu            sync.Mutex
	hangs, taking bool
	keys          []string // that were heard, in order
}

func (g *slowGateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	hangs, taking := g.hangs, g.taking
	g.mu.Unlock()
	body, err := io.ReadAll(r.Body) // only then the server sees the caller go
	if r.Body = io.NopCloser(bytes.NewReader(body)); err == nil && (!hangs || taking) {
		g.inbox.Send(w, r)
	}
	g.mu.Lock()
	g.keys = append(g.keys, r.Header.Get("Idempotency-Key"))
	g.mu.Unlock()
	if hangs {
		<-r.Context().Done()
	}
}

func (g *slowGateway) heard() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string{}, g.keys...)
}

func (g *slowGateway) answers() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hangs = false
}

// reminding is a request with a friend to be reminded of half of its life, which is over.
func (e *engine) reminding() {
	e.t.Helper()
	ctx, request := e.t.Context(), e.place(wish{})
	payer, err := e.store.PayerByPhone(ctx, canaryPhone)
	require.NoError(e.t, err)
	invite, err := e.store.CreateInvite(ctx, store.Invite{
		ID: mint.ID(mint.Invite), Request: request.ID, Generation: 1, ExpiresAt: request.ExpiresAt,
		TokenHash: []byte(mint.Number() + "000000")[:32], CreatedAt: time.Now().UTC(),
	})
	require.NoError(e.t, err)
	require.NoError(e.t, e.store.LoggedIn(ctx, store.Login{Invite: invite.ID, Payer: payer.ID, Locale: "en"}))
	require.Equal(e.t, 1, e.count(`WITH due AS (UPDATE reminder_dues SET due_at = now(), next_at = now()
		WHERE kind = 'reminder_half' RETURNING 1) SELECT count(*) FROM due`))
}

// overdue ends the leases of a dead worker, as a minute would.
func (e *engine) overdue() {
	e.t.Helper()
	e.count(`WITH due AS (UPDATE reminder_dues SET next_at = now() WHERE kind = 'reminder_half' RETURNING 1),
		message AS (UPDATE messages SET next_try_at = now() WHERE kind = 'sms' RETURNING 1)
		SELECT count(*) FROM due, message`)
}

// A worker is killed at each worst moment of a reminder: when it has taken the due time and written nothing,
// when it sends and the gateway has nothing yet, and when the gateway has it and the row does not say so.
// Another worker goes on. A gateway that knows its ids has one message each time; in the last case it
// heard of it twice, and one that does not know them would have sent two.
func TestAReminderOutlivesItsWorker(t *testing.T) {
	for name, moment := range map[string]struct {
		judging, taking bool
		heard           int
	}{
		"before it is written": {judging: true, heard: 1},
		"before it is taken":   {heard: 2},
		"before it is marked":  {taking: true, heard: 2},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEngine(t)
			gate := &slowGateway{inbox: sms.New("k", time.Now), hangs: true, taking: moment.taking}
			server := httptest.NewServer(gate)
			t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
			work := func() *child {
				return e.spawn("worker", "FRIENDPAY_SMS_URL="+server.URL, "FRIENDPAY_SMS_KEY=k",
					"FRIENDPAY_QUIET_HOURS=none")
			}
			e.reminding()
			if moment.judging {
				held := e.hold("SELECT 1 FROM requests FOR UPDATE")
				first := work()
				e.counted("it has taken it, and waits for the request", 1, waiting+" AND query LIKE '%snapshot%'")
				first.kill()
				e.count("SELECT count(pg_terminate_backend(pid)) FROM " + waiting)
				held.release(t)
				require.Zero(t, e.count("SELECT count(*) FROM reminders"))
			} else {
				first := work()
				e.eventually("it sends", func() bool { return len(gate.heard()) == 1 })
				first.kill()
				e.counted("nothing says that it left", 1, "messages WHERE kind = 'sms' AND status = 'pending'")
			}
			gate.answers()
			e.overdue()
			work()
			e.counted("another says it", 1, "messages WHERE kind = 'sms' AND status = 'sent'")
			keys := gate.heard()
			require.Len(t, keys, moment.heard)
			for _, key := range keys {
				require.Equal(t, keys[0], key, "under one id")
				require.Equal(t, 1, e.count("SELECT count(*) FROM messages WHERE id = $1", key))
			}
			require.Len(t, gate.inbox.Messages(canaryPhone), 1)
			require.Equal(t, 1, e.count("SELECT count(*) FROM reminders"))
		})
	}
}
