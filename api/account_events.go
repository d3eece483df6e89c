package api

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/store"
)

// toldStore is what a merchant's own list of events needs.
type toldStore interface {
	Events(ctx context.Context, app string, after int64, limit int) ([]store.Told, error)
	LastEvents(ctx context.Context, apps []string) (map[string]int64, error)
}

// accountRoutes are a merchant's events over all his requests.
func (s *Server) accountRoutes() []route {
	return []route{
		{method: get, path: "/v1/events", who: merchant, scope: webhooksRead, id: "list-account-events",
			summary: "What happened to all requests of an app, as its webhooks tell it; also without any endpoint.",
			mount:   operation((*Server).listAccountEvents)},
		{method: get, path: "/v1/events/stream", who: merchant, scope: webhooksRead,
			id: "stream-account-events", streams: true,
			summary: "The same as it happens, as server-sent events; Last-Event-ID goes on where you were.",
			mount:   plain("text/event-stream", (*Server).streamAccountEvents)},
	}
}

type accountEventsIn struct {
	App   string `query:"app" maxLength:"64" doc:"Needed when your key covers several apps."`
	After int64  `query:"after" minimum:"0" doc:"The next of the page before; 0 begins with the oldest."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type accountEventsOut struct{ Body AccountEventsView }

// AccountEventsView is a page of an app's events, oldest first.
type AccountEventsView struct {
	Events []AccountEventView `json:"events" nullable:"false"`
	Next   int64              `json:"next" doc:"The after of the next call; unchanged when nothing was new."`
}

// AccountEventView is one event of an app.
type AccountEventView struct {
	No   int64        `json:"no" doc:"Counts up within the app, perhaps with holes; the stream's id."`
	ID   string       `json:"id" doc:"The webhook-id: act once on it."`
	Body store.Notice `json:"body" doc:"The very body of the webhook."`
}

// listAccountEvents reads what became of an app's requests. Only durable steps are told.
func (s *Server) listAccountEvents(ctx context.Context, in *accountEventsIn) (*accountEventsOut, error) {
	app, err := caller(ctx).app(in.App)
	if err != nil {
		return nil, err
	}
	told, err := s.Store.Events(ctx, app, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &accountEventsOut{Body: AccountEventsView{Events: []AccountEventView{}, Next: in.After}}
	for _, t := range told {
		view, err := viewTold(t)
		if err != nil {
			return nil, err
		}
		out.Body.Events, out.Body.Next = append(out.Body.Events, view), t.No
	}
	return out, nil
}

func viewTold(t store.Told) (AccountEventView, error) {
	view := AccountEventView{No: t.No, ID: t.ID}
	if err := json.Unmarshal(t.Body, &view.Body); err != nil {
		return view, fmt.Errorf("read an event: %w", err)
	}
	return view, nil
}

// app is the one that is asked about, or the only one of the caller's; another's is not found.
func (p Principal) app(asked string) (string, error) {
	if asked == "" && len(p.Apps) == 1 {
		return p.Apps[0], nil
	}
	if !slices.Contains(p.Apps, asked) {
		return "", unknownApp()
	}
	return asked, nil
}

// streamAccountEvents follows an app's events. Whoever names no place to go on from hears
// what comes from now on.
func (s *Server) streamAccountEvents(c echo.Context) error {
	ctx := c.Request().Context()
	app, err := caller(ctx).app(c.QueryParam("app"))
	if err != nil {
		return err
	}
	after, err := lastEvent(c)
	if err != nil {
		return err
	}
	if c.Request().Header.Get("Last-Event-ID") == "" && c.QueryParam("after") == "" {
		last, err := s.Store.LastEvents(ctx, []string{app})
		if err != nil {
			return err
		}
		after = last[app]
	}
	f := feed{topic: app, subject: caller(ctx).id(), watch: s.appWatch, greet: true}
	f.read = func(ctx context.Context, after int64) ([]told, error) {
		return s.toldAfter(ctx, app, after)
	}
	return s.followFrom(c, f, after)
}

func (s *Server) toldAfter(ctx context.Context, app string, after int64) ([]told, error) {
	events, err := s.Store.Events(ctx, app, after, eventsAtOnce)
	if err != nil {
		return nil, err
	}
	lines := make([]told, 0, len(events))
	for _, e := range events {
		view, err := viewTold(e)
		if err != nil {
			return nil, err
		}
		lines = append(lines, told{id: e.No, kind: "event", data: view})
	}
	return lines, nil
}
