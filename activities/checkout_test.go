package activities_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

func TestThePresentationIsKeptAndNotTold(t *testing.T) {
	w := newWorld(t)
	var made []providers.Payment
	kept := map[string]providers.Presentation{}
	shown := providers.Presentation{Kind: providers.Redirect, URL: "https://pay.example/?token=" + canary}
	w.desk.create = func(p providers.Payment) (providers.Presentation, error) {
		made = append(made, p)
		return shown, nil
	}
	w.rows.keep = func(attempt string, p providers.Presentation) error { kept[attempt] = p; return nil }
	w.rows.paying = func() (store.Paying, error) {
		return store.Paying{Address: "203.0.113.9", Subject: "o-" + canary}, nil
	}
	first, err := w.effect(models.OpenPayment, models.NewAttempt)
	require.NoError(t, err)
	second, err := w.effect(models.OpenPayment, models.NewAttempt)
	require.NoError(t, err)

	require.Equal(t, models.Event{Kind: models.PaymentOpened, Attempt: number, Actor: "provider"}, first)
	require.Equal(t, first, second)
	require.Equal(t, map[string]providers.Presentation{number: shown}, kept)
	require.Equal(t, made[0], made[1], "the same order at the provider")
	require.Equal(t, providers.Payment{
		Number: number, Product: "wap", Amount: models.CNY(12900), Subject: "代付-咖啡",
		CreatedAt: noon.Add(-time.Minute), ExpiresAt: noon.Add(time.Hour),
		NotifyURL: "https://pay.example/v1/callbacks/mockpay/acc_1",
		ReturnURL: "https://pay.example/result", Payer: "o-" + canary, PayerIP: "203.0.113.9",
	}, made[0])
}

// The cashier and the bill show no more than the page did when the friend asked to pay, and the
// same over all tries; a clock of ours that is behind the database's uncovers nothing (store.CardAt).
func TestTheSubjectShowsWhatTheBuyerShowed(t *testing.T) {
	asked := noon.Add(-time.Minute) // when the attempt was made
	for name, row := range map[string]struct {
		shows    models.Shows
		category string
		byBuyer  bool
		subject  string
	}{
		"full":            {models.ShowsFull, "饮品", false, "代付-咖啡"},
		"category":        {models.ShowsCategory, "饮品", false, "代付-饮品"},
		"category unsaid": {models.ShowsCategory, "", false, "代付订单"},
		"surprise":        {models.ShowsSurprise, "饮品", false, "代付订单"},
		"his own":         {models.ShowsSurprise, "饮品", true, "代付-咖啡"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.rows.card = map[time.Time]store.Card{asked: {Shows: row.shows}}
			w.rows.order = func() (store.Order, error) { return store.Order{Title: "咖啡", Category: row.category}, nil }
			w.rows.keep = func(string, providers.Presentation) error { return nil }
			var subject, leads string
			w.desk.create = func(p providers.Payment) (providers.Presentation, error) {
				subject, leads = p.Subject, p.ReturnURL
				return providers.Presentation{}, nil
			}
			r := request(models.NewAttempt)
			r.Attempts[0].ByBuyer = row.byBuyer
			_, err := w.run(string(models.OpenPayment), models.Call{Request: r, Ref: number})
			require.NoError(t, err)
			require.Equal(t, row.subject, subject)
			require.Equal(t, row.byBuyer, leads == "https://pay.example/own", "he has no link to come back to")
		})
	}
}

func TestAProviderThatSaysWhenToComeBackIsObeyed(t *testing.T) {
	w := newWorld(t)
	w.desk.answer(unpaid)
	w.desk.closing = &providers.Error{Class: providers.Refused, Code: "TOO_EARLY", RetryAfter: 4 * time.Minute}
	_, err := w.effect(models.ClosePayment, models.ClosingAttempt)
	require.Equal(t, 4*time.Minute, again(t, err).NextRetryDelay())
}

func TestOnlyADefiniteNoRefusesAPayment(t *testing.T) {
	w := newWorld(t)
	w.desk.create = func(providers.Payment) (providers.Presentation, error) {
		return providers.Presentation{}, failure(providers.Definite)
	}
	event, err := w.effect(models.OpenPayment, models.NewAttempt)
	require.NoError(t, err)
	require.Equal(t, models.PaymentRefused, event.Kind)
	require.Equal(t, "refused_by_provider", event.Reason)
	require.Equal(t, "E1", w.rows.calls[0].Code)

	for class, broken := range map[string]error{
		"ambiguous": failure(providers.Ambiguous), "refused": failure(providers.Refused),
	} {
		w.desk.create = func(providers.Payment) (providers.Presentation, error) {
			return providers.Presentation{}, broken
		}
		_, err = w.effect(models.OpenPayment, models.NewAttempt)
		require.Equal(t, class, again(t, err).Type())
	}
	w.desk.create = func(providers.Payment) (providers.Presentation, error) {
		return providers.Presentation{}, errors.New(canary)
	}
	_, err = w.effect(models.OpenPayment, models.NewAttempt)
	require.Equal(t, "ambiguous", again(t, err).Type(), "what is not known may have happened")
}

