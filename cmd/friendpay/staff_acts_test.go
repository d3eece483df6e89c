package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/store"
)

// inRows runs do against the rows of the house.
func inRows(t *testing.T, do func(*store.Store)) {
	t.Helper()
	h, err := open(t.Context())
	require.NoError(t, err)
	do(h.Store)
	require.NoError(t, h.Close())
}

func TestStaffForgetAPayer(t *testing.T) {
	inHouse(t)
	var payer store.Payer
	inRows(t, func(s *store.Store) {
		var err error
		payer, err = s.PayerByPhone(t.Context(), "13800138000")
		require.NoError(t, err)
	})
	var usage usageError
	for _, wrong := range [][]string{
		{"--phone", "13800138000"}, {"--by", "anna"}, {"--by", "anna", "--buyer", "b"},
		{"--by", "anna", "--app", "a"},
		{"--by", "anna", "--payer", "pay_1", "--phone", "13800138000"},
	} {
		_, _, err := run(t, append([]string{"staff", "forget"}, wrong...)...)
		require.ErrorAs(t, err, &usage, wrong)
	}
	out, _, err := run(t, "staff", "forget", "--phone", "13800138000", "--by", "anna", "--reason", "ticket-7")
	require.NoError(t, err)
	require.Equal(t, "forgotten: 1 rows\n", out)
	for _, again := range [][]string{{"--phone", "13800138000"}, {"--payer", payer.ID}} {
		out, _, err = run(t, append([]string{"staff", "forget", "--by", "anna"}, again...)...)
		require.NoError(t, err)
		require.Equal(t, "nothing is left to forget\n", out)
	}
	out, _, err = run(t, "staff", "forget", "--by", "anna", "--app", "app_1", "--buyer", "nobody")
	require.NoError(t, err)
	require.Equal(t, "nothing is left to forget\n", out)
	out, _, err = run(t, "staff", "forget", "--by", "anna", "--payer", payer.ID, "--json")
	require.NoError(t, err)
	require.JSONEq(t, `{"rows":0}`, out)
	inRows(t, func(s *store.Store) {
		deeds, err := s.Deeds(t.Context(), payer.ID)
		require.NoError(t, err)
		require.Len(t, deeds, 1)
		require.Equal(t, "staff:anna", deeds[0].Actor)
		require.Equal(t, "ticket-7", deeds[0].Reason)
	})
}

func TestOnlyAFailedRefundIsRetried(t *testing.T) {
	inHouse(t)
	var usage usageError
	_, _, err := run(t, "staff", "refund", "retry", "--request", "fpr_1", "--by", "anna")
	require.ErrorAs(t, err, &usage)
	_, _, err = run(t, "staff", "refund", "retry", "--request", "fpr_1", "--refund", "R", "--by", "anna",
		"--reason", "ticket-7")
	require.ErrorContains(t, err, "unknown_request")
	inRows(t, func(s *store.Store) {
		deeds, err := s.Deeds(t.Context(), "fpr_1")
		require.NoError(t, err)
		require.Empty(t, deeds, "nothing was tried")
	})
}
