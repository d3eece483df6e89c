package worker_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/worker"
)

// pass lets the bubble's time go by, and everything that is due then happen.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

type kept struct {
	store.ProviderEvent
	mark store.Mark
	due  time.Time
}

// inbox keeps events as the store does: leased, counted, marked.
type inbox struct {
	mu     sync.Mutex
	rows   []*kept
	cases  []store.Case
	locate func(number string) (store.Located, error)
	filing error // what OpenCase fails with
	marks  int   // how many marks are lost before one arrives
}

func (b *inbox) TakeEvents(
	_ context.Context, limit int, lease time.Duration,
) (list []store.ProviderEvent, _ error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, row := range b.rows {
		pending := row.mark.Status == "" || row.mark.Status == store.EventPending
		if pending && !row.due.After(time.Now()) && len(list) < limit {
			row.Tries, row.due = row.Tries+1, time.Now().Add(lease)
			list = append(list, row.ProviderEvent)
		}
	}
	return list, nil
}

func (b *inbox) MarkEvent(ctx context.Context, id string, mark store.Mark) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.marks > 0 || ctx.Err() != nil {
		b.marks--
		return errors.New("the database is away")
	}
	row := b.rows[slices.IndexFunc(b.rows, func(r *kept) bool { return r.ID == id })]
	row.mark, row.due = mark, mark.NextTry
	if mark.Untried {
		row.Tries--
	}
	return nil
}

func (b *inbox) Locate(_ context.Context, number string) (store.Located, error) {
	return b.locate(number)
}

func (b *inbox) Request(_ context.Context, id string) (models.Request, error) {
	return models.Request{ID: id}, nil
}

func (b *inbox) OpenCase(_ context.Context, opened store.Case) (store.Case, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.filing == nil {
		b.cases = append(b.cases, opened)
	}
	return opened, b.filing
}

func (b *inbox) row(i int) kept {
	b.mu.Lock()
	defer b.mu.Unlock()
	return *b.rows[i]
}

// knock is one event as it arrived at the door.
type knock struct {
	request, update string
	event           models.Event
	at              time.Duration
}

type gate struct {
	mu     sync.Mutex
	start  time.Time
	knocks []knock
	answer func(update string) error
}

func (g *gate) Post(
	_ context.Context, r models.Request, update string, e models.Event,
) (models.Request, error) {
	g.mu.Lock()
	g.knocks = append(g.knocks, knock{r.ID, update, e, time.Since(g.start)})
	g.mu.Unlock()
	return r, g.answer(update)
}

func (g *gate) heard() []knock {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.knocks)
}

// relaying runs a relay over n payment events in a bubble of time: arranged before
// it starts, checked when it has done all that it can do at once.
func relaying(t *testing.T, n int, arrange, check func(*inbox, *gate)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &inbox{locate: func(string) (store.Located, error) {
			return store.Located{Request: "fpr_1", Provider: "mockpay", Account: "acc_1"}, nil
		}}
		for i := range n {
			b.rows = append(b.rows, &kept{ProviderEvent: store.ProviderEvent{
				ID: fmt.Sprintf("evt_%03d", i), Provider: "mockpay", Account: "acc_1",
				Kind: providers.PaymentNotice, Number: "A", ReceivedAt: time.Now(),
			}})
		}
		g := &gate{start: time.Now(), answer: func(string) error { return nil }}
		arrange(b, g)
		r := &worker.Relay{Inbox: b, Door: g, Clock: time.Now, Log: slog.New(slog.DiscardHandler)}
		defer running(t, r.Run)()
		check(b, g)
	})
}

func TestAnEventIsPostedUnderItsOwnID(t *testing.T) {
	relaying(t, 2, func(b *inbox, _ *gate) {
		b.rows[1].Kind, b.rows[1].Refund = providers.RefundNotice, "R"
	}, func(b *inbox, g *gate) {
		require.ElementsMatch(t, []knock{
			{"fpr_1", "evt_000", models.Event{Kind: models.PaymentReported, Attempt: "A", Actor: "provider"}, 0},
			{"fpr_1", "evt_001", models.Event{Kind: models.RefundReported, Refund: "R", Actor: "provider"}, 0},
		}, g.heard())
		require.Equal(t, store.Mark{Status: store.EventApplied}, b.row(0).mark)
		pass(time.Hour)
		require.Len(t, g.heard(), 2, "once is enough")
	})
}

func TestARefundIsFoundByItsOwnNumber(t *testing.T) {
	var asked []string
	relaying(t, 1, func(b *inbox, _ *gate) {
		b.rows[0].Kind, b.rows[0].Refund = providers.RefundNotice, "R"
		locate := b.locate
		b.locate = func(number string) (store.Located, error) {
			asked = append(asked, number)
			return locate(number)
		}
	}, func(*inbox, *gate) { require.Equal(t, []string{"R"}, asked) })
}

func TestWhatTheLawRefusesIsIgnored(t *testing.T) {
	for _, code := range []models.Code{models.Conflict, models.Gone, models.Invalid} {
		relaying(t, 1, func(_ *inbox, g *gate) {
			g.answer = func(string) error { return models.Refuse(code, "because", "So it is.") }
		}, func(b *inbox, g *gate) {
			require.Equal(t, store.Mark{Status: store.EventIgnored, Reason: "because"}, b.row(0).mark)
		})
	}
	relaying(t, 1, func(b *inbox, _ *gate) { b.rows[0].Account = "acc_2" }, func(b *inbox, g *gate) {
		require.Equal(t, store.Mark{Status: store.EventIgnored, Reason: "foreign_account"}, b.row(0).mark)
		require.Empty(t, g.heard(), "another merchant's account moves nothing here")
	})
}

