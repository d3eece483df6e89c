package faults_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim/faults"
)

func TestARuleIsUsedUp(t *testing.T) {
	t.Parallel()
	b := faults.NewBoard(1)
	rule, err := b.Add(faults.Rule{Op: faults.Create, Mode: faults.DropAfter, Count: 2, Number: "N"})
	require.NoError(t, err)
	require.Empty(t, b.Take("mockpay", faults.Query, "N").ID)
	require.Empty(t, b.Take("mockpay", faults.Create, "M").ID)
	require.Equal(t, rule.ID, b.Take("mockpay", faults.Create, "N").ID)
	require.Equal(t, 1, b.Rules()[0].Count)
	require.Equal(t, rule.ID, b.Take("mockpay", faults.Create, "M", "N").ID)
	require.Empty(t, b.Take("mockpay", faults.Create, "N").ID)
	require.Empty(t, b.Rules())
}

func TestARuleWithoutEndStaysUntilCleared(t *testing.T) {
	t.Parallel()
	b := faults.NewBoard(1)
	_, err := b.Add(faults.Rule{Op: faults.Query, Mode: faults.ErrorBefore, Count: -1, Provider: "mockpay"})
	require.NoError(t, err)
	for range 100 {
		require.NotEmpty(t, b.Take("mockpay", faults.Query, "N").ID)
	}
	require.Empty(t, b.Take("alipay", faults.Query, "N").ID)
	require.Equal(t, 100, b.Rules()[0].Hits)
	b.Clear()
	require.Empty(t, b.Take("mockpay", faults.Query, "N").ID)
}

func TestTheSameSeedMakesTheSameChoices(t *testing.T) {
	t.Parallel()
	choices := func() (hits []bool) {
		b := faults.NewBoard(7)
		_, err := b.Add(faults.Rule{Op: faults.Pay, Mode: faults.DropBefore, Count: -1, Chance: 0.5})
		require.NoError(t, err)
		for range 64 {
			hits = append(hits, b.Take("mockpay", faults.Pay).ID != "")
		}
		return hits
	}
	first := choices()
	require.Equal(t, first, choices())
	require.Contains(t, first, true)
	require.Contains(t, first, false)
}

func TestRulesThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]faults.Rule{
		"no mode":       {Op: faults.Create},
		"no op":         {Mode: faults.DropAfter},
		"not for it":    {Op: faults.Create, Mode: faults.Forged},
		"no time":       {Op: faults.Create, Mode: faults.Delay},
		"no word":       {Op: faults.Query, Mode: faults.SayStatus},
		"odd count":     {Op: faults.Create, Mode: faults.DropAfter, Count: -2},
		"odd chance":    {Op: faults.Create, Mode: faults.DropAfter, Chance: 2},
		"far too long":  {Op: faults.Create, Mode: faults.Delay, MS: 1 << 40},
		"negative fen":  {Op: faults.Pay, Mode: faults.WrongAmount, Minor: -1},
		"unknown thing": {Op: faults.Create, Mode: "explode"},
	} {
		_, err := faults.NewBoard(1).Add(rule)
		require.Error(t, err, name)
	}
}

func TestTheBoardIsBounded(t *testing.T) {
	t.Parallel()
	b := faults.NewBoard(1)
	rule := faults.Rule{Op: faults.Create, Mode: faults.DropAfter}
	for range 10_000 {
		_, err := b.Add(rule)
		require.NoError(t, err)
	}
	_, err := b.Add(rule)
	require.ErrorIs(t, err, faults.ErrFull)
}

func TestHeldAnswersWaitForRelease(t *testing.T) {
	t.Parallel()
	b := faults.NewBoard(1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.Hold(context.Background(), faults.Rule{})
	}()
	require.Eventually(t, func() bool { return b.Held() == 1 }, 5*time.Second, time.Millisecond)
	require.Equal(t, 1, b.Release())
	<-done
	b.Hold(context.Background(), faults.Rule{MS: 1})
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	b.Hold(gone, faults.Rule{})
	require.Zero(t, b.Held())
}
