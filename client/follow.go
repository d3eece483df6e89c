package client

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// maxEvent bounds one line of a stream, in bytes.
const maxEvent = 1 << 20

// Follow hands every event of the app to do, oldest first, until ctx ends or do fails. after is the No of
// the last event you have; negative: only what comes from now on. A broken connection is made again, and
// goes on where it was; a refusal of the key or the app ends it.
func (a *API) Follow(
	ctx context.Context, app string, after int64, do func(AccountEventView) error,
) error {
	path := "/v1/events/stream"
	if app != "" {
		path += "?app=" + url.QueryEscape(app)
	}
	return follow(ctx, a, path, after, func(e AccountEventView) (int64, error) { return e.No, do(e) })
}

// Watch hands every step of one request to do, from the first, until ctx ends or do fails.
func (a *API) Watch(ctx context.Context, id string, do func(EventView) error) error {
	path := "/v1/requests/" + url.PathEscape(id) + "/stream"
	return follow(ctx, a, path, 0, func(e EventView) (int64, error) { return e.Seq, do(e) })
}

// WatchInvites hands all links of a request to do whenever one of them or the request has changed, until
// ctx ends or do fails. after is the Version of what you have; 0: begin with how they stand. What opens
// the links is not among it: ListInvites tells that.
func (a *API) WatchInvites(ctx context.Context, id string, after int64, do func(InvitesView) error) error {
	path := "/v1/requests/" + url.PathEscape(id) + "/invites/stream"
	return follow(ctx, a, path, after, func(v InvitesView) (int64, error) { return v.Version, do(v) })
}

// follow reads a stream over as many connections as it takes.
func follow[T any](
	ctx context.Context, a *API, path string, after int64, do func(T) (int64, error),
) error {
	for try := 1; ctx.Err() == nil; try++ {
		before, ended := after, error(nil)
		err := a.stream(ctx, path, &after, func(data []byte) error {
			var event T
			if ended = json.Unmarshal(data, &event); ended != nil {
				return fmt.Errorf("read an event: %w", ended)
			}
			var seen int64
			if seen, ended = do(event); ended == nil {
				after = seen
			}
			return ended
		})
		if ended != nil {
			return ended
		}
		if problem := AsProblem(err); problem != nil && lasting(problem) {
			return problem
		}
		if after != before {
			try = 1
		}
		if err := a.doer.pause(ctx, backoff(min(try, maxDoublings))); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// maxDoublings is where the waits between connections have grown to their longest.
const maxDoublings = 8

// lasting is a refusal that no waiting mends.
func lasting(p *Problem) bool {
	return p.Status >= http.StatusBadRequest && p.Status < http.StatusInternalServerError &&
		p.Status != http.StatusTooManyRequests && p.Status != http.StatusRequestTimeout
}

// stream reads one connection to its end. An id that comes without an event says where the stream stands:
// whoever began with what comes from now on goes on from there.
func (a *API) stream(ctx context.Context, path string, after *int64, do func(data []byte) error) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.server+path, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+a.doer.key)
	request.Header.Set("Accept", "text/event-stream")
	if *after >= 0 {
		request.Header.Set("Last-Event-ID", strconv.FormatInt(*after, 10))
	}
	answer, err := a.doer.http.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(io.LimitReader(answer.Body, maxAnswer)) // what is missing of it, its status tells
		return problemOf(answer, body)
	}
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, maxEvent)
	for lines.Scan() {
		if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok && *after < 0 {
			if at, err := strconv.ParseInt(id, 10, 64); err == nil {
				*after = at
			}
		}
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			if err := do([]byte(data)); err != nil {
				return err
			}
		}
	}
	return lines.Err()
}
