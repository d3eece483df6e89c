package activities_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// owing is a request that owes 100 yuan of the 129 it took.
func owing() models.Call {
	r := request(models.SucceededAttempt)
	r.Attempts[0].Captured, r.Attempts[0].Disposition = models.CNY(12900), models.Applied
	r.Refunds = []models.Refund{{
		Number: refund, Attempt: number, Amount: models.CNY(10000), Reason: "after_sale", State: models.RefundDue,
		CreatedAt: noon,
	}}
	return models.Call{Request: r, Ref: refund}
}

func (d *desk) refunds(state providers.RefundState) {
	d.refund = func(r providers.Refund) (providers.RefundStatus, error) {
		status := providers.RefundStatus{State: state, Number: r.Number}
		if state == providers.RefundDone {
			status.Refunded, status.DoneAt = r.Amount, noon
		}
		return status, nil
	}
}

func TestARefundGoesOutUnderOneNumber(t *testing.T) {
	w := newWorld(t)
	var asked []providers.Refund
	w.desk.refund = func(r providers.Refund) (providers.RefundStatus, error) {
		asked = append(asked, r)
		return providers.RefundStatus{State: providers.RefundProcessing, Number: r.Number}, nil
	}
	first, err := w.run("SubmitRefund", owing())
	require.NoError(t, err)
	second, err := w.run("SubmitRefund", owing())
	require.NoError(t, err)
	require.Equal(t, models.Event{Kind: models.RefundUnfinished, Refund: refund, Actor: "provider"}, first)
	require.Equal(t, first, second)
	require.Equal(t, asked[0], asked[1])
	require.Equal(t, providers.Refund{
		Number: refund, Payment: providers.Ref{Number: number, CreatedAt: noon.Add(-time.Minute)},
		Total: models.CNY(12900), Amount: models.CNY(10000), Reason: "after_sale",
		NotifyURL: "https://pay.example/v1/callbacks/mockpay/acc_1", CreatedAt: noon,
	}, asked[0])
	require.Equal(t, refund, w.rows.calls[0].Refund)
	require.Equal(t, number, w.rows.calls[0].Attempt)
}

func TestWhatBecameOfARefund(t *testing.T) {
	for state, want := range map[providers.RefundState]models.Event{
		providers.RefundDone:       {Kind: models.RefundDone},
		providers.RefundProcessing: {Kind: models.RefundUnfinished},
		providers.RefundNotCreated: {Kind: models.RefundUnfinished},
		providers.RefundUnknown:    {Kind: models.RefundUnfinished},
		providers.RefundAbnormal:   {Kind: models.RefundBroke, Reason: "abnormal"},
		providers.RefundClosed:     {Kind: models.RefundBroke, Reason: "closed"},
	} {
		want.Refund, want.Actor = refund, "provider"
		for _, effect := range []string{"SubmitRefund", "QueryRefund", "PollRefund", "FollowRefund"} {
			w := newWorld(t)
			w.desk.refunds(state)
			event, err := w.run(effect, owing())
			if effect == "FollowRefund" && want.Kind == models.RefundUnfinished {
				require.Equal(t, "waiting", again(t, err).Type())
				require.Equal(t, time.Hour, again(t, err).NextRetryDelay())
				continue
			}
			if effect == "PollRefund" && want.Kind == models.RefundUnfinished {
				require.Equal(t, "waiting", again(t, err).Type())
				require.Equal(t, time.Minute, again(t, err).NextRetryDelay())
				continue
			}
			require.NoError(t, err)
			require.Equal(t, want, event, "%s: %s", effect, state)
		}
	}
}

// What a human knows already is no news.
func TestAFollowedRefundTellsOnlyWhatChanged(t *testing.T) {
	w, call := newWorld(t), owing()
	call.Request.Refunds[0].State, call.Request.Refunds[0].Failure = models.RefundFailed, models.Abnormal
	call.Request.Speed = 1_000_000
	w.desk.refunds(providers.RefundAbnormal)
	_, err := w.run("FollowRefund", call)
	require.Equal(t, time.Second, again(t, err).NextRetryDelay(), "demo time does not flood a provider")
	w.desk.refunds(providers.RefundClosed)
	event, err := w.run("FollowRefund", call)
	require.NoError(t, err)
	require.Equal(t, models.ReturnClosed, event.Reason)
	_, err = w.run("FollowRefund", models.Call{Request: request(models.SucceededAttempt), Ref: refund})
	require.Equal(t, "internal", again(t, err).Type())
}

