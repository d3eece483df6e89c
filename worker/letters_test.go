package worker_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/friendpay/friendpay/internal/notify"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

type letter struct {
	store.Message
	state string // "": pending; sent, dead or replaced
	why   string
	due   time.Time
	told  bool
}

// nights are the quiet hours unless an operator sets others.
var nights = notify.Hours{From: 22 * time.Hour, Until: 8 * time.Hour}

// letters keeps messages as the store does.
type letters struct {
	mu     sync.Mutex
	rows   []*letter
	reach  store.Reach
	untrue bool // what reminders remind of is over
}

func (l *letters) TakeMessages(
	_ context.Context, limit int, lease time.Duration, skip ...string,
) (list []store.Message, _ error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, row := range l.rows {
		due := row.state == "" && !row.due.After(time.Now()) && !slices.Contains(skip, row.App)
		if due && len(list) < limit {
			row.Tries, row.due = row.Tries+1, time.Now().Add(lease)
			list = append(list, row.Message)
		}
	}
	return list, nil
}

func (l *letters) change(id string, change func(*letter)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(l.rows[slices.IndexFunc(l.rows, func(r *letter) bool { return r.ID == id })])
	return nil
}

func (l *letters) mark(ctx context.Context, id string, change func(*letter)) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return l.change(id, change)
}

func (l *letters) find(id string) (found letter) {
	_ = l.change(id, func(r *letter) { found = *r })
	return found
}

func (l *letters) Message(_ context.Context, id string) (m store.Message, _ error) {
	if r := l.find(id); r.state != "" {
		return m, models.Refuse(models.NotFound, "unknown_message", "Gone.")
	}
	return m, nil
}

func (l *letters) TellMessage(_ context.Context, id string) error {
	return l.change(id, func(r *letter) { r.told = true })
}

func (l *letters) SentMessage(ctx context.Context, id string, status int) error {
	return l.mark(ctx, id, func(r *letter) { r.state, r.why = "sent", fmt.Sprint(status) })
}

func (l *letters) RetryMessage(ctx context.Context, id string, next time.Time, why string) error {
	return l.mark(ctx, id, func(r *letter) { r.due, r.why = next, why })
}

func (l *letters) PutOffMessage(ctx context.Context, id string, next time.Time, why string) error {
	return l.mark(ctx, id, func(r *letter) { r.due, r.why, r.Tries = next, why, r.Tries-1 })
}

func (l *letters) DeadMessage(ctx context.Context, id, why string) error {
	return l.mark(ctx, id, func(r *letter) { r.state, r.why = "dead", why })
}

func (l *letters) FanOut(ctx context.Context, m store.Message) error {
	return l.mark(ctx, m.ID, func(r *letter) { r.state = "told" })
}

func (l *letters) DropMessage(ctx context.Context, id string) error {
	return l.mark(ctx, id, func(r *letter) { r.state = "dropped" })
}

func (l *letters) Reach(_ context.Context, payer, _ string) (store.Reach, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	reach := l.reach
	if payer != phoneless {
		reach.Phone = payer
	}
	return reach, nil
}

func (l *letters) ReminderTrue(context.Context, store.Message) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.untrue, nil
}

func (l *letters) row(i int) letter {
	l.mu.Lock()
	defer l.mu.Unlock()
	return *l.rows[i]
}

// post is the world outside: the workflow that knows what is durable, and the SMS gateway.
type post struct {
	mu     sync.Mutex
	start  time.Time
	sent   []string // "phone request", in order; the request is the message's id, if not said otherwise
	at     []time.Duration
	params map[string]string
	ids    []string // by which the gateway knows them again

	template string
	durable  func() (int64, error)
	answer   func(to string) error
}

func (p *post) Durable(context.Context, string) (int64, error) { return p.durable() }

func (p *post) note(to, what string) error {
	p.mu.Lock()
	p.sent, p.at = append(p.sent, to+" "+what), append(p.at, time.Since(p.start))
	answer := p.answer
	p.mu.Unlock()
	return answer(to)
}

type gateway struct{ *post }

func (g gateway) SendOnce(_ context.Context, id, to, template string, params map[string]string) error {
	g.mu.Lock()
	g.params, g.template, g.ids = params, template, append(g.ids, id)
	g.mu.Unlock()
	return g.note(to, params["request"])
}

func (p *post) out() (sent []string, at []time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.sent), slices.Clone(p.at)
}
