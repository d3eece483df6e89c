package api

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// listener is one open stream.
type listener struct {
	t     *testing.T
	lines *bufio.Scanner
	close func()
	head  http.Header
}

func (w *world) listen(path, as string, headers ...string) *listener {
	w.t.Helper()
	server := httptest.NewServer(w.front())
	ctx, cancel := context.WithTimeout(w.t.Context(), 20*time.Second)
	request, err := http.NewRequestWithContext(ctx, get, server.URL+path, nil)
	require.NoError(w.t, err)
	request.Header.Set("Authorization", "Bearer "+as)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := server.Client().Do(request)
	require.NoError(w.t, err)
	require.Equal(w.t, http.StatusOK, response.StatusCode)
	stop := func() {
		cancel()
		_ = response.Body.Close()
		server.CloseClientConnections()
		server.Close()
	}
	w.t.Cleanup(stop)
	return &listener{t: w.t, lines: bufio.NewScanner(response.Body), close: stop, head: response.Header}
}

// until reads lines up to one that has the prefix, and returns it.
func (l *listener) until(prefix string) string {
	l.t.Helper()
	for l.lines.Scan() {
		if strings.HasPrefix(l.lines.Text(), prefix) {
			return l.lines.Text()
		}
	}
	l.t.Fatalf("the stream ended before %q: %v", prefix, l.lines.Err())
	return ""
}

func TestAStreamTellsWhatHappens(t *testing.T) {
	w := newWorld(t)
	id := w.place()
	stream := w.listen("/v1/requests/"+id+"/stream", teaKey)
	require.Equal(t, "text/event-stream; charset=utf-8", stream.head.Get("Content-Type"))
	require.Equal(t, "no", stream.head.Get("X-Accel-Buffering"))
	require.Equal(t, "id: 1", stream.until("id:"))
	require.Contains(t, stream.until("data:"), `"to":"open"`)
	stream.until(": still here")

	w.pay(id)
	for seq := range 5 {
		require.Equal(t, "id: "+string(rune('2'+seq)), stream.until("id:"))
	}
	stream.until("data:")

	missed := w.listen("/v1/requests/"+id+"/stream", teaKey, "Last-Event-ID", "5")
	require.Equal(t, "id: 6", missed.until("id:"))
	require.Contains(t, missed.until("data:"), `"to":"settled"`)
}

func TestStreamsOfOneSubjectAreCapped(t *testing.T) {
	w := newWorld(t)
	path := "/v1/requests/" + w.place() + "/stream"
	first := w.listen(path, teaKey)
	first.until("id:")
	w.listen(strings.TrimSuffix(path, "stream")+"invites/stream", teaKey).until("retry:") // of whatever kind
	refused := w.call(get, path, teaKey, "")
	require.Equal(t, http.StatusTooManyRequests, refused.Code, refused.Body)
	require.Equal(t, "too_many_streams", refused.text("reason"))
	w.listen(path, w.buyerToken("mer_tea", "app_tea", "buyer-1")).until("id:")

	first.close()
	require.Eventually(t, func() bool {
		w.server.watch.seats.mu.Lock()
		defer w.server.watch.seats.mu.Unlock()
		return w.server.watch.seats.seated == 2
	}, 10*time.Second, 10*time.Millisecond)
	w.listen(path, teaKey).until("id:")
}

func TestDrainingEndsStreams(t *testing.T) {
	w := newWorld(t)
	stream := w.listen("/v1/requests/"+w.place()+"/stream", teaKey)
	stream.until("id:")
	w.server.Drain()
	for stream.lines.Scan() {
		require.NotContains(t, stream.lines.Text(), "error")
	}
	require.NoError(t, stream.lines.Err())
	refused := w.call(get, "/v1/requests/"+w.place()+"/stream", teaKey, "")
	require.Equal(t, http.StatusServiceUnavailable, refused.Code, refused.Body)
}

// However many watch, one query a tick asks; when nobody does, none.
func TestWatchersShareOneLook(t *testing.T) {
	t.Parallel()
	var looks, failures atomic.Int64
	w := &watch{
		heads: func(_ context.Context, requests []string) (map[string]int64, error) {
			if looks.Add(1) == 1 {
				return nil, errors.New("the database is away")
			}
			heads := map[string]int64{}
			for _, id := range requests {
				heads[id] = 1
			}
			return heads, nil
		},
		tick: 5 * time.Millisecond, seats: newSeats(1000), failed: func(error) { failures.Add(1) },
		closing: make(chan struct{}), topics: map[string]*topic{},
	}
	var seats []seat
	for range 500 {
		taken, err := w.sit("fpr_1", "merchant:1")
		require.NoError(t, err)
		seats = append(seats, taken)
	}
	for _, taken := range seats {
		<-taken.wake
	}
	require.LessOrEqual(t, looks.Load(), int64(50))
	require.EqualValues(t, 1, failures.Load())
	for _, taken := range seats {
		taken.leave()
	}
	require.Eventually(t, func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return !w.running && len(w.topics)+len(w.seats.subjects)+w.seats.seated == 0
	}, 10*time.Second, time.Millisecond)
}