var unknown = models.Refuse(models.NotFound, "unknown_number", "Nobody has it.")

func TestAnUnknownNumberIsACase(t *testing.T) {
	relaying(t, 1, func(b *inbox, _ *gate) {
		b.locate = func(string) (store.Located, error) { return store.Located{}, unknown }
		b.filing = models.Refuse(models.Unavailable, "database_down", "Down.")
	}, func(b *inbox, g *gate) {
		require.Equal(t, store.EventPending, b.row(0).mark.Status, "not dead before a human knows")
		b.mu.Lock()
		b.filing = nil
		b.mu.Unlock()
		pass(time.Second)
		require.Equal(t, store.Mark{Status: store.EventDead, Reason: "unknown_number"}, b.row(0).mark)
		require.Len(t, b.cases, 1)
		require.Equal(t, models.CaseOrphan, b.cases[0].Kind)
		require.Equal(t, "A", b.cases[0].Attempt)
		require.Equal(t, "acc_1", b.cases[0].Account)
		require.Empty(t, g.heard())
	})
}

func TestWhileTheEngineIsDownEventsWait(t *testing.T) {
	down := models.Refuse(models.Unavailable, "engine_unavailable", "Down.")
	relaying(t, 1, func(_ *inbox, g *gate) {
		g.answer = func(string) error { return fmt.Errorf("%w: %w", down, errors.New("dial")) }
	}, func(b *inbox, g *gate) {
		pass(24 * time.Hour)
		row := b.row(0)
		require.Equal(t, store.EventPending, row.mark.Status)
		require.Equal(t, "engine_unavailable", row.mark.Reason)
		require.Equal(t, 0, row.Tries, "waiting does not wear it out")
		posted := g.heard()
		require.Less(t, posted[1].at, time.Second, "soon at first")
		n := len(posted)
		require.InDelta(t, time.Minute, posted[n-1].at-posted[n-2].at, float64(time.Second), "then once a minute")
		require.Less(t, n, 1500)
		g.mu.Lock()
		g.answer = func(string) error { return nil }
		g.mu.Unlock()
		pass(2 * time.Minute)
		require.Equal(t, store.EventApplied, b.row(0).mark.Status)
	})
}

func TestAnEventThatBreaksUsIsGivenUp(t *testing.T) {
	relaying(t, 2, func(_ *inbox, g *gate) {
		g.answer = func(update string) error {
			if update == "evt_000" {
				return errors.New("a bug")
			}
			return nil
		}
	}, func(b *inbox, g *gate) {
		require.Equal(t, store.EventApplied, b.row(1).mark.Status, "and holds up nobody else")
		pass(time.Hour)
		require.Equal(t, store.Mark{Status: store.EventDead, Reason: "poison"}, b.row(0).mark)
		require.Len(t, g.heard(), 31, "30 tries of the one, one of the other")
	})
}

func TestAnEventThatWasNotMarkedIsPostedAgain(t *testing.T) {
	relaying(t, 1, func(b *inbox, _ *gate) { b.marks = 1 }, func(b *inbox, g *gate) {
		require.Len(t, g.heard(), 1)
		pass(31 * time.Second)
		posted := g.heard()
		require.Len(t, posted, 2)
		require.Equal(t, posted[0].update, posted[1].update, "the same update: the workflow knows it")
		require.GreaterOrEqual(t, posted[1].at, 30*time.Second, "not before its lease is over")
		require.Equal(t, store.EventApplied, b.row(0).mark.Status)
	})
}

// The workflow would answer the same update from memory, and ask nobody.
func TestAnEventTakenInAgainByHandIsAnotherUpdate(t *testing.T) {
	relaying(t, 1, func(b *inbox, _ *gate) { b.rows[0].Replays = 2 }, func(_ *inbox, g *gate) {
		require.Len(t, g.heard(), 1)
		require.Equal(t, "evt_000.2", g.heard()[0].update)
	})
}

func TestABacklogIsPostedWithoutWaiting(t *testing.T) {
	relaying(t, 500, func(*inbox, *gate) {}, func(_ *inbox, g *gate) {
		require.Len(t, g.heard(), 500, "no tick has passed")
	})
}

func TestOneSlowRequestHoldsUpNobody(t *testing.T) {
	relaying(t, 200, func(_ *inbox, g *gate) {
		g.answer = func(update string) error {
			if update == "evt_000" {
				<-time.After(8 * time.Second)
			}
			return nil
		}
	}, func(b *inbox, g *gate) {
		require.Len(t, g.heard(), 200)
		require.Empty(t, b.row(0).mark.Status)
		require.Equal(t, store.EventApplied, b.row(199).mark.Status)
		pass(8 * time.Second)
		require.Equal(t, store.EventApplied, b.row(0).mark.Status)
		pass(time.Minute)
		require.Len(t, g.heard(), 200, "its lease outlived the knock")
	})
}

func TestNothingWaitsUnderItsLease(t *testing.T) {
	relaying(t, 100, func(_ *inbox, g *gate) {
		g.answer = func(string) error { <-time.After(8 * time.Second); return nil }
	}, func(b *inbox, g *gate) {
		leased := 0
		for i := range 100 {
			leased += b.row(i).Tries
		}
		require.Equal(t, len(g.heard()), leased, "what is taken is carried at once")
		pass(time.Minute)
		require.Len(t, g.heard(), 100)
	})
}
