package wechatpay

import (
	"context"
	"crypto/x509"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
)

func TestCertificatesAreRenewedAndEnd(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	downloads, broken := 0, false
	held := map[string]*x509.Certificate{"A": {NotBefore: now, NotAfter: now.Add(48 * time.Hour)}}
	c := &certificates{turn: make(chan struct{}, 1), clock: func() time.Time { return now }}
	c.source(func(context.Context) (map[string]*x509.Certificate, error) {
		downloads++
		if broken {
			return nil, errors.New("no answer")
		}
		return held, nil
	})
	ready := func(want int) {
		t.Helper()
		require.NoError(t, c.ready(t.Context()))
		require.Equal(t, want, downloads)
	}
	ready(1)
	now = now.Add(10 * time.Hour)
	ready(1)
	held["B"] = &x509.Certificate{NotBefore: now, NotAfter: now.Add(100 * time.Hour)}
	now = now.Add(2 * time.Hour)
	ready(2)
	require.Equal(t, "B", c.GetNewestSerial(t.Context()))
	require.Len(t, c.GetAll(t.Context()), 2)

	broken, now = true, now.Add(12*time.Hour)
	ready(3) // old ones that still hold are better than none
	ready(3) // and asked for once a minute
	now = now.Add(72 * time.Hour)
	_, known := c.Get(t.Context(), "A")
	require.False(t, known, "it has ended")
	_, known = c.Get(t.Context(), "B")
	require.True(t, known)
	now = now.Add(100 * time.Hour)
	require.Error(t, c.ready(t.Context()), "all have ended")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	c.turn <- struct{}{}
	require.ErrorIs(t, c.ready(gone), context.Canceled)
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
