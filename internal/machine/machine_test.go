package machine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/machine"
	"github.com/friendpay/friendpay/models"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func in(d time.Duration) time.Time { return noon.Add(d) }

func request(state models.State, change func(*models.Request)) models.Request {
	r := models.Request{
		ID: "fpr_1", State: state, Speed: 1, Rules: models.CurrentRules,
		EnteredAt: noon, ExpiresAt: in(time.Hour),
		Payable: models.CNY(12900),
	}
	if change != nil {
		change(&r)
	}
	return r
}

func attempt(number string, state models.AttemptState, change func(*models.Attempt)) models.Attempt {
	a := models.Attempt{
		Pay:   models.Pay{Number: number, Provider: "mockpay", Quoted: models.CNY(12900), Payer: "pay_1"},
		State: state,
	}
	if change != nil {
		change(&a)
	}
	return a
}

func paid(as models.Disposition) func(*models.Attempt) {
	return func(a *models.Attempt) { a.Captured, a.Disposition = models.CNY(12900), as }
}

// What comes next in each state of the law: codes in order, "?" before what waits for an answer.
func TestNextIsComputedFromTheLaw(t *testing.T) {
	t.Parallel()
	slot := func(state models.AttemptState) func(*models.Request) {
		return func(r *models.Request) {
			r.Slot, r.SlotUntil, r.PollAt = "A1", in(6*time.Minute), in(20*time.Second)
			r.Attempts = []models.Attempt{attempt("A1", state, nil)}
		}
	}
	guarded := func(r *models.Request) { r.Guarded, r.GuardUntil, r.EndedAt = true, in(72*time.Hour), noon }
	refunding := func(state models.RefundState, failure string) func(*models.Request) {
		return func(r *models.Request) {
			guarded(r)
			r.Attempts = []models.Attempt{attempt("A1", models.SucceededAttempt, paid(models.Applied))}
			r.Refunds = []models.Refund{{
				Number: "R1", Attempt: "A1", Amount: models.CNY(100), State: state, Failure: failure,
			}}
		}
	}
	silent := func(r *models.Request) { r.StuckAt = in(2 * time.Hour) }
	for _, c := range []struct {
		state  models.State
		change func(*models.Request)
		want   string
	}{
		{models.Checking, nil, "check_lapsed"},
		{models.Open, nil, "request_lapsed"},
		{models.Paying, slot(models.NewAttempt), "?OpenPayment"},
		{models.Paying, slot(models.LiveAttempt), "poll_due slot_lapsed request_lapsed"},
		{models.Paused, func(r *models.Request) { r.PausedUntil = in(time.Minute) }, "pause_lapsed"},
		{models.Confirming, func(r *models.Request) {
			slot(models.ClosingAttempt)(r)
			silent(r)
		}, "?ClosePayment request_lapsed silence_lapsed"},
		{models.Applying, func(r *models.Request) {
			r.Winner = "A1"
			r.Attempts = []models.Attempt{attempt("A1", models.SucceededAttempt, paid(models.Deciding))}
		}, "?ApplyOrder"},
		{models.Applying, func(r *models.Request) {
			r.Winner, r.Hooked = "A1", true
			r.Attempts = []models.Attempt{attempt("A1", models.SucceededAttempt, paid(models.Deciding))}
			silent(r)
		}, "?AskOrderHook silence_lapsed"},
		{models.Closing, slot(models.ClosingAttempt), "?ClosePayment"},
		{models.Settled, guarded, "guard_lapsed"},
		{models.Expired, guarded, "guard_lapsed"},
		{models.Refunding, refunding(models.RefundDue, ""), "?StartRefund guard_lapsed"},
		{models.RefundStuck, refunding(models.RefundFailed, models.Overdue), "?FollowRefund guard_lapsed"},
		{models.RefundStuck, refunding(models.RefundFailed, models.ReturnClosed), "guard_lapsed"},
		{models.Refunded, func(r *models.Request) { r.EndedAt = noon }, ""},
	} {
		var got []string
		for _, coming := range machine.Ahead(request(c.state, c.change)) {
			code := coming.Code
			if coming.At.IsZero() {
				code = "?" + code
			}
			got = append(got, code)
			require.NotEmpty(t, coming.What)
			require.NotEmpty(t, coming.ZH)
			require.NotContains(t, coming.What+coming.ZH, "%!")
		}
		require.Equal(t, c.want, strings.Join(got, " "), c.state)
	}
}

// Everything that time or an effect may do has its sentence.
func TestEveryLapseAndEffectHasWords(t *testing.T) {
	t.Parallel()
	for _, kind := range models.Lapses {
		require.Contains(t, machine.Told(), string(kind))
	}
	for _, kind := range []models.EffectKind{
		models.OpenPayment, models.ClosePayment, models.ApplyOrder, models.AskOrderHook, models.StartRefund,
		models.DivertRefund, models.PollPayment, models.FollowRefund,
	} {
		require.Contains(t, machine.Told(), string(kind))
	}
}

func TestTheEquationHoldsPerProvider(t *testing.T) {
	t.Parallel()
	r := request(models.PartlyRefunded, func(r *models.Request) {
		late := attempt("A2", models.SucceededAttempt, paid(models.Late))
		late.Provider = "wechatpay"
		held := attempt("A3", models.SucceededAttempt, paid(models.RiskHold))
		r.Attempts = []models.Attempt{
			attempt("A1", models.SucceededAttempt, paid(models.Applied)), late, held,
			attempt("A4", models.ClosedAttempt, nil),
		}
		r.Refunds = []models.Refund{
			{Number: "R1", Attempt: "A1", Amount: models.CNY(900), State: models.RefundSucceeded},
			{Number: "R2", Attempt: "A1", Amount: models.CNY(2000), State: models.RefundProcessing},
			{Number: "R3", Attempt: "A2", Amount: models.CNY(12900), State: models.RefundReplaced},
			{Number: "R4", Attempt: "A2", Amount: models.CNY(12900), State: models.RefundFailed},
		}
	})
	list := machine.Account(r)
	require.Len(t, list, 2)
	mock, wechat := list[0], list[1]
	require.Equal(t, []int64{25800, 900, 10000, 14900, 0},
		[]int64{mock.Captured, mock.Refunded, mock.Applied, mock.OnItsWay, mock.Gap})
	require.Equal(t, []int64{12900, 0, 0, 12900, 0},
		[]int64{wechat.Captured, wechat.Refunded, wechat.Applied, wechat.OnItsWay, wechat.Gap})
	require.Len(t, mock.Payments, 3)

	r.Refunds = r.Refunds[:3] // nobody gives the late money back
	require.EqualValues(t, 12900, machine.Account(r)[1].Gap)
}
