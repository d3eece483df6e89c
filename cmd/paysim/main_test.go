package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// run serves with these flags until stop, and returns what --json told.
func run(t *testing.T, args ...string) (told announcement, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	c := command(in, io.Discard)
	c.SetArgs(append([]string{"--addr", "127.0.0.1:0", "--json"}, args...))
	ended := make(chan error, 1)
	go func() { ended <- c.ExecuteContext(ctx) }()
	require.NoError(t, json.NewDecoder(out).Decode(&told))
	return told, func() error { cancel(); return <-ended }
}

func TestItServesUntilItIsStopped(t *testing.T) {
	t.Parallel()
	told, stop := run(t, "--state", t.TempDir(), "--speed", "60")
	client := &http.Client{Transport: &http.Transport{}}
	response, err := client.Get(told.URL + "/sim/totals")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)
	client.CloseIdleConnections()
	require.NoError(t, stop())
}

func TestKeysMayBeGiven(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	made, stop := run(t, "--state", state)
	require.NoError(t, stop())
	again, stop := run(t, "--keys", filepath.Join(state, "keys.json"))
	require.NoError(t, stop())
	require.Equal(t, made.Accounts, again.Accounts)
	require.Equal(t, made.SMSKey, again.SMSKey)
}

func TestWrongUsageIsTold(t *testing.T) {
	t.Parallel()
	broken := filepath.Join(t.TempDir(), "keys.json")
	require.NoError(t, os.WriteFile(broken, []byte("{"), 0o600))
	for _, args := range [][]string{
		{"--bogus"}, {"--keys", broken + "x"}, {"--keys", broken}, {"--speed", "x"},
	} {
		var said bytes.Buffer
		c := command(io.Discard, &said)
		c.SetArgs(args)
		require.ErrorIs(t, c.ExecuteContext(t.Context()), errUsage)
		require.NotEmpty(t, said.String())
	}
}

func TestPeopleAreToldWhereItIs(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var said bytes.Buffer
	c := command(io.Discard, &said)
	c.SetArgs([]string{"--addr", "127.0.0.1:0"})
	require.NoError(t, c.ExecuteContext(ctx))
	require.Contains(t, said.String(), "paysim at http://127.0.0.1:")
}
