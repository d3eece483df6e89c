package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/internal/local"
)

// merchantsHouse is a whole house that the commands of this process speak to.
func merchantsHouse(t *testing.T) *local.House {
	t.Helper()
	house, err := local.Start(t.Context(), local.Options{Speed: 60, SimSpeed: 1000, Volatile: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, house.Close()) })
	require.NoError(t, house.StartWorker(context.WithoutCancel(t.Context())))
	t.Setenv("FRIENDPAY_URL", house.APIURL)
	t.Setenv("FRIENDPAY_SIM_URL", house.SimURL)
	t.Setenv("FRIENDPAY_API_KEY", house.Demo.APIKey)
	return house
}

// tells runs a command that works, and reads the JSON that it prints.
func tells[T any](t *testing.T, args ...string) (told T) {
	t.Helper()
	out, _, err := run(t, append(args, "--json")...)
	require.NoError(t, err, args)
	require.NoError(t, json.Unmarshal([]byte(out), &told), out)
	return told
}

// says runs a command that works, for people.
func says(t *testing.T, args ...string) string {
	t.Helper()
	out, _, err := run(t, args...)
	require.NoError(t, err, args)
	return out
}

// The merchant's commands do in a whole house what they say, for people and for programs.
func TestTheMerchantsCommandsWorkInAHouse(t *testing.T) {
	merchantsHouse(t)
	made := tells[client.PlacedView](t, "request", "create", "--amount", "12900", "--number", "A-1")
	again := tells[client.PlacedView](t, "request", "create", "--amount", "12900", "--number", "A-1")
	require.Equal(t, made.ID, again.ID, "one order asks once")
	require.Contains(t, says(t, "request", "show", made.ID), made.ID+"  open  129.00 CNY  order A-1")
	require.Equal(t, made.ID, tells[client.RequestView](t, "request", "show", made.ID).ID)
	require.Contains(t, says(t, "request", "list"), made.ID)
	require.Contains(t, says(t, "request", "list", "--state", "settled"), "REQUEST")
	require.NotContains(t, says(t, "request", "list", "--state", "settled", "--json"), made.ID)
	cancelled := tells[client.RequestView](t, "request", "cancel", made.ID, "--reason", "sold_out")
	require.Equal(t, made.ID, cancelled.ID)
	require.Contains(t, says(t, "request", "show", made.ID), "cancelled_merchant")

	paid := tells[client.AccountEventView](t, "trigger", "request.settled").Body.Data.Request
	back := tells[client.RefundView](t, "request", "refund", paid, "--amount", "100", "--reason", "late")
	require.EqualValues(t, 100, back.Amount.Minor)
	require.Contains(t, says(t, "request", "show", paid), "refund  "+back.Number)

	for want, args := range map[string][]string{
		"unknown_request": {"request", "show", "fpr_none"},
		"refund_amount":   {"request", "refund", paid, "--amount", "99999"},
		"gone":            {"request", "cancel", made.ID},
	} {
		_, began, err := run(t, args...)
		require.Error(t, err, want)
		require.True(t, began, "exit code 1: it was tried")
		require.NotNil(t, client.AsProblem(err), want)
	}
	var usage usageError
	for _, args := range [][]string{
		{"trigger", "request.paused"}, {"trigger", "nothing"}, {"request", "create"},
	} {
		_, _, err := run(t, args...)
		require.ErrorAs(t, err, &usage, "exit code 2: %v", args)
	}
}

// What happens is watched, and brought to a developer's server signed, as it happens.
func TestWatchAndListenFollowAHouse(t *testing.T) {
	merchantsHouse(t)
	t.Setenv("FRIENDPAY_WEBHOOK_SECRET", "whsec_c2VjcmV0LW9mLXRoZS1kZXZlbG9wZXI=")
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	came := make(chan string, 20)
	hooks := client.Webhooks{Secrets: []string{"whsec_c2VjcmV0LW9mLXRoZS1kZXZlbG9wZXI="}}
	server := httptest.NewServer(hooks.Handler(func(_ *http.Request, e client.Event) error {
		came <- e.Type
		return nil
	}))
	defer server.Close()
	listening := follow(ctx, t, "listen", "--after", "0", "--forward", server.URL, "--json")
	settled := tells[client.AccountEventView](t, "trigger", "request.settled")
	watching := follow(ctx, t, "request", "watch", settled.Body.Data.Request)
	for got := ""; got != client.RequestSettled; {
		select {
		case got = <-came:
		case <-ctx.Done():
			require.Fail(t, "the webhook did not come")
		}
	}
	watching.until(ctx, t, "→ settled")
	listening.until(ctx, t, `"type":"request.settled"`)
	cancel()
	require.NoError(t, <-listening.ended, "Ctrl-C is how it ends")
	require.NoError(t, <-watching.ended)
}

// follower is a command that runs until it is stopped.
type follower struct {
	lines chan string
	ended chan error
}

func follow(ctx context.Context, t *testing.T, args ...string) *follower {
	t.Helper()
	f := &follower{lines: make(chan string, 100), ended: make(chan error, 1)}
	cmd := root(new(bool))
	cmd.SetOut(f)
	cmd.SetArgs(args)
	go func() { f.ended <- cmd.ExecuteContext(ctx) }()
	return f
}

func (f *follower) Write(text []byte) (int, error) {
	f.lines <- string(text)
	return len(text), nil
}

func (f *follower) until(ctx context.Context, t *testing.T, want string) {
	t.Helper()
	for {
		select {
		case line := <-f.lines:
			if strings.Contains(line, want) {
				return
			}
		case <-ctx.Done():
			require.Fail(t, "not said: "+want)
		}
	}
}
