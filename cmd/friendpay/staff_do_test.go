package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/store"
)

func TestStaffDoSomethingByHand(t *testing.T) {
	inHouse(t)
	var id string
	inRows(t, func(s *store.Store) {
		cases, err := s.Cases(t.Context(), store.CaseFilter{})
		require.NoError(t, err)
		id = cases.Items[0].ID
	})
	var usage usageError
	_, _, err := run(t, "staff", "do", "case_note", id, "--by", "anna", "--arg", "words=x")
	require.ErrorAs(t, err, &usage, "no reason")
	_, _, err = run(t, "staff", "do", "case_note", id, "--by", "anna", "--reason", "t", "--arg", "words")
	require.ErrorAs(t, err, &usage)
	_, _, err = run(t, "staff", "do", "case_note", id, "--by", "anna", "--reason", "t")
	require.Contains(t, told(err), "field args.words; fix: Send 1 to 500 characters.")
	_, _, err = run(t, "staff", "do", "case_not", id, "--by", "anna", "--reason", "t")
	require.Contains(t, told(err), "field command; fix: Say one of requery, ")
	_, _, err = run(t, "staff", "do", "case_note", id, "--by", "anna", "--reason", "call 13800138000",
		"--arg", "words=x")
	require.Contains(t, told(err), "personal_data")

	note := []string{"staff", "do", "case_note", id, "--by", "anna", "--reason", "ticket-7", "--arg",
		"words=asked",
		"--key", "k1", "--json"}
	out, _, err := run(t, append(note, "--dry-run")...)
	require.NoError(t, err)
	require.Contains(t, out, "Note something on case "+id+".")
	for range 2 {
		out, _, err = run(t, note...)
		require.NoError(t, err)
		var done map[string]any
		require.NoError(t, json.Unmarshal([]byte(out), &done), out)
		require.Equal(t, "done", done["state"])
	}
	inRows(t, func(s *store.Store) {
		notes, err := s.CaseNotes(t.Context(), id)
		require.NoError(t, err)
		require.Len(t, notes, 1)
		require.Equal(t, "asked", notes[0].Words)
	})
	out, _, err = run(t, "staff", "commands", "--state", "done")
	require.NoError(t, err)
	require.Equal(t, 2, strings.Count(out, "\n"), out)
	_, _, err = run(t, "staff", "approve", "cmd_1", "--by", "carl", "--reason", "fine")
	require.ErrorContains(t, err, "unknown_command")
}
