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

	"github.com/friendpay/friendpay/internal/notify"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/worker"
)

const (
	phone     = "13800138000"
	phoneless = "pay_nowhere" // who has no phone
)

// outbox is one whose friends have a phone, or an openid at one official account.
func outbox(l *letters, p *post) *worker.Outbox {
	shelf, err := notify.ReadShelf(notify.Usual(notify.Languages...))
	if err != nil {
		panic(err)
	}
	return &worker.Outbox{
		Letters: l, Durable: p, Quiet: nights, Clock: time.Now, Log: slog.New(slog.DiscardHandler),
		Ways: map[notify.Channel]worker.Notifier{
			notify.SMS:      worker.Texts{Gateway: gateway{p}, Shelf: shelf},
			notify.WeChat:   worker.Templates{Accounts: official{p}, Shelf: shelf},
			notify.Merchant: worker.Endpoints{Letters: l},
		},
	}
}

// sending runs an outbox with n messages of app_1, all of step 3, in a bubble of time.
func sending(t *testing.T, n int, arrange, check func(*letters, *post)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := &letters{}
		for i := range n {
			l.rows = append(l.rows, &letter{Message: store.Message{
				ID: fmt.Sprintf("msg_%03d", i), Request: "fpr_1", Version: 3, Kind: store.SMS, App: "app_1",
				Payer: "one", Type: "request.settled", CreatedAt: time.Now(), Seq: 1, Payload: fmt.Appendf(nil,
					`{"data":{"request":"msg_%03d","amount":{"minor":12900,"currency":"CNY"}}}`, i),
			}})
		}
		p := &post{
			start: time.Now(), durable: func() (int64, error) { return 3, nil },
			answer: func(string) error { return nil },
		}
		arrange(l, p)
		o := outbox(l, p)
		defer running(t, o.Run)()
		check(l, p)
	})
}

func TestAMessageIsSentOnce(t *testing.T) {
	sending(t, 1, func(*letters, *post) {}, func(l *letters, p *post) {
		pass(time.Hour)
		sent, _ := p.out()
		require.Equal(t, []string{"one msg_000"}, sent)
		require.Equal(t, "sent", l.row(0).state)
		require.Equal(t, "0", l.row(0).why)
	})
}

// A step whose task was lost may never have been: nobody is told before it is durable.
func TestNothingIsSaidBeforeItIsDurable(t *testing.T) {
	var mu sync.Mutex
	version, down := int64(2), models.Refuse(models.Unavailable, "engine_unavailable", "Down.")
	sending(t, 1, func(_ *letters, p *post) {
		p.durable = func() (int64, error) {
			mu.Lock()
			defer mu.Unlock()
			if version == 0 {
				return 0, down
			}
			return version, nil
		}
	}, func(l *letters, p *post) {
		pass(time.Hour)
		require.Equal(t, "not_durable", l.row(0).why)
		require.False(t, l.row(0).told, "nor is it read as an event")
		mu.Lock()
		version = 0
		mu.Unlock()
		pass(23 * time.Hour)
		require.Equal(t, "engine_unavailable", l.row(0).why)
		require.Equal(t, 0, l.row(0).Tries, "waiting does not wear it out")
		sent, _ := p.out()
		require.Empty(t, sent)
		mu.Lock()
		version = 3
		mu.Unlock()
		pass(2 * time.Minute)
		require.Equal(t, "sent", l.row(0).state)
	})
}

func TestARunThatIsForgottenWasDurable(t *testing.T) {
	sending(t, 1, func(_ *letters, p *post) {
		p.durable = func() (int64, error) { return 0, models.Refuse(models.Gone, "ended", "Ended.") }
	}, func(l *letters, _ *post) { require.Equal(t, "sent", l.row(0).state) })
}

// Between the taking and the sending the step is judged again, and owes it no more.
func TestAReplacedMessageIsNotSent(t *testing.T) {
	sending(t, 1, func(l *letters, p *post) {
		p.durable = func() (int64, error) {
			return 3, l.change("msg_000", func(r *letter) { r.state = "replaced" })
		}
	}, func(l *letters, p *post) {
		pass(time.Hour)
		sent, _ := p.out()
		require.Empty(t, sent)
		require.Equal(t, "replaced", l.row(0).state, "and its row is left alone")
	})
}

func TestAFailedTextKeepsItsSchedule(t *testing.T) {
	sending(t, 1, func(_ *letters, p *post) {
		p.answer = func(string) error { return errors.New("no route") }
	}, func(l *letters, p *post) {
		pass(5 * 24 * time.Hour)
		sent, at := p.out()
		require.Equal(t, slices.Repeat([]string{"one msg_000"}, 10), sent, "one id over all tries")
		for i, after := range []time.Duration{
			5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour,
			14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
		} {
			waited := at[i+1] - at[i]
			require.GreaterOrEqual(t, waited, after)
			require.Less(t, waited, after+after/10+time.Second, "and up to a tenth later")
		}
		require.Equal(t, "dead", l.row(0).state)
		require.Equal(t, "the gateway did not take it: *errors.errorString", l.row(0).why)
	})
}

