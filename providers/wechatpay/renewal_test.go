package wechatpay

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"maps"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
)

// depot hands out certificates to a clock of its own.
type depot struct {
	*certificates
	mu        sync.Mutex
	now       time.Time
	downloads int
	broken    bool
	hands     map[string]*x509.Certificate
	slow      chan struct{} // nil: at once
}

func newDepot(now time.Time) *depot {
	d := &depot{now: now, hands: map[string]*x509.Certificate{
		"A": {NotBefore: now, NotAfter: now.Add(48 * time.Hour)},
	}}
	d.certificates = &certificates{turn: make(chan struct{}, 1), clock: func() time.Time {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.now
	}}
	d.source(func(context.Context) (map[string]*x509.Certificate, error) {
		if d.slow != nil {
			<-d.slow
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.downloads++; d.broken {
			return nil, errors.New("no answer")
		}
		return maps.Clone(d.hands), nil
	})
	return d
}

func (d *depot) passes(while time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(while)
}

// done waits until no download is under way.
func (d *depot) done() {
	d.turn <- struct{}{}
	<-d.turn
}

func TestCertificatesAreRenewedAndEnd(t *testing.T) {
	t.Parallel()
	d := newDepot(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC))
	ready := func(want int) {
		t.Helper()
		require.NoError(t, d.ready(t.Context()))
		d.done()
		require.Equal(t, want, d.downloads)
	}
	ready(1)
	d.passes(10 * time.Hour)
	ready(1)
	d.hands["B"] = &x509.Certificate{NotBefore: d.now, NotAfter: d.now.Add(100 * time.Hour)}
	d.passes(2 * time.Hour)
	ready(2)
	require.Equal(t, "B", d.GetNewestSerial(t.Context()))
	require.Len(t, d.GetAll(t.Context()), 2)

	d.broken = true
	d.passes(12 * time.Hour)
	ready(3) // old ones that still hold are better than none
	ready(3) // and asked for once a minute
	d.passes(72 * time.Hour)
	_, known := d.Get(t.Context(), "A")
	require.False(t, known, "it has ended")
	_, known = d.Get(t.Context(), "B")
	require.True(t, known)
	d.passes(100 * time.Hour)
	require.Error(t, d.ready(t.Context()), "all have ended")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	d.turn <- struct{}{}
	require.ErrorIs(t, d.ready(gone), context.Canceled)
}

func TestARenewalHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	d := newDepot(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC))
	require.NoError(t, d.ready(t.Context()))
	d.passes(12 * time.Hour)
	d.slow = make(chan struct{})
	for range 3 { // nobody answers the download, and nobody waits for it
		call, end := context.WithCancel(t.Context())
		require.NoError(t, d.ready(call))
		end() // nor does the download end with the call that began it
	}
	close(d.slow)
	d.done()
	require.Equal(t, 2, d.downloads)
	_, age := d.all()
	require.Zero(t, age)
}

func TestCertificatesOfAccountsThatNobodyOpensAreForgotten(t *testing.T) {
	t.Parallel()
	s := shelves{of: map[[sha256.Size]byte]*certificates{}}
	account := func(merchant string) *Adapter {
		return &Adapter{setup: setup{Settings: Settings{MchID: merchant}, base: &url.URL{}}}
	}
	old, other := s.certificates(account("1")), s.certificates(account("2"))
	require.Same(t, old, s.certificates(account("1")))
	for _, c := range []*certificates{old, other} {
		c.used = c.used.Add(-25 * time.Hour)
	}
	require.Empty(t, other.GetAll(t.Context()), "which is a use")
	require.NotSame(t, old, s.certificates(account("1")))
	require.Same(t, other, s.certificates(account("2")))
	require.Len(t, s.of, 2)
}

func TestADayWithoutABillIsOnlyEmptyFromTheNextMorningOn(t *testing.T) {
	t.Parallel()
	day := time.Date(2025, 1, 1, 23, 0, 0, 0, shanghai)
	missing := func() error {
		return &providers.Error{Class: providers.Definite, Op: "statement", Err: refusal{noBill}}
	}
	require.NoError(t, noStatement(missing(), day, time.Date(2025, 1, 2, 10, 0, 0, 0, shanghai)))
	var failed *providers.Error
	require.ErrorAs(t, noStatement(missing(), day, time.Date(2025, 1, 2, 9, 30, 0, 0, shanghai)), &failed)
	require.Equal(t, providers.Refused, failed.Class)
	require.Equal(t, 30*time.Minute, failed.RetryAfter)
}
