package store_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// bounded is a share of 129 yuan of one limit of the day.
func bounded(scope string, fen int64) store.LimitShare {
	return store.LimitShare{
		App: "app_1", Channel: "mock", Payer: "pay_1", Buyer: "buyer-1", Amount: models.CNY(12900),
		Limits: []policy.Limit{
			{Scope: policy.ScopePayer, Per: policy.PerTransaction, Minor: 1, Currency: "CNY"}, // not for TakeLimits
			{Scope: scope, Per: policy.PerDay, Minor: fen, Currency: "CNY"},
		},
	}
}

// fits asks as if for a request of its own, and takes nothing.
func (w *world) fits(share store.LimitShare, now time.Time) bool {
	w.t.Helper()
	if share.Request == "" {
		share.Request, share.Attempt = mint.ID(mint.Request), mint.Number()
	}
	full, err := w.TakeLimits(w.t.Context(), share, now)
	require.NoError(w.t, err)
	require.NoError(w.t, w.exec("DELETE FROM limit_holds WHERE request_id = $1", share.Request))
	return full == nil
}

// counted holds the counters against the attempts that they count.
func (w *world) counted() {
	w.t.Helper()
	require.Zero(w.t, value[int64](w, `SELECT count(*) FROM (SELECT FROM (
			SELECT scope, subject, day, currency, minor FROM limit_used
			UNION ALL
			SELECT s.scope, s.subject, x.day, x.currency, -x.minor
			FROM attempts a JOIN orders o ON o.id = a.order_id, limit_weight(a) x,
				limit_subjects(a.channel, a.payer_id, o.buyer_id, a.by_buyer) s) both_sides
		GROUP BY scope, subject, day, currency HAVING sum(minor) <> 0) apart`))
}