func TestRetriesAreSpread(t *testing.T) {
	sending(t, 8, func(_ *letters, p *post) {
		p.answer = func(string) error { return errors.New("busy") }
	}, func(l *letters, _ *post) {
		due := map[time.Time]bool{}
		for i := range 8 {
			due[l.row(i).due] = true
		}
		require.Greater(t, len(due), 4)
	})
}

// A merchant's message becomes a delivery to each of his endpoints, when it may be said.
func TestAMerchantIsToldByHisEndpoints(t *testing.T) {
	sending(t, 1, func(l *letters, p *post) {
		l.rows[0].Kind, l.rows[0].Payer = store.Webhook, ""
		version := int64(2)
		p.durable = func() (int64, error) { version++; return version - 1, nil }
	}, func(l *letters, p *post) {
		require.Equal(t, "not_durable", l.row(0).why)
		pass(time.Minute)
		require.Equal(t, "told", l.row(0).state)
		sent, _ := p.out()
		require.Empty(t, sent, "nothing leaves from here")
		require.True(t, l.row(0).told, "and its merchant may read it")
	})
}

func TestTheFriendGetsAText(t *testing.T) {
	sending(t, 1, func(l *letters, p *post) {
		l.rows[0].Payer = phone
		p.answer = func(to string) error { return errors.New("no route to " + to) }
	}, func(l *letters, p *post) {
		require.NotContains(t, l.row(0).why, phone, "a gateway's words are not kept")
		require.Empty(t, l.row(0).state)
		p.mu.Lock()
		p.answer = func(string) error { return nil }
		p.mu.Unlock()
		pass(6 * time.Second)
		sent, _ := p.out()
		require.Equal(t, slices.Repeat([]string{phone + " msg_000"}, 2), sent)
		require.Equal(t, map[string]string{"amount": "129.00", "currency": "CNY", "request": "msg_000"}, p.params)
		require.Equal(t, "request.settled", p.template)
		require.Equal(t, []string{"msg_000", "msg_000"}, p.ids)
		require.Equal(t, "sent", l.row(0).state)
	})
}

// The texts of one merchant's friends are never taken, and 300 wait. Another's are sent at once.
func TestABlackHoleHoldsUpOnlyItself(t *testing.T) {
	sending(t, 320, func(l *letters, p *post) {
		for i := 300; i < 320; i++ {
			l.rows[i].App, l.rows[i].Payer = "app_2", "two"
		}
		p.answer = func(to string) error {
			if to == "one" {
				<-time.After(15 * time.Second)
				return errors.New("no answer")
			}
			return nil
		}
	}, func(l *letters, p *post) {
		pass(2 * time.Second)
		sent, _ := p.out()
		for i := 300; i < 320; i++ {
			require.Equal(t, "sent", l.row(i).state, "message %d", i)
		}
		require.Len(t, sent, 28, "20 of the other, and its own share of the carriers")
		leased := 0
		for i := range 300 {
			leased += l.row(i).Tries
		}
		require.LessOrEqual(t, leased, 8+64+128, "no more are taken while enough wait")
		pass(2 * time.Hour)
		sent, _ = p.out()
		slices.Sort(sent)
		require.Len(t, slices.Compact(sent), 320, "each of its own gets its try in the end")
	})
}

// A backlog leaves as fast as it is taken.
func TestABacklogIsSentWithoutWaiting(t *testing.T) {
	sending(t, 2000, func(_ *letters, p *post) {
		p.answer = func(string) error {
			<-time.After(20 * time.Millisecond)
			return nil
		}
	}, func(_ *letters, p *post) {
		pass(6 * time.Second)
		sent, at := p.out()
		require.Len(t, sent, 2000)
		slices.Sort(sent)
		require.Len(t, slices.Compact(sent), 2000, "each once")
		require.Less(t, at[1999], 6*time.Second, "8 at once, 20 ms each")
	})
}

// It takes 4 s a message, so that the last would wait longer than its lease.
func TestASlowReceiverHearsEachOnce(t *testing.T) {
	sending(t, 200, func(_ *letters, p *post) {
		p.answer = func(string) error {
			<-time.After(4 * time.Second)
			return nil
		}
	}, func(_ *letters, p *post) {
		pass(10 * time.Minute)
		sent, _ := p.out()
		require.Len(t, sent, 200)
		slices.Sort(sent)
		require.Len(t, slices.Compact(sent), 200)
	})
}

func TestWhatIsCutOffByAStopIsNoTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &letters{rows: []*letter{{Message: store.Message{
			ID: "msg_1", App: "app_1", Payer: "one", Kind: store.SMS, CreatedAt: time.Now(),
			Type:    "request.settled",
			Payload: []byte(`{"data":{"request":"fpr_1","amount":{"minor":1,"currency":"CNY"}}}`),
		}}}}
		ctx, cancel := context.WithCancel(t.Context())
		p := &post{durable: func() (int64, error) { return 3, nil }, answer: func(string) error {
			<-ctx.Done()
			return ctx.Err()
		}}
		o := outbox(l, p)
		done := make(chan error, 1)
		go func() { done <- o.Run(ctx) }()
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-done, context.Canceled)
		require.Equal(t, "stopping", l.row(0).why)
		require.Equal(t, 0, l.row(0).Tries)
	})
}