// What a channel asks of a provider that cannot be told is not tried: the payer could pay with
// what the order does not take.
func TestSourcesOfMoneyAreOnlyToldToWhoUnderstandsThem(t *testing.T) {
	for sources, want := range map[string]models.EventKind{
		"": models.PaymentOpened, "card": models.PaymentOpened, "card,wallet": models.PaymentRefused,
	} {
		w := newWorld(t)
		asked := request(models.NewAttempt)
		asked.Attempts[0].Sources = sources
		w.desk.create = func(p providers.Payment) (providers.Presentation, error) {
			require.Equal(t, sources, strings.Join(p.Sources, ","))
			return providers.Presentation{Kind: providers.QR}, nil
		}
		w.rows.keep = func(string, providers.Presentation) error { return nil }
		event, err := w.run(string(models.OpenPayment), models.Call{Request: asked, Ref: number})
		require.NoError(t, err)
		require.Equal(t, want, event.Kind, sources)
	}
}

// Made at the provider, and then the database is away: made again, the same.
func TestAPresentationThatWasNotKeptIsFetchedAgain(t *testing.T) {
	w := newWorld(t)
	w.desk.create = func(providers.Payment) (providers.Presentation, error) {
		return providers.Presentation{Kind: providers.QR, URL: canary}, nil
	}
	w.rows.keep = func(string, providers.Presentation) error { return errors.New(canary) }
	_, err := w.effect(models.OpenPayment, models.NewAttempt)
	require.Equal(t, "internal", again(t, err).Type())
	w.rows.keep = func(string, providers.Presentation) error { return nil }
	event, err := w.effect(models.OpenPayment, models.NewAttempt)
	require.NoError(t, err)
	require.Equal(t, models.PaymentOpened, event.Kind)
	require.Equal(t, []string{"create " + number, "create " + number}, w.desk.did)
}

var unpaid, paid, gone = says(providers.Unpaid), says(providers.Paid), says(providers.Closed)

func TestAnAttemptIsAskedClosedAndAskedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		before, after func() providers.State
		close         error
		want          models.EventKind
		did           []string
	}{
		"closed": {is(providers.Unpaid), is(providers.Closed), nil,
			models.PaymentClosed, []string{"query", "close", "query"}},
		"unpaid after the close": {is(providers.Unpaid), is(providers.Unpaid), nil,
			models.PaymentClosed, []string{"query", "close", "query"}},
		"paid before": {is(providers.Paid), nil, nil, models.PaymentSucceeded, []string{"query"}},
		"paid between": {is(providers.Unpaid), is(providers.Paid), nil,
			models.PaymentSucceeded, []string{"query", "close", "query"}},
		"the close says paid": {is(providers.Unpaid), is(providers.Paid), providers.ErrPaid,
			models.PaymentSucceeded, []string{"query", "close", "query"}},
		"never made": {is(providers.NotCreated), is(providers.NotCreated), providers.ErrNotCreated,
			models.PaymentClosed, []string{"query", "close", "query"}},
		"closed before": {is(providers.Closed), nil, nil, models.PaymentClosed, []string{"query"}},
		"failed before": {is(providers.Failed), nil, nil, models.PaymentFailed, []string{"query"}},
		"paying, then closed": {is(providers.Paying), is(providers.Closed), nil,
			models.PaymentClosed, []string{"query", "close", "query"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.desk.closing = c.close
			w.desk.answer(says(c.before()))
			if c.after != nil {
				w.desk.answer(says(c.before()), says(c.after()))
			}
			event, err := w.effect(models.ClosePayment, models.ClosingAttempt)
			require.NoError(t, err)
			require.Equal(t, c.want, event.Kind)
			require.Equal(t, c.did, w.desk.did)
			second, err := w.effect(models.ClosePayment, models.ClosingAttempt)
			require.NoError(t, err)
			require.Equal(t, c.want, second.Kind, "the second call says the same")
			require.Equal(t, event.Kind == models.PaymentSucceeded, event.Spare != "")
			require.True(t, event.Spare == "" || event.Spare != second.Spare, "a number is minted once")
		})
	}
}

