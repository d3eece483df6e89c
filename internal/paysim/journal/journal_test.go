package journal_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim/journal"
)

func ignore(journal.Entry) error { return nil }

func open(t *testing.T, dir string, restore func(journal.Entry) error) *journal.Journal {
	t.Helper()
	j, err := journal.Open(journal.Options{Dir: dir, Cap: 1000, Now: time.Now}, restore)
	require.NoError(t, err)
	return j
}

func TestEntriesAreNumberedWithoutHoles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir, ignore)
	var group sync.WaitGroup
	failed := make(chan error, 200)
	for range 8 {
		group.Go(func() {
			for range 25 {
				j.Record(journal.Entry{Kind: "captured", Number: "N", Minor: 1})
				failed <- j.Flush()
			}
		})
	}
	group.Wait()
	for range 200 {
		require.NoError(t, <-failed)
	}
	require.NoError(t, j.Close())

	var restored []int64
	again := open(t, dir, func(e journal.Entry) error { restored = append(restored, e.Seq); return nil })
	require.Len(t, restored, 200)
	for i, seq := range restored {
		require.Equal(t, int64(i+1), seq)
	}
	require.Equal(t, int64(201), again.Record(journal.Entry{}).Seq)
	require.NoError(t, again.Close())
}

func TestSnapshotsAreKeptButNeverShown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir, ignore)
	j.Record(journal.Entry{Kind: "order_created", Record: json.RawMessage(`{"token":"secret"}`)})
	require.NoError(t, j.Close())
	var snapshot string
	again := open(t, dir, func(e journal.Entry) error { snapshot = string(e.Record); return nil })
	require.JSONEq(t, `{"token":"secret"}`, snapshot)
	require.Nil(t, j.Read(journal.Filter{}).Entries[0].Record)
	require.Nil(t, again.Read(journal.Filter{}).Entries[0].Record)
	require.NoError(t, again.Close())
}

func TestALineCutShortByACrashIsDropped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir, ignore)
	j.Record(journal.Entry{Kind: "order_created"})
	j.Record(journal.Entry{Kind: "captured"})
	require.NoError(t, j.Close())
	path := filepath.Join(dir, "journal.jsonl")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, text[:len(text)-5], 0o600))

	again := open(t, dir, ignore)
	require.Len(t, again.Read(journal.Filter{}).Entries, 1)
	again.Record(journal.Entry{Kind: "closed"})
	require.NoError(t, again.Close())
	third := open(t, dir, ignore)
	require.Equal(t, "closed", third.Read(journal.Filter{}).Entries[1].Kind)
	require.NoError(t, third.Close())
}

func TestADamagedFileIsRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nonsense": "not json\n", "hole": `{"seq":2}` + "\n", "twice": `{"seq":1}` + "\n" + `{"seq":1}` + "\n",
	} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "journal.jsonl"), []byte(text), 0o600))
		_, err := journal.Open(journal.Options{Dir: dir, Cap: 10, Now: time.Now}, ignore)
		require.Error(t, err, name)
	}
}

func TestReadFiltersAndPages(t *testing.T) {
	t.Parallel()
	j := open(t, "", ignore)
	for i := range 10 {
		number := []string{"A", "B"}[i%2]
		j.Record(journal.Entry{Kind: "captured", Number: number, Refund: "R" + number, Account: "m"})
	}
	page := j.Read(journal.Filter{Number: "A", Limit: 3})
	require.Len(t, page.Entries, 3)
	require.True(t, page.More)
	rest := j.Read(journal.Filter{Number: "A", After: page.Next})
	require.Len(t, rest.Entries, 2)
	require.False(t, rest.More)
	require.Len(t, j.Read(journal.Filter{Number: "RB"}).Entries, 5)
	require.Empty(t, j.Read(journal.Filter{Account: "other"}).Entries)
	require.Empty(t, j.Read(journal.Filter{After: 1000}).Entries)
}

func TestAFullJournalSaysSoAndForgetsNothing(t *testing.T) {
	t.Parallel()
	j, err := journal.Open(journal.Options{Cap: 2, Now: time.Now}, ignore)
	require.NoError(t, err)
	require.False(t, j.Full())
	for range 3 {
		j.Record(journal.Entry{})
	}
	require.True(t, j.Full())
	require.Len(t, j.Read(journal.Filter{}).Entries, 3)
	require.NoError(t, j.Reset())
	require.False(t, j.Full())
}

func TestABrokenFileIsToldFromThenOn(t *testing.T) {
	t.Parallel()
	j := open(t, t.TempDir(), ignore)
	require.NoError(t, j.Close())
	j.Record(journal.Entry{Kind: "captured"})
	require.Error(t, j.Flush())
	require.Error(t, j.Flush())
}
