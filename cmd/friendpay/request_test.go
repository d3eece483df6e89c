package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/client"
)

// house plays friendpay: each path answers as the test says.
func playHouse(t *testing.T, answers map[string]http.HandlerFunc) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		known := r.Header.Get("Authorization") == "Bearer fpk_test_1"
		if answer := answers[r.Method+" "+r.URL.Path]; answer != nil && known {
			w.Header().Set("Content-Type", "application/json")
			answer(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"status":404,"code":"not_found","reason":"unknown_request","detail":"No such."}`)
	}))
	t.Cleanup(server.Close)
	t.Setenv("FRIENDPAY_URL", server.URL)
	t.Setenv("FRIENDPAY_API_KEY", "fpk_test_1")
}

const aRequest = `{"id":"fpr_1","state":"open","payable":{"minor":12905,"currency":"CNY"},` +
	`"order":{"number":"1042"},` +
	`"expires_at":"2026-11-22T04:00:00Z","created_at":"2026-11-22T03:00:00Z"`

func TestARequestIsPlacedFromTheCommandLine(t *testing.T) {
	var sent struct {
		Order struct {
			Number  string `json:"number"`
			Payable struct {
				Minor int64 `json:"minor"`
			} `json:"payable"`
		} `json:"order"`
	}
	playHouse(t, map[string]http.HandlerFunc{
		"POST /v1/requests": func(w http.ResponseWriter, r *http.Request) {
			require.Equal(t, "1042", r.Header.Get("Idempotency-Key"), "the order's number names the wish")
			require.NoError(t, json.NewDecoder(r.Body).Decode(&sent))
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, aRequest+`,"link":{"url":"https://pay.example.com/f/x"}}`)
		},
		"GET /v1/requests": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"requests":[`+aRequest+`}],"next":"c2"}`)
		},
	})
	out, _, err := run(t, "request", "create", "--amount", "12905", "--number", "1042")
	require.NoError(t, err)
	require.Equal(t, int64(12905), sent.Order.Payable.Minor)
	require.Contains(t, out, "fpr_1  open  129.05 CNY\nlink   https://pay.example.com/f/x\n")

	out, _, err = run(t, "request", "list")
	require.NoError(t, err)
	require.Contains(t, out, "1042")
	require.Contains(t, out, "--cursor c2")
	out, _, err = run(t, "request", "list", "--json")
	require.NoError(t, err)
	var row client.RequestLineView
	require.NoError(t, json.Unmarshal([]byte(out), &row), "one object a line")
	require.Equal(t, "fpr_1", row.ID)

	_, _, err = run(t, "request", "show", "fpr_2")
	require.Equal(t, "unknown_request", client.AsProblem(err).Reason)
	var usage usageError
	require.NotErrorAs(t, err, &usage, "a refusal is a failure")
}

func TestMistakesOfAMerchantsCallsAreTold(t *testing.T) {
	t.Setenv("FRIENDPAY_API_KEY", "fpk_live_1")
	var usage usageError
	for _, args := range [][]string{
		{"request", "create"}, {"request"}, {"trigger"}, {"trigger", "request.settled"}, {"trigger", "nonsense"},
		{"listen", "--forward", "http://shop.example/hook"}, {"listen", "--forward", "nonsense"},
		{"listen", "--events", "request.imagined"}, {"request", "list", "--url", "http://pay.example.com"},
	} {
		_, _, err := run(t, args...)
		require.ErrorAs(t, err, &usage, args)
	}
	t.Setenv("FRIENDPAY_WEBHOOK_SECRET", "nonsense!")
	_, _, err := run(t, "listen")
	require.ErrorAs(t, err, &usage)
	t.Setenv("FRIENDPAY_API_KEY", "")
	_, _, err = run(t, "request", "list")
	require.ErrorAs(t, err, &usage)
	require.ErrorContains(t, err, "FRIENDPAY_API_KEY")
}

// What listen forwards is signed so that the helper of our own client proves it.
func TestListenSignsWhatItForwards(t *testing.T) {
	const secret = "whsec_bmV3ZXItc2VjcmV0LW5ld2VyLXNlY3JldA=="
	t.Setenv("FRIENDPAY_WEBHOOK_SECRET", secret)
	var proven []client.Event
	hooks := client.Webhooks{Secrets: []string{secret}}
	shop := httptest.NewServer(hooks.Handler(func(_ *http.Request, e client.Event) error {
		proven = append(proven, e)
		return nil
	}))
	defer shop.Close()
	event := func(no, kind string) string {
		return "id: " + no + "\ndata: {\"no\":" + no + `,"id":"msg_` + no + `","body":{"type":"` + kind +
			`","data":{"request":"fpr_1"}}}` + "\n\n"
	}
	var connections int
	playHouse(t, map[string]http.HandlerFunc{
		"GET /v1/events/stream": func(w http.ResponseWriter, r *http.Request) {
			if connections++; connections > 1 {
				require.Equal(t, "3", r.Header.Get("Last-Event-ID"), "it goes on where the line broke")
				w.Header().Set("Content-Type", "application/problem+json")
				w.WriteHeader(http.StatusUnauthorized) // the key ends, and so does listen
				_, _ = io.WriteString(w, `{"status":401,"reason":"unauthenticated","detail":"No."}`)
				return
			}
			_, _ = io.WriteString(w, event("2", "request.settled")+event("3", "request.opened"))
		},
	})
	out, _, err := run(t, "listen", "--forward", shop.URL+"/hooks", "--events", "request.settled")
	require.Equal(t, "unauthenticated", client.AsProblem(err).Reason)
	require.Len(t, proven, 1, "what was not asked for is not forwarded")
	require.Equal(t, "msg_2", proven[0].ID)
	require.Equal(t, "fpr_1", proven[0].Data.Request)
	require.Contains(t, out, secret)
	require.Contains(t, strings.Join(strings.Fields(out), " "), "2 request.settled fpr_1 204 in")
}