func is(state providers.State) func() providers.State { return func() providers.State { return state } }

func TestACloseWithoutAnEndIsTriedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		after   providers.State
		close   error
		errType string
		delay   time.Duration
	}{
		"unknown after the close":          {providers.Unknown, nil, "waiting", 10 * time.Second},
		"busy after the close":             {providers.Paying, nil, "waiting", 10 * time.Second},
		"the close says paid, not yet":     {providers.Unpaid, providers.ErrPaid, "waiting", 10 * time.Second},
		"the close says paid, no such one": {providers.NotCreated, providers.ErrPaid, "waiting", 10 * time.Second},
		"too early to close":               {providers.Unpaid, failure(providers.Refused), "refused", 0},
		"nobody knows what it did":         {providers.Unpaid, failure(providers.Ambiguous), "ambiguous", 0},
		"a definite no is no end either":   {providers.Unpaid, failure(providers.Definite), "definite", 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.desk.closing = c.close
			w.desk.answer(unpaid, says(c.after))
			_, err := w.effect(models.ClosePayment, models.ClosingAttempt)
			known := again(t, err)
			require.Equal(t, c.errType, known.Type())
			require.Equal(t, c.delay, known.NextRetryDelay())
		})
	}
	w := newWorld(t)
	w.desk.answer(fails(providers.Ambiguous))
	_, err := w.effect(models.ClosePayment, models.ClosingAttempt)
	require.Equal(t, "ambiguous", again(t, err).Type())
	require.Equal(t, []string{"query"}, w.desk.did, "nothing is closed unseen")
	w.desk.answer(unpaid, fails(providers.Ambiguous))
	_, err = w.effect(models.ClosePayment, models.ClosingAttempt)
	require.Equal(t, "ambiguous", again(t, err).Type(), "the answer after the close is the one that counts")
}

func TestAProviderWithoutCloseIsOutlived(t *testing.T) {
	w := newWorld(t)
	w.desk.closing = providers.ErrNotSupported
	w.desk.answer(unpaid)
	_, err := w.effect(models.ClosePayment, models.ClosingAttempt)
	require.Equal(t, 30*time.Second, again(t, err).NextRetryDelay(), "not before its own deadline")
	require.Equal(t, "not_supported", w.rows.calls[1].Code)
	require.Empty(t, w.rows.calls[1].Class, "an answer is no failure")

	w.now = noon.Add(time.Hour - 5*time.Second)
	_, err = w.effect(models.ClosePayment, models.ClosingAttempt)
	require.Equal(t, 6*time.Second, again(t, err).NextRetryDelay(), "and soon after it")

	w.now = noon.Add(time.Hour + time.Second)
	event, err := w.effect(models.ClosePayment, models.ClosingAttempt)
	require.NoError(t, err)
	require.Equal(t, models.PaymentClosed, event.Kind)

	w.desk.answer(unpaid, paid)
	event, err = w.effect(models.ClosePayment, models.ClosingAttempt)
	require.NoError(t, err)
	require.Equal(t, models.PaymentSucceeded, event.Kind, "paid in the last second, seen after it")

	w.desk.answer(unpaid, says(providers.Unknown))
	_, err = w.effect(models.ClosePayment, models.ClosingAttempt)
	require.Equal(t, "waiting", again(t, err).Type(), "what is not understood is not closed")
}

func TestASpeedUpScalesTheWaiting(t *testing.T) {
	w := newWorld(t)
	w.desk.answer(unpaid, says(providers.Unknown))
	fast := request(models.ClosingAttempt)
	fast.Speed = 100
	_, err := w.run("ClosePayment", models.Call{Request: fast, Ref: number})
	require.Equal(t, 100*time.Millisecond, again(t, err).NextRetryDelay())
}

func TestAnUnknownAttemptIsTroubleOfOurs(t *testing.T) {
	w := newWorld(t)
	for _, kind := range []models.EffectKind{models.OpenPayment, models.ClosePayment, models.PollPayment} {
		_, err := w.run(string(kind), models.Call{Request: request(models.LiveAttempt), Ref: refund})
		require.Equal(t, "internal", again(t, err).Type())
	}
	event, err := w.run("QueryPayment", models.Call{Request: request(models.LiveAttempt), Ref: refund})
	require.NoError(t, err)
	require.Equal(t, models.PaymentUnknown, event.Kind)
	require.Empty(t, w.desk.did)
}