func TestTheDayIsShanghais(t *testing.T) {
	w := open(t)
	l, number := w.paying()
	paid := capture(number, 12900)
	paid.Capture.PaidAt = time.Date(2026, 3, 1, 16, 30, 0, 0, time.UTC) // half past midnight in Shanghai
	l.save(paid)
	for _, scope := range []string{"merchant", "buyer", "pair", "payer", "channel"} {
		share := bounded(scope, 20000)
		require.False(t, w.fits(share, time.Date(2026, 3, 2, 15, 59, 0, 0, time.UTC)), scope)
		require.True(t, w.fits(share, time.Date(2026, 3, 2, 16, 0, 0, 0, time.UTC)), "the next day")
	}
	for scope, other := range map[string]store.LimitShare{
		"channel": {Channel: "code"}, "payer": {Payer: "pay_2"}, "pair": {Payer: "pay_2"},
		"buyer": {Buyer: "buyer-2"}, "merchant": {App: "app_2"},
	} {
		share := bounded(scope, 20000)
		share.Channel, share.Payer = or(other.Channel, share.Channel), or(other.Payer, share.Payer)
		share.Buyer, share.App = or(other.Buyer, share.Buyer), or(other.App, share.App)
		require.True(t, w.fits(share, time.Date(2026, 3, 2, 15, 59, 0, 0, time.UTC)), "another %s", scope)
	}
	w.counted()
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// What may still be captured counts like what was: else several requests at once would
// take more than the limit.
func TestWhatIsBeingPaidCounts(t *testing.T) {
	w, now := open(t), time.Now()
	share := bounded("pair", 30000)
	require.True(t, w.fits(share, now))
	l, number := w.paying()
	require.True(t, w.fits(share, now), "25800 of 30000")
	w.paying()
	require.False(t, w.fits(share, now))
	own := share
	own.Request, own.Attempt = l.request.ID, mint.Number()
	require.True(t, w.fits(own, now), "another channel of the same request takes the place of the first")
	l.save(models.Event{Kind: models.PaymentClosed, Attempt: number})
	require.True(t, w.fits(share, now), "closed is over")
	w.counted()
}

// A refund that is due, or under way, gives nothing back yet; it counts for the day of the
// capture, not for its own.
func TestOnlyADoneRefundGivesBack(t *testing.T) {
	w, now := open(t), time.Now()
	share := bounded("payer", 20000)
	l, number := w.settled()
	require.False(t, w.fits(share, now))
	refund := mint.Number()
	back := models.CNY(12900)
	l.save(models.Event{Kind: models.RefundAsked, Refund: refund, Money: &back})
	owed := value[int64](w, "SELECT refunded_minor FROM attempts WHERE number = $1", number)
	require.EqualValues(t, 12900, owed)
	require.False(t, w.fits(share, now), "due")
	before := *l
	l.save(models.Event{Kind: models.RefundDone, Refund: refund})
	require.True(t, w.fits(share, now), "done")
	require.Zero(t, value[int64](w, "SELECT sum(minor) FROM limit_used WHERE scope = 'payer'"))
	w.counted()

	before.at = l.at // the step was lost, and judged otherwise
	before.save(models.Event{Kind: models.RefundBroke, Refund: refund, Reason: "no_funds"})
	require.False(t, w.fits(share, now), "the counters are healed with the rows")
	w.counted()
}

func TestALostCaptureIsTakenBackFromTheCounters(t *testing.T) {
	w := open(t)
	l, number := w.paying()
	require.NoError(t, w.SaveStep(t.Context(), l.judge(capture(number, 12900))))
	require.False(t, w.fits(bounded("merchant", 20000), time.Now()))
	l.save(models.Event{Kind: models.PaymentClosed, Attempt: number})
	require.True(t, w.fits(bounded("merchant", 12900), time.Now()))
	w.counted()
}

// A hundred payers on two instances at once: as many pass as fit, and all the way to the capture.
func TestAHundredPayersFillALimitAndNoMore(t *testing.T) {
	t.Parallel()
	const payers, fitting = 100, 37
	for _, scope := range []string{"merchant", "buyer", "pair", "payer", "channel"} {
		t.Run(scope, func(t *testing.T) {
			w := open(t)
			instances := []*store.Store{w.Store, w.another()}
			lives := make([]*life, payers)
			for i := range lives {
				lives[i] = w.opened()
			}
			var passed atomic.Int64
			w.race(payers, func(i int) {
				share := bounded(scope, fitting*12900+12899)
				share.Request, share.Attempt = lives[i].request.ID, mint.Number()
				if scope != "payer" && scope != "pair" {
					share.Payer = fmt.Sprintf("pay_%d", i)
				}
				if lives[i].pays(instances[i%2], share) {
					passed.Add(1)
				}
			})
			require.EqualValues(t, fitting, passed.Load())
			require.EqualValues(t, fitting*12900, value[int64](w, "SELECT sum(captured_minor) FROM attempts"))
			require.False(t, w.fits(bounded(scope, fitting*12900+12899), time.Now()))
			require.Zero(t, value[int64](w, "SELECT count(*) FROM limit_holds"), "what is saved is held no more")
			w.counted()
		})
	}
}

// pays takes the share and, when it fits, lives on to the capture, through one of two instances.
func (l *life) pays(s *store.Store, share store.LimitShare) bool {
	for range 2 { // a step that was lost is judged again
		full, err := s.TakeLimits(l.w.t.Context(), share, time.Now())
		require.NoError(l.w.t, err)
		if full != nil {
			return false
		}
	}
	asked := l.ask(share.Attempt)
	asked.Pay.Payer = share.Payer
	for _, events := range [][]models.Event{
		{asked, {Kind: models.LoginPassed, Attempt: share.Attempt}},
		{{Kind: models.PaymentOpened, Attempt: share.Attempt}},
		{capture(share.Attempt, 12900)},
	} {
		step := l.judge(events...)
		require.NoError(l.w.t, s.SaveStep(l.w.t.Context(), step))
		l.request = step.Request
	}
	return true
}

func TestHoldsOfLostStepsExpire(t *testing.T) {
	w, now := open(t), time.Now()
	share := bounded("channel", 20000)
	share.Request, share.Attempt = mint.ID(mint.Request), mint.Number()
	full, err := w.TakeLimits(t.Context(), share, now)
	require.NoError(t, err)
	require.Nil(t, full)
	require.False(t, w.fits(bounded("channel", 20000), now))
	require.NoError(t, w.exec("UPDATE limit_holds SET taken_at = taken_at - interval '5 min'"))
	require.True(t, w.fits(bounded("channel", 20000), now), "nobody ever saved that attempt")
	l, number := w.paying()
	l.save(models.Event{Kind: models.PaymentClosed, Attempt: number})
	pruned, err := w.PruneLimits(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 6, pruned, "one hold, and five counters at zero")
}

// A buyer who pays for himself takes nothing of what friends may pay for him.
func TestABuyerOfHisOwnCountsForChannelAndMerchantOnly(t *testing.T) {
	w, now := open(t), time.Now()
	l, number := w.opened(), mint.Number()
	asked := l.ask(number)
	asked.Pay.ByBuyer, asked.Pay.Payer = true, "buyer:buyer-1"
	l.save(asked, models.Event{Kind: models.LoginPassed, Attempt: number})
	for scope, counts := range map[string]bool{"merchant": true, "channel": true, "buyer": false} {
		require.Equal(t, !counts, w.fits(bounded(scope, 20000), now), scope)
	}
	w.counted()
}

func TestWhatIsUsedComesWithTheLink(t *testing.T) {
	w := open(t)
	const limit = `INSERT INTO pay_limits (app_id, scope, per, minor, currency)
		VALUES ('app_1', $1, 'day', 1, 'CNY')`
	require.NoError(t, w.exec(limit, "channel"))
	require.NoError(t, w.exec(limit, "pair"))
	payer, err := w.PayerByPhone(t.Context(), phone)
	require.NoError(t, err)
	paid, number := w.opened(), mint.Number()
	asked := paid.ask(number)
	asked.Pay.Payer = payer.ID
	paid.save(asked, models.Event{Kind: models.LoginPassed, Attempt: number})
	l := w.opened()
	invite := w.invite(l, 1)
	link, err := w.Link(t.Context(), invite.ID, payer.ID)
	require.NoError(t, err)
	require.ElementsMatch(t, []policy.Use{
		{Scope: "channel", Channel: "mock", Per: "day", Minor: 12900},
		{Scope: "channel", Channel: "code", Per: "day"},
		{Scope: "pair", Per: "day", Minor: 12900}, {Scope: "payer", Per: "day", Minor: 12900},
	}, link.Used)

	mine := w.invite(paid, 2) // his own payment under way makes room for another channel
	link, err = w.Link(t.Context(), mine.ID, payer.ID)
	require.NoError(t, err)
	for _, use := range link.Used {
		require.Zero(t, use.Minor, use.Scope)
	}
	order, err := w.Order(t.Context(), l.request.Order)
	require.NoError(t, err)
	used, err := w.LimitsUsed(t.Context(), order)
	require.NoError(t, err)
	require.ElementsMatch(t, []policy.Use{
		{Scope: "channel", Channel: "mock", Per: "day", Minor: 12900},
		{Scope: "channel", Channel: "code", Per: "day"},
	}, used)
}
