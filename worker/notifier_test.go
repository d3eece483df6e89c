package worker_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/notify"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/worker"
)

// official is an official account at WeChat that takes what the post takes.
type official struct{ *post }

func (o official) Open(_ context.Context, provider, _ string) (providers.Adapter, error) {
	if provider != "wechatpay" {
		return struct{ providers.Adapter }{}, nil
	}
	return messenger{post: o.post}, nil
}

type messenger struct {
	providers.Adapter
	*post
}

func (messenger) Seller() providers.Seller { return providers.Seller{App: "wx_1"} }

func (m messenger) SendMessage(_ context.Context, message providers.Message) error {
	return m.note(message.Subject, message.Fields["request"]+" "+message.Template)
}

// friend is known at WeChat, and at a provider that carries nothing.
func friend(language string) store.Reach {
	return store.Reach{Language: language, Accounts: []store.KnownAt{
		{Identity: store.Identity{Provider: "alipay", App: "2021", Subject: "2088"}, Account: "acc_0"},
		{Identity: store.Identity{Provider: "wechatpay", App: "wx_other", Subject: "oOther"}, Account: "acc_1"},
		{Identity: store.Identity{Provider: "wechatpay", App: "wx_1", Subject: "oFriend"}, Account: "acc_1"},
	}}
}

func TestAFriendIsToldByOneWay(t *testing.T) {
	definite := &providers.Error{Class: providers.Definite, Code: "40037", Message: "refused"}
	const first = "oFriend msg_000 request.settled.en"
	follows := &providers.Error{Class: providers.Definite, Err: providers.ErrUnreachable}
	for name, c := range map[string]struct {
		phone  string
		wechat error
		sent   []string
		state  string
	}{
		"WeChat first":         {phone, nil, []string{first}, "sent"},
		"follows nobody":       {phone, follows, []string{first, phone + " msg_000"}, "sent"},
		"nobody, and no phone": {phoneless, follows, []string{first}, "dropped"},
		"a template is gone":   {phone, definite, []string{first, phone + " msg_000"}, "sent"},
		"gone, and no phone":   {phoneless, definite, []string{first}, ""},
		"no answer": {phone, &providers.Error{Class: providers.Ambiguous},
			[]string{first}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			sending(t, 1, func(l *letters, p *post) {
				l.reach, l.rows[0].Payer = friend("en"), c.phone
				p.answer = func(to string) error {
					if to == "oFriend" {
						return c.wechat
					}
					return nil
				}
			}, func(l *letters, p *post) {
				sent, _ := p.out()
				require.Equal(t, c.sent, sent)
				require.Equal(t, c.state, l.row(0).state)
				require.NotContains(t, l.row(0).why, "oFriend")
				require.NotContains(t, l.row(0).why, phone)
			})
		})
	}
}

func TestWhatIsReadInNoLanguageOfOursIsChinese(t *testing.T) {
	sending(t, 1, func(l *letters, _ *post) { l.reach.Language = "fr" }, func(_ *letters, p *post) {
		require.Equal(t, "request.settled", p.template)
	})
}

// remind makes the message a reminder, due at that hour of the bubble's first day in Shanghai.
func remind(l *letters) {
	l.rows[0].Seq, l.rows[0].Type = -1, notify.ReminderHalf.Type()
	l.rows[0].Payload, _ = json.Marshal(store.Notice{Data: store.NoticeData{
		Request: "fpr_1", Amount: models.CNY(12900), ExpiresAt: time.Now().Add(48 * time.Hour),
	}})
}

// A bubble begins at midnight UTC, which is eight in the morning in Shanghai.
func TestARetryAtNightWaitsForTheMorning(t *testing.T) {
	sending(t, 1, func(l *letters, p *post) {
		remind(l)
		l.rows[0].due = time.Now().Add(15 * time.Hour)
	}, func(l *letters, p *post) {
		pass(15*time.Hour + time.Minute)
		sent, _ := p.out()
		require.Empty(t, sent, "23:00")
		require.Equal(t, "quiet_hours", l.row(0).why)
		pass(9 * time.Hour)
		sent, at := p.out()
		require.Len(t, sent, 1)
		require.InDelta(t, 24*time.Hour, at[0], float64(time.Second), "08:00")
	})
}

func TestMoneyIsToldAtNight(t *testing.T) {
	sending(t, 1, func(l *letters, _ *post) { l.rows[0].due = time.Now().Add(15 * time.Hour) },
		func(_ *letters, p *post) {
			pass(15*time.Hour + time.Second)
			sent, _ := p.out()
			require.Len(t, sent, 1)
		})
}

func TestAReminderThatIsOverIsNotSent(t *testing.T) {
	for _, kind := range []store.MessageKind{store.SMS, store.Webhook} {
		sending(t, 1, func(l *letters, _ *post) {
			remind(l)
			l.untrue, l.rows[0].Kind = true, kind
		}, func(l *letters, p *post) {
			sent, _ := p.out()
			require.Empty(t, sent)
			require.Equal(t, "dropped", l.row(0).state)
			require.False(t, l.row(0).told, "nor is it an event")
		})
	}
}

// dues gives out one reminder again and again, as leases that end do.
type dues struct {
	standing notify.Standing
	verdicts []notify.Verdict
}

func (d *dues) TakeReminders(context.Context, int, time.Duration) ([]store.ReminderDue, error) {
	return []store.ReminderDue{{Request: "fpr_1", Kind: d.standing.Kind}}, nil
}

func (d *dues) Remind(
	_ context.Context, _ store.ReminderDue, judge func(notify.Standing) notify.Verdict,
) (notify.Verdict, error) {
	d.verdicts = append(d.verdicts, judge(d.standing))
	return d.verdicts[0], nil
}

func TestRemindersAreJudgedByTheClock(t *testing.T) {
	d := &dues{standing: notify.Standing{
		Kind: notify.ReminderHalf, State: models.Open, Links: 1,
		Ends: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), People: []notify.Person{{ID: "pay_1"}},
	}}
	for hour, want := range map[int]string{13: "", 14: "quiet"} { // 21:00 and 22:00
		d.verdicts = nil
		ctx, cancel := context.WithCancel(t.Context())
		clock := func() time.Time {
			cancel()
			return time.Date(2026, 11, 22, hour, 0, 0, 0, time.UTC)
		}
		r := &worker.Reminders{Dues: d, Quiet: nights, Log: slog.New(slog.DiscardHandler), Clock: clock}
		require.ErrorIs(t, r.Run(ctx), context.Canceled)
		require.Equal(t, want, d.verdicts[0].Why)
	}
}
