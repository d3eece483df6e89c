package activities_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// A first try got no answer, the second a definite no: what the provider knows decides.
func TestALaterNoIsNotBelievedUnasked(t *testing.T) {
	for state, want := range map[providers.State]models.EventKind{
		providers.NotCreated: models.PaymentRefused,
		providers.Closed:     models.PaymentRefused,
		providers.Failed:     models.PaymentRefused,
		providers.Unpaid:     models.PaymentUnknown, // nobody was shown how to pay it
		providers.Paying:     models.PaymentUnknown,
		providers.Paid:       models.PaymentUnknown,
		providers.Unknown:    models.PaymentUnknown,
	} {
		w := newWorld(t)
		w.desk.create = func(providers.Payment) (providers.Presentation, error) {
			if len(w.desk.did) == 1 {
				return providers.Presentation{}, failure(providers.Ambiguous)
			}
			return providers.Presentation{}, failure(providers.Definite)
		}
		w.desk.answer(fails(providers.Ambiguous), says(state))
		env, _ := w.server(w.OpenPayment)
		event := w.executed(env, models.Call{Request: request(models.NewAttempt), Ref: number})
		require.Equal(t, want, event.Kind, state)
		require.Equal(t, want == models.PaymentRefused, event.Reason == "refused_by_provider", state)
		create := "create " + number
		require.Equal(t, []string{create, create, "query", create, "query"}, w.desk.did,
			"a question that failed is asked again")
	}
}

func TestALaterNoToARefundIsNotBelievedUnasked(t *testing.T) {
	for state, want := range map[providers.RefundState]models.Event{
		providers.RefundNotCreated: {Kind: models.RefundBroke, Reason: "rejected"},
		providers.RefundProcessing: {Kind: models.RefundUnfinished},
		providers.RefundUnknown:    {Kind: models.RefundUnfinished},
		providers.RefundClosed:     {Kind: models.RefundBroke, Reason: "closed"},
		providers.RefundDone:       {Kind: models.RefundDone},
	} {
		w := newWorld(t)
		w.desk.refund = func(r providers.Refund) (providers.RefundStatus, error) {
			switch did := w.desk.did; {
			case len(did) == 1 || len(did) == 3: // the first try, and the first question
				return providers.RefundStatus{}, failure(providers.Ambiguous)
			case strings.HasPrefix(did[len(did)-1], "refund"):
				return providers.RefundStatus{}, failure(providers.Definite)
			}
			status := providers.RefundStatus{State: state, Number: r.Number}
			if state == providers.RefundDone {
				status.Refunded, status.DoneAt = r.Amount, noon
			}
			return status, nil
		}
		env, _ := w.server(w.SubmitRefund)
		want.Refund, want.Actor = refund, "provider"
		require.Equal(t, want, w.executed(env, owing()), state)
		ask, question := "refund "+refund, "query refund "+refund
		require.Equal(t, []string{ask, ask, question, ask, question}, w.desk.did)
	}
}

func TestADefiniteNoIsLoggedWithoutItsWords(t *testing.T) {
	w := newWorld(t)
	var log bytes.Buffer
	w.Log = slog.New(slog.NewTextHandler(&log, nil))
	w.desk.create = func(providers.Payment) (providers.Presentation, error) {
		return providers.Presentation{}, failure(providers.Definite)
	}
	w.desk.refund = func(providers.Refund) (providers.RefundStatus, error) {
		return providers.RefundStatus{}, failure(providers.Definite)
	}
	_, err := w.effect(models.OpenPayment, models.NewAttempt)
	require.NoError(t, err)
	_, err = w.run("SubmitRefund", owing())
	require.NoError(t, err)
	for _, op := range []string{"create", "refund"} {
		require.Contains(t, log.String(), "op="+op+" provider=mockpay class=definite code=E1 request=fpr_1")
	}
	require.Equal(t, 2, strings.Count(log.String(), "level=WARN"))
	require.NotContains(t, log.String(), canary)
}

func TestAWaitThatTheProviderAsksForIsNoTrouble(t *testing.T) {
	for class, want := range map[providers.Class]temporal.ApplicationErrorCategory{
		providers.Refused:   temporal.ApplicationErrorCategoryBenign,
		providers.Ambiguous: temporal.ApplicationErrorCategoryUnspecified,
	} {
		w := newWorld(t)
		w.desk.answer(unpaid)
		w.desk.closing = &providers.Error{Class: class, Op: "close", Code: "TOO_EARLY", RetryAfter: time.Minute}
		_, err := w.effect(models.ClosePayment, models.ClosingAttempt)
		require.Equal(t, want, again(t, err).Category())
	}
	w := newWorld(t)
	w.desk.answer(unpaid)
	w.desk.closing = failure(providers.Refused) // for how long, nobody said
	_, err := w.effect(models.ClosePayment, models.ClosingAttempt)
	require.Equal(t, temporal.ApplicationErrorCategoryUnspecified, again(t, err).Category())
}
