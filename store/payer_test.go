package store_test

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

const phone = "13800138000"

func TestAPhoneIsOnePayer(t *testing.T) {
	w := open(t)
	other := w.another()
	var mu sync.Mutex
	ids := map[string]bool{}
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			s := w.Store
			if i%2 == 0 {
				s = other
			}
			payer, err := s.PayerByPhone(t.Context(), phone)
			require.NoError(t, err)
			require.Equal(t, "138****8000", payer.MaskedPhone)
			mu.Lock()
			defer mu.Unlock()
			ids[payer.ID] = true
		})
	}
	all.Wait()
	require.Len(t, ids, 1)
	for id := range ids {
		found, err := w.PayerPhone(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, phone, found)
	}
	_, err := w.Payer(t.Context(), "pay_nobody")
	refused(t, err, models.NotFound, "unknown_payer")
}

func TestPayerFacts(t *testing.T) {
	w := open(t)
	payer, err := w.PayerByPhone(t.Context(), phone)
	require.NoError(t, err)
	require.NoError(t, w.BlockPayer(t.Context(), payer.ID, true, "fraud"))
	facts, err := w.PayerFacts(t.Context(), payer.ID)
	require.NoError(t, err)
	require.Equal(t, store.PayerFacts{Blocked: true}, facts)
	_, err = w.PayerFacts(t.Context(), "pay_nobody")
	refused(t, err, models.NotFound, "unknown_payer")
}

func code(digits string) store.LoginCode {
	return store.LoginCode{Phone: phone, Purpose: "link", Code: digits}
}

func (w *world) age(by string) {
	require.NoError(w.t, w.exec("UPDATE login_codes SET issued_at = issued_at - $1::interval, "+
		"expires_at = expires_at - $1::interval", by))
}

func TestACodeWorksOnce(t *testing.T) {
	w := open(t)
	require.NoError(t, w.IssueCode(t.Context(), code("123456")))
	wrong := code("123456")
	wrong.Purpose = "other"
	refused(t, w.TakeCode(t.Context(), wrong), models.Gone, "code_expired")
	var taken atomic.Int64
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if err := w.TakeCode(t.Context(), code("123456")); err == nil {
				taken.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, taken.Load())
}

func TestWrongCodesAreCounted(t *testing.T) {
	w := open(t)
	require.NoError(t, w.IssueCode(t.Context(), code("123456")))
	for range 5 {
		refused(t, w.TakeCode(t.Context(), code("000000")), models.Invalid, "code_wrong")
	}
	refused(t, w.TakeCode(t.Context(), code("123456")), models.Limited, "code_tries")
}

func TestACodeExpiresAndIsReplaced(t *testing.T) {
	w := open(t)
	require.NoError(t, w.IssueCode(t.Context(), code("111111")))
	w.age("2 min")
	require.NoError(t, w.IssueCode(t.Context(), code("222222")))
	refused(t, w.TakeCode(t.Context(), code("111111")), models.Invalid, "code_wrong")
	w.age("6 min")
	refused(t, w.TakeCode(t.Context(), code("222222")), models.Gone, "code_expired")
}

func TestCodesAreLimitedPerPhone(t *testing.T) {
	w := open(t)
	for range 10 {
		require.NoError(t, w.IssueCode(t.Context(), code("111111")))
		known := refused(t, w.another().IssueCode(t.Context(), code("222222")), models.Limited, "code_too_soon")
		require.WithinDuration(t, time.Now().Add(time.Minute), known.Until, 20*time.Second)
		w.age("1 h")
	}
	known := refused(t, w.IssueCode(t.Context(), code("111111")), models.Limited, "code_daily_limit")
	require.WithinDuration(t, time.Now().Add(14*time.Hour), known.Until, time.Minute)
	other := code("111111")
	other.Phone = "13900139000"
	require.NoError(t, w.IssueCode(t.Context(), other))
	w.age("15 h")
	require.NoError(t, w.IssueCode(t.Context(), code("111111")), "the first is a day old")
}

func TestManyAskForACodeAtOnce(t *testing.T) {
	w := open(t)
	for round := range 20 { // a race is lost now and then only
		asked := code("123456")
		asked.Phone += strconv.Itoa(round)
		var issued atomic.Int64
		w.race(10, func(int) {
			if err := w.IssueCode(t.Context(), asked); err == nil {
				issued.Add(1)
			}
		})
		require.EqualValues(t, 1, issued.Load())
	}
}

// FM-47: the limit is one, however many instances count.
func TestALimitHoldsOverInstances(t *testing.T) {
	w := open(t)
	stores := []*store.Store{w.Store, w.another()}
	var allowed atomic.Int64
	var all sync.WaitGroup
	for i := range 60 {
		all.Go(func() {
			until, ok, err := stores[i%2].Hit(t.Context(), "link_miss:203.0.113.9", 20, time.Minute)
			require.NoError(t, err)
			require.WithinDuration(t, time.Now().Add(time.Minute), until, 30*time.Second)
			if ok {
				allowed.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 20, allowed.Load())
	until, spent, err := w.Spent(t.Context(), "link_miss:203.0.113.9", 20)
	require.NoError(t, err)
	require.True(t, spent)
	require.WithinDuration(t, time.Now().Add(time.Minute), until, 30*time.Second)
	_, spent, err = w.Spent(t.Context(), "link_miss:203.0.113.10", 20)
	require.NoError(t, err)
	require.False(t, spent, "asking is no use")
	_, ok, err := w.Hit(t.Context(), "link_miss:203.0.113.10", 20, time.Minute)
	require.NoError(t, err)
	require.True(t, ok, "another address has its own")

	require.NoError(t, w.exec("UPDATE limits SET expires_at = now() - interval '1 s'"))
	_, ok, err = w.Hit(t.Context(), "link_miss:203.0.113.9", 20, time.Minute)
	require.NoError(t, err)
	require.True(t, ok, "a new window")
	pruned, err := w.PruneLimits(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, pruned)
}
