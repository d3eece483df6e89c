package support_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// least is who may do what, as product and contract want it: written here a second time.
var least = map[string]support.Role{
	"requery": support.Agent, "replay_callback": support.Agent, "resend_webhook": support.Agent,
	"send_test_event": support.Agent, "revoke_invite": support.Agent, "extend": support.Agent,
	"release_slot": support.Agent, "cancel": support.Agent, "case_take": support.Agent,
	"case_note": support.Agent, "case_due": support.Agent, "reveal": support.Agent,
	"hold": support.Supervisor, "lift": support.Supervisor, "refund": support.Supervisor,
	"retry_refund": support.Supervisor, "divert_refund": support.Supervisor, "hand_refund": support.Supervisor,
	"reopen": support.Supervisor, "case_close": support.Supervisor, "approve": support.Supervisor,
	"reject": support.Supervisor, "restart_workflow": support.Operator, "reset_workflow": support.Operator,
	"enable_endpoint": support.Operator, "close_breaker": support.Operator,
}

// scenes make something that a command is possible for, with the arguments that it wants.
var scenes = map[string]func(*world) (subject string, args []string){
	"requery":      func(w *world) (string, []string) { return w.open().paying().ID, nil },
	"release_slot": func(w *world) (string, []string) { return w.open().paying().ID, nil },
	"reveal":       func(w *world) (string, []string) { return w.open().paying().ID, nil },
	"cancel":       func(w *world) (string, []string) { return w.open().ID, nil },
	"hold":         func(w *world) (string, []string) { return w.open().ID, nil },
	"refund": func(w *world) (string, []string) {
		return w.open().settled().ID, []string{"amount",
			"100"}
	},
	"retry_refund":    func(w *world) (string, []string) { return w.open().broken().Refunds[0].Number, nil },
	"divert_refund":   func(w *world) (string, []string) { return w.open().broken().Refunds[0].Number, nil },
	"resend_webhook":  func(*world) (string, []string) { return mint.ID("dlv"), nil },
	"send_test_event": func(*world) (string, []string) { return mint.ID("whe"), nil },
	"enable_endpoint": func(*world) (string, []string) { return mint.ID("whe"), nil },
	"restart_workflow": func(w *world) (string, []string) {
		return w.open().ID, nil
	},
	"close_breaker":  func(w *world) (string, []string) { return w.openBreaker(), nil },
	"reset_workflow": func(w *world) (string, []string) { return w.open().ID, nil },
	"extend": func(w *world) (string, []string) {
		return w.open().ID, []string{"until",
			in(3 * time.Hour)}
	},
	"lift": func(w *world) (string, []string) {
		return w.open().do(models.Event{Kind: models.HoldPlaced}).ID, nil
	},
	"reopen": func(w *world) (string, []string) {
		return w.open().do(models.Event{Kind: models.BuyerCancelled}).ID, []string{"until", in(time.Hour)}
	},
	"hand_refund": func(w *world) (string, []string) {
		l := w.open().broken()
		number := l.Refunds[0].Number
		l.do(models.Event{Kind: models.RefundDiverted, Refund: number})
		return number, l.do(models.Event{Kind: models.RefundDone, Refund: number}).none()
	},
	"replay_callback": func(w *world) (string, []string) { return w.deadEvent(), nil },
	"revoke_invite":   func(w *world) (string, []string) { return w.invite(w.open().ID), nil },
	"case_take":       func(w *world) (string, []string) { return w.newCase(), nil },
	"case_note": func(w *world) (string, []string) {
		return w.newCase(), []string{"words",
			"asked the bank"}
	},
	"case_due": func(w *world) (string, []string) { return w.newCase(), []string{"due", in(time.Hour)} },
	"case_close": func(w *world) (string, []string) {
		return w.newCase(), []string{"resolution",
			"settled"}
	},
	"approve": func(w *world) (string, []string) { return w.largeRefund().ID, nil },
	"reject":  func(w *world) (string, []string) { return w.largeRefund().ID, nil },
}