func TestMoneyBackMustBeTheMoneyOwed(t *testing.T) {
	for _, status := range []providers.RefundStatus{
		{State: providers.RefundDone, Number: number, Refunded: models.CNY(10000)},
		{State: providers.RefundDone, Number: refund, Refunded: models.CNY(9999)},
		{State: providers.RefundDone, Number: refund, Refunded: models.Money{Minor: 10000, Currency: "HKD"}},
	} {
		w := newWorld(t)
		w.desk.refund = func(providers.Refund) (providers.RefundStatus, error) { return status, nil }
		event, err := w.run("PollRefund", owing())
		require.NoError(t, err)
		require.Equal(t, models.RefundBroke, event.Kind)
		require.Equal(t, "mismatch", event.Reason)
	}
}

func TestOnlyADefiniteNoRejectsARefund(t *testing.T) {
	w := newWorld(t)
	for class, want := range map[providers.Class]string{
		providers.Definite: "", providers.Ambiguous: "ambiguous", providers.Refused: "refused",
	} {
		w.desk.refund = func(providers.Refund) (providers.RefundStatus, error) {
			return providers.RefundStatus{}, failure(class)
		}
		event, err := w.run("SubmitRefund", owing())
		if want == "" {
			require.NoError(t, err)
			require.Equal(t, "rejected", event.Reason)
		} else {
			require.Equal(t, want, again(t, err).Type())
		}
		_, err = w.run("PollRefund", owing())
		require.Equal(t, "waiting", again(t, err).Type(), "a question that failed is no end")
		event, err = w.run("QueryRefund", owing())
		require.NoError(t, err)
		require.Equal(t, models.RefundUnfinished, event.Kind)
	}
}

func TestAnUnknownRefundIsTroubleOfOurs(t *testing.T) {
	w := newWorld(t)
	for _, effect := range []string{"SubmitRefund", "PollRefund"} {
		_, err := w.run(effect, models.Call{Request: request(models.SucceededAttempt), Ref: refund})
		require.Equal(t, "internal", again(t, err).Type())
	}
	event, err := w.run("QueryRefund", models.Call{Request: request(models.SucceededAttempt), Ref: refund})
	require.NoError(t, err)
	require.Equal(t, models.RefundUnfinished, event.Kind)

	w.desk.refund = func(providers.Refund) (providers.RefundStatus, error) {
		return providers.RefundStatus{}, errors.New(canary)
	}
	_, err = w.run("SubmitRefund", owing())
	require.Equal(t, "ambiguous", again(t, err).Type())
}

func TestTheRefundsPollKeepsItsSchedule(t *testing.T) {
	w := newWorld(t)
	env, clock := w.server(w.PollRefund)
	var asked []time.Duration
	w.desk.refund = func(r providers.Refund) (providers.RefundStatus, error) {
		if asked = append(asked, clock()); len(asked) <= 10 {
			return providers.RefundStatus{State: providers.RefundProcessing, Number: r.Number}, nil
		}
		return providers.RefundStatus{
			State: providers.RefundDone, Number: r.Number, Refunded: r.Amount, DoneAt: noon,
		}, nil
	}
	require.Equal(t, models.RefundDone, w.executed(env, owing()).Kind)
	require.Equal(t, after(60, 60, 60, 60, 60, 300, 600, 1200, 1800, 1800), asked)
}

// A provider that does not say what became of a refund is asked on and on; after two
// hours of it a human is told too.
func TestARefundNobodyAnswersForBecomesACase(t *testing.T) {
	for name, c := range map[string]struct {
		silent time.Time
		cases  int
	}{
		"it answered a moment ago":       {time.Time{}, 0},
		"silent for less than two hours": {noon.Add(-119 * time.Minute), 0},
		"silent for two hours":           {noon.Add(-2 * time.Hour), 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.rows.silent = c.silent
			w.desk.refund = func(providers.Refund) (providers.RefundStatus, error) {
				return providers.RefundStatus{}, &providers.Error{Class: providers.Ambiguous, Op: "refund", Code: "504"}
			}
			_, err := w.run("SubmitRefund", owing())
			require.Equal(t, string(providers.Ambiguous), again(t, err).Type(), "it is asked again")
			require.Len(t, w.rows.cases, c.cases)
			for _, opened := range w.rows.cases {
				require.Equal(t, models.CaseSilence, opened.Kind)
				require.Equal(t, refund, opened.Refund)
			}
		})
	}
}
