package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/models"
)

const (
	// writePatience is how long a client may take to read one event.
	writePatience = 10 * time.Second

	// eventsAtOnce bounds one read; what is left comes with the next.
	eventsAtOnce = 100
)

// feed is what one client follows: whose cap counts, and what he may see of what is new.
type feed struct {
	topic   string // a request's id, or an app's
	subject string
	watch   *watch
	read    reader
	greet   bool // say at once where the stream stands
}

// reader gives what is new after an id, eventsAtOnce at most.
type reader func(ctx context.Context, after int64) ([]told, error)

// told is one server-sent event.
type told struct {
	id   int64
	kind string
	data any
}

// streamRequest follows one request of the caller's.
func (s *Server) streamRequest(c echo.Context) error {
	ctx := c.Request().Context()
	request, err := s.owned(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	view := func(t models.Transition) any { return viewEvent(s.asItStands(ctx, request.ID, t), t) }
	return s.follow(c, s.requestFeed(request.ID, caller(ctx).id(), view))
}

// requestFeed is a request's transitions as view shows them.
func (s *Server) requestFeed(request, subject string, view func(models.Transition) any) feed {
	f := feed{topic: request, subject: subject, watch: s.watch}
	f.read = func(ctx context.Context, after int64) ([]told, error) {
		history, err := s.Store.Transitions(ctx, request, after, eventsAtOnce)
		if err != nil {
			return nil, fmt.Errorf("read transitions: %w", err)
		}
		lines := make([]told, 0, len(history))
		for _, t := range history {
			lines = append(lines, told{id: t.Seq, kind: "transition", data: view(t)})
		}
		return lines, nil
	}
	return f
}

// follow sends what is new from where the client was.
func (s *Server) follow(c echo.Context, f feed) error {
	after, err := lastEvent(c)
	if err != nil {
		return err
	}
	return s.followFrom(c, f, after)
}

// followFrom sends what is new as it is saved: each has a number as its id, so that a
// client that comes back with Last-Event-ID misses nothing. It ends when the longest
// token would have; browsers come back by themselves.
func (s *Server) followFrom(c echo.Context, f feed, after int64) error {
	seat, err := f.watch.sit(f.topic, f.subject)
	if err != nil {
		return err
	}
	defer seat.leave()
	s.gauges.streams.Inc()
	defer s.gauges.streams.Dec()
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no")
	out := &sse{response: c.Response(), control: http.NewResponseController(c.Response())}
	if err := out.send(f.greeting(after)); err != nil {
		return nil // the client has gone, which is no error of ours
	}
	beat, end := time.NewTicker(s.Config.Heartbeat), time.NewTimer(token.Longest)
	defer beat.Stop()
	defer end.Stop()
	for {
		if after, err = s.catchUp(c, f, out, after); err != nil {
			return nil
		}
		select {
		case <-seat.wake:
		case <-beat.C:
			if out.send(": still here\n\n") != nil {
				return nil
			}
		case <-end.C:
			return nil
		case <-f.watch.closing:
			return nil
		case <-c.Request().Context().Done():
			return nil
		}
	}
}

// greeting says when to come back; and to whoever asked for what comes from now on, since when that is.
func (f feed) greeting(after int64) string {
	if f.greet {
		return fmt.Sprintf("retry: 3000\nid: %d\n\n", after)
	}
	return "retry: 3000\n\n"
}

// catchUp sends what the client has not seen and returns the last id he has now.
// A failing database ends the stream; the client comes back.
func (s *Server) catchUp(c echo.Context, f feed, out *sse, after int64) (int64, error) {
	for {
		news, err := f.read(c.Request().Context(), after)
		if err != nil {
			return after, err
		}
		for _, t := range news {
			data, err := json.Marshal(t.data)
			if err != nil {
				return after, fmt.Errorf("write an event: %w", err)
			}
			if err := out.send(fmt.Sprintf("id: %d\nevent: %s\ndata: %s\n\n", t.id, t.kind, data)); err != nil {
				return after, err
			}
			after = t.id
		}
		if len(news) < eventsAtOnce {
			return after, nil
		}
	}
}

// lastEvent is the seq that the client has seen: what its browser remembers, or
// what the page was drawn from.
func lastEvent(c echo.Context) (int64, error) {
	raw := c.Request().Header.Get("Last-Event-ID")
	if raw == "" {
		raw = c.QueryParam("after")
	}
	if raw == "" {
		return 0, nil
	}
	seq, err := strconv.ParseInt(raw, 10, 64)
	if err != nil || seq < 0 {
		refused := models.Refuse(models.Invalid, "bad_event_id", "An event's id is a number.")
		refused.Field = "Last-Event-ID"
		return 0, refused
	}
	return seq, nil
}

// sse writes to one client, with a deadline for each write.
type sse struct {
	response *echo.Response
	control  *http.ResponseController
}

func (s *sse) send(text string) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(writePatience)); err != nil {
		return fmt.Errorf("set the deadline: %w", err)
	}
	if _, err := s.response.Write([]byte(text)); err != nil {
		return fmt.Errorf("write an event: %w", err)
	}
	if err := s.control.Flush(); err != nil {
		return fmt.Errorf("flush an event: %w", err)
	}
	return nil
}