func (l *life) none() []string { return nil }

func in(d time.Duration) string { return time.Now().Add(d).UTC().Format(time.RFC3339) }

func (w *world) deadEvent() string {
	kept, err := w.Rows.KeepEvent(w.t.Context(), store.ProviderEvent{
		Provider: "mockpay", Account: "acc_1", Key: mint.ID("k"), Kind: providers.PaymentNotice,
		Number: mint.Number(),
	})
	require.NoError(w.t, err)
	require.NoError(w.t, w.Rows.MarkEvent(w.t.Context(), kept.ID, store.Mark{Status: store.EventDead,
		Reason: "poison"}))
	return kept.ID
}

// openBreaker lets a channel fail until it is taken away.
func (w *world) openBreaker() string {
	channel := mint.ID("ch")
	for range 5 {
		_, err := w.Rows.NoteMade(w.t.Context(), store.Made{
			App: "app_1", Channel: channel, Failed: true, Reason: "500", At: time.Now(),
		})
		require.NoError(w.t, err)
	}
	return "app_1/" + channel
}

func (w *world) invite(request string) string {
	made, err := w.Rows.CreateInvite(w.t.Context(), store.Invite{
		ID: mint.ID(mint.Invite), Request: request, Generation: 1, TokenHash: []byte(mint.Number() + "000000"),
		ExpiresAt: time.Now().Add(time.Hour),
	})
	require.NoError(w.t, err)
	return made.ID
}

func (w *world) newCase() string {
	opened, err := w.Rows.OpenCase(w.t.Context(), store.Case{
		Request: w.open().ID, Kind: models.CaseSilence, Detail: "The provider is silent.",
	})
	require.NoError(w.t, err)
	return opened.ID
}

func (w *world) largeRefund() store.Command {
	given, err := w.Submit(w.t.Context(), w.wish(supervisor, "refund", w.open().settled().ID, "amount",
		"150000"))
	require.NoError(w.t, err)
	require.Equal(w.t, store.CommandWaiting, given.State)
	return given
}

// Every role meets every command: who may is served, who may not changes nothing at all.
func TestEveryRoleMeetsEveryCommand(t *testing.T) {
	w := newWorld(t)
	require.Len(t, least, len(support.Commands()), "each command is in the table of this test")
	met := 0
	for _, name := range support.Commands() {
		for _, role := range support.Roles {
			subject, args := scenes[name](w)
			wish := w.wish(support.Person{Name: "staff:" + string(role), Role: role}, name, subject, args...)
			before := w.counts()
			given, err := w.give(wish)
			met++
			if role.May(least[name]) {
				require.NoError(t, err, "%s by %s", name, role)
				require.NotEqual(t, before, w.counts(), "%s by %s leaves a trace", name, role)
				if name != "approve" && name != "reject" {
					require.Equal(t, store.CommandDone, given.State, "%s by %s: %s", name, role, given.Outcome)
				}
				continue
			}
			known := refusedAs(t, err, "role_too_low")
			require.Equal(t, models.Forbidden, known.Code)
			require.Contains(t, known.Fix, string(least[name]))
			require.Equal(t, before, w.counts(), "%s by %s", name, role)
			_, err = w.Preview(t.Context(), wish)
			refusedAs(t, err, "role_too_low")
		}
	}
	require.Equal(t, len(least)*len(support.Roles), met)
	t.Logf("%d cells", met)
}

// Nobody without one of our roles may do anything.
func TestNoRoleIsNoLeave(t *testing.T) {
	w := newWorld(t)
	_, err := w.Submit(t.Context(), w.wish(support.PersonOf("eve", []string{"codec"}), "requery", w.open().ID))
	refusedAs(t, err, "role_too_low")
	require.Equal(t, support.Supervisor, support.PersonOf("x", []string{"viewer", "supervisor", "agent"}).Role)
}
