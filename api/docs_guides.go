package api

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"

	"github.com/labstack/echo/v4"
)

//go:embed docs/guides
var guidesFiles embed.FS

//go:embed docs/examples/webhook/main.go
var webhookExample string

var guides = template.Must(template.ParseFS(guidesFiles, "docs/guides/*.html"))

// docsText is one page of /docs.
type docsText struct {
	Template, Title string
	View            any
	Example         string
}

// guideRoutes are what a developer reads; all of it is ours and loads nothing from elsewhere.
func (s *Server) guideRoutes() []route {
	routes := []route{
		page(get, "/docs/reference", (*Server).docsReference),
		page(get, "/docs/errors", (*Server).docsErrors),
		page(get, "/docs/errors/{reason}", (*Server).docsError),
	}
	for _, g := range guideTexts {
		routes = append(routes, page(get, g.path, func(s *Server, c echo.Context) error {
			return s.docsPage(c, http.StatusOK, g.text(s))
		}))
	}
	return routes
}

var guideTexts = []struct {
	path string
	text func(*Server) docsText
}{
	{"/docs/quickstart", quickstart},
	{"/docs/webhooks", func(*Server) docsText { return docsText{"webhooks", "Webhooks", webhookTries, ""} }},
	{"/docs/events", func(*Server) docsText { return docsText{"events", "Events", eventsExplained, ""} }},
	{"/docs/idempotency", func(*Server) docsText { return docsText{"idempotency", "Idempotency", nil, ""} }},
	{"/docs/order-hook", func(*Server) docsText { return docsText{"order-hook", "Order hook", nil, ""} }},
}

func quickstart(s *Server) docsText {
	at := orDefault(s.Config.PublicURL, "http://127.0.0.1:8080")
	return docsText{"quickstart", "Quickstart", at, webhookExample}
}

func (s *Server) docsContents(c echo.Context) error {
	return s.docsPage(c, http.StatusOK, docsText{Template: "contents", Title: "Docs"})
}

func (s *Server) docsPage(c echo.Context, status int, text docsText) error {
	var view any = text
	if text.Template == "reference" {
		view = text.View
	}
	var drawn bytes.Buffer
	if err := guides.ExecuteTemplate(&drawn, text.Template, view); err != nil {
		return fmt.Errorf("draw a page of the docs: %w", err)
	}
	return c.HTMLBlob(status, drawn.Bytes())
}

// webhookTries is the schedule in words: TestTheScheduleOnThePageIsKept holds it against the one
// that is kept.
const webhookTries = "5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h"

type eventExplained struct{ Type, When string }

// eventsExplained says when each event is sent; a test holds it against the vocabulary.
var eventsExplained = []eventExplained{
	{"request.opened", "The rules say yes: the link may be shared."},
	{"request.paying", "A friend, or the buyer, has taken the slot and is at the cashier."},
	{"request.slot_freed", "He gave up, was refused, or took too long; the next one may pay."},
	{"request.settled", "Paid, and your order took the money. Deliver. attempt and amount say what came in."},
	{"request.price_risen", "You told a higher price: the buyer has to agree; time stands still."},
	{"request.paused", "Staff hold the request."},
	{"request.resumed", "It goes on."},
	{"request.ended", "It is over without being settled: state says how (expired, cancelled, ineligible …)."},
	{"request.money_returning", "Money that the order did not take, late, doubled or mismatched, goes back. " +
		"reason says why. Nothing to do for you."},
	{"request.refunding", "A refund that you asked for is on its way."},
	{"request.refunded", "It has arrived: refund and amount say which and how much."},
	{"request.refund_stuck", "It cannot arrive as it is; staff or the friend are asked. reason says why."},
	{"request.reminder", "Nobody has paid, and we know no friend to remind: tell your buyer, if you like. " +
		"reason says which: reminder_pledge, reminder_half or reminder_last."},
}
