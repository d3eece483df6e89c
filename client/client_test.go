package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/client"
)

// script answers each call as its next line says and keeps what it was asked.
type script struct {
	t     *testing.T
	steps []func(http.ResponseWriter, *http.Request)
	keys  []string
	body  []string
	waits []time.Duration
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	s.keys, s.body = append(s.keys, r.Header.Get("Idempotency-Key")), append(s.body, string(body))
	if err != nil || len(s.steps) == 0 || r.Header.Get("Authorization") != "Bearer fpk_test_1" {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	step := s.steps[0]
	s.steps = s.steps[1:]
	step(w, r)
}

func (s *script) api(steps ...func(http.ResponseWriter, *http.Request)) *client.API {
	s.t.Helper()
	s.steps = steps
	server := httptest.NewServer(s)
	s.t.Cleanup(server.Close)
	api, err := client.NewWith(server.URL, "fpk_test_1", client.Options{
		Pause: func(ctx context.Context, wait time.Duration) error {
			s.waits = append(s.waits, wait)
			return ctx.Err()
		},
	})
	require.NoError(s.t, err)
	return api
}

func says(status int, kind, body string, headers ...string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func refuses(status int, reason string, headers ...string) func(http.ResponseWriter, *http.Request) {
	return says(status, "application/problem+json", fmt.Sprintf(`{"type":"/docs/errors/%[2]s","title":"T",
		"status":%[1]d,"code":"conflict","reason":"%[2]s","detail":"No.","field":"order_id","fix":"Do else.",
		"until":"2026-11-22T04:00:00Z"}`, status, reason), headers...)
}

// hangsUp breaks the connection before an answer.
func hangsUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

const placed = `{"id":"fpr_1","link":{"url":"https://pay.example.com/f/x"}}`

func TestACallIsRepeatedUnderOneKey(t *testing.T) {
	t.Parallel()
	s := &script{t: t}
	api := s.api(hangsUp, refuses(503, "engine_unavailable"), refuses(409, "key_in_flight", "Retry-After", "2"),
		says(201, "application/json", placed))
	got, err := api.Place(t.Context(), "order-1", client.PlaceInBody{OrderID: new("ord_1")})
	require.NoError(t, err)
	require.Equal(t, "https://pay.example.com/f/x", got.Link.URL)
	require.Equal(t, []string{"order-1", "order-1", "order-1", "order-1"}, s.keys)
	require.Contains(t, s.body[3], `"order_id":"ord_1"`, "the body goes with it each time")
	require.Equal(t, []time.Duration{250 * time.Millisecond, 500 * time.Millisecond, 2 * time.Second}, s.waits)
}

func TestARefusalIsTypedAndNotRepeated(t *testing.T) {
	t.Parallel()
	s := &script{t: t}
	_, err := s.api(refuses(409, "order_taken")).Show(t.Context(), "fpr_1")
	problem := client.AsProblem(err)
	require.NotNil(t, problem, err)
	require.Equal(t, "order_taken", problem.Reason)
	require.Equal(t, client.ProblemCode("conflict"), problem.Code)
	require.Equal(t, "order_id", *problem.Field)
	require.Equal(t, "Do else.", *problem.Fix)
	require.Equal(t, 2026, problem.Until.Year())
	require.Equal(t, "order_taken: No. (order_id) Do else.", err.Error())
	require.Len(t, s.keys, 1)
}

func TestPatienceHasAnEnd(t *testing.T) {
	t.Parallel()
	s := &script{t: t}
	down := refuses(503, "engine_unavailable")
	_, err := s.api(down, down, down, down, down).Show(t.Context(), "fpr_1")
	require.Equal(t, "engine_unavailable", client.AsProblem(err).Reason)
	require.Len(t, s.keys, 4)

	long := &script{t: t}
	_, err = long.api(refuses(429, "too_many", "Retry-After", "3600")).Show(t.Context(), "fpr_1")
	require.Equal(t, "too_many", client.AsProblem(err).Reason, "an hour is the caller's to wait")
	require.Empty(t, long.waits)

	strange := &script{t: t}
	_, err = strange.api(says(404, "text/html", "<h1>nginx")).Show(t.Context(), "fpr_1")
	require.Equal(t, "not_friendpay", client.AsProblem(err).Reason)
}

// The engine may take a while: the link comes under the same key.
func TestPlaceWaitsForTheLink(t *testing.T) {
	t.Parallel()
	s := &script{t: t}
	api := s.api(says(202, "application/json", `{"id":"fpr_1"}`), says(201, "application/json", placed))
	got, err := api.Place(t.Context(), "order-1", client.PlaceInBody{})
	require.NoError(t, err)
	require.NotNil(t, got.Link)
	require.Equal(t, []string{"order-1", "order-1"}, s.keys)
}

func TestAKeyIsNotSentInPlainText(t *testing.T) {
	t.Parallel()
	for address, fine := range map[string]bool{
		"https://pay.example.com": true, "http://127.0.0.1:8080": true, "http://localhost:8080/": true,
		"http://[::1]:8080": true, "http://pay.example.com": false, "pay.example.com": false, "ftp://x": false,
	} {
		_, err := client.New(address, "fpk_test_1")
		require.Equal(t, fine, err == nil, address)
	}
	_, err := client.New("https://pay.example.com", "sk_1")
	require.Error(t, err)
	_, err = client.NewWith("http://api:8080", "fpk_test_1", client.Options{Plain: true})
	require.NoError(t, err)
}

func TestFollowGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	var from []string
	event := func(no string) string {
		return "id: " + no + "\nevent: event\ndata: {\"no\":" + no + `,"id":"msg_` + no + "\"}\n\n"
	}
	tells := func(text string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) {
			from = append(from, r.Header.Get("Last-Event-ID"))
			_, _ = io.WriteString(w, "retry: 3000\n\n: still here\n\n"+text)
		}
	}
	s := &script{t: t}
	api := s.api(tells("id: 3\n\n"), tells(event("4")+event("5")), hangsUp,
		refuses(503, "no_streams_left"), tells(event("9")))
	enough := errors.New("enough")
	var seen []string
	err := api.Follow(t.Context(), "", -1, func(e client.AccountEventView) error {
		if seen = append(seen, e.ID); len(seen) == 3 {
			return enough
		}
		return nil
	})
	require.ErrorIs(t, err, enough)
	require.Equal(t, "msg_4 msg_5 msg_9", strings.Join(seen, " "))
	require.Equal(t, []string{"", "3", "5"}, from, "from now on, then from where that was")

	refused := &script{t: t}
	err = refused.api(refuses(401, "unauthenticated")).Follow(t.Context(), "", 0, nil)
	require.Equal(t, "unauthenticated", client.AsProblem(err).Reason, "no waiting makes a key right")
}
