package chaos

import (
	"context"
	"fmt"

	"github.com/friendpay/friendpay/models"
)

// inboxRow is what the inbox says of one event.
type inboxRow struct{ Key, Status, Reason string }

// checkInbox is A3: each delivery that was answered 2xx is a row that was carried, and each row is an event
// that the provider made.
func checkInbox(ctx context.Context, a *audit) (int, []string, error) {
	found, err := rows[inboxRow](ctx, a.town, "SELECT event_key, status, reason FROM provider_events")
	if err != nil {
		return 0, nil, err
	}
	inbox := map[string]inboxRow{}
	var broken []string
	for _, row := range found {
		inbox[row.Key] = row
		if !a.truth.events[row.Key] {
			broken = append(broken, row.Key+" is no event of the provider's")
		}
	}
	checked := 0
	for _, e := range a.truth.sent {
		if e.Status/100 != 2 {
			continue
		}
		checked++
		row, kept := inbox[e.Event]
		switch {
		case !kept:
			broken = append(broken, e.Event+" was acknowledged and is not stored")
		case row.Status == "pending":
			broken = append(broken, e.Event+" was never carried")
		}
	}
	return checked, broken, nil
}

// checkPlaced is A4.
func checkPlaced(ctx context.Context, a *audit) (int, []string, error) {
	type placed struct{ Order, Request string }
	found, err := rows[placed](ctx, a.town,
		"SELECT o.number, r.id FROM requests r JOIN orders o ON o.id = r.order_id")
	if err != nil {
		return 0, nil, err
	}
	numbers, err := a.texts(ctx, "SELECT number FROM refunds")
	if err != nil {
		return 0, nil, err
	}
	requests, refunds := map[string][]string{}, map[string]bool{}
	for _, row := range found {
		requests[row.Order] = append(requests[row.Order], row.Request)
	}
	for _, number := range numbers {
		refunds[number] = true
	}
	var broken []string
	a.history.note(func(h *history) {
		for order := range h.orders {
			acknowledged, there := h.placed[order], requests[order]
			switch {
			case len(there) > 1:
				broken = append(broken, fmt.Sprintf("%s was placed %d times", order, len(there)))
			case acknowledged != "" && (len(there) == 0 || there[0] != acknowledged):
				broken = append(broken, fmt.Sprintf("%s was acknowledged as %s, there is %v", order, acknowledged, there))
			}
		}
		for number := range h.asked {
			if !refunds[number] {
				broken = append(broken, "refund "+number+" was acknowledged and is not there")
			}
		}
	})
	return len(a.history.orders) + len(a.history.asked), broken, nil
}

// stepRow is one line of a request's history.
type stepRow struct {
	Request      string
	Seq          int64
	From, To, On string
	State        string
	Last         int64
}

// checkPaths is A5.
func checkPaths(ctx context.Context, a *audit) (int, []string, error) {
	steps, err := rows[stepRow](ctx, a.town, `SELECT t.request_id, t.seq, t.from_state, t.to_state, t.on_event,
		r.state, r.seq FROM transitions t JOIN requests r ON r.id = t.request_id ORDER BY t.request_id, t.seq`)
	if err != nil {
		return 0, nil, err
	}
	var broken []string
	before := stepRow{}
	for i, s := range steps {
		expected := stepRow{Seq: 0, To: string(models.Checking)}
		if s.Request == before.Request {
			expected = before
		}
		from, to, on := models.State(s.From), models.State(s.To), models.EventKind(s.On)
		legal := models.Allows(models.CurrentRules, from, on, to)
		if s.Seq != expected.Seq+1 || s.From != expected.To || !legal {
			broken = append(broken, fmt.Sprintf("%s: line %d, %s → %s on %s", s.Request, s.Seq, s.From, s.To, s.On))
		}
		last := i == len(steps)-1 || steps[i+1].Request != s.Request
		if last && (s.To != s.State || s.Seq != s.Last) {
			broken = append(broken, fmt.Sprintf("%s: its history ends %s at %d, its row %s at %d",
				s.Request, s.To, s.Seq, s.State, s.Last))
		}
		before = s
	}
	return len(steps), broken, nil
}

// checkOutbox is A7.
func checkOutbox(ctx context.Context, a *audit) (int, []string, error) {
	type message struct{ ID, Status, Request, State string }
	found, err := rows[message](ctx, a.town, `SELECT m.id, m.status, m.request_id,
		CASE WHEN m.seq = max(m.seq) OVER (PARTITION BY m.request_id)
			THEN m.payload -> 'data' ->> 'state' ELSE '' END
		FROM messages m WHERE m.kind = 'webhook'`)
	if err != nil {
		return 0, nil, err
	}
	var broken []string
	for _, m := range found {
		newest := a.sink.Newest(m.Request)
		switch {
		case m.Status != "sent":
			broken = append(broken, m.ID+" is "+m.Status)
		case a.sink.Came(m.ID) == 0:
			broken = append(broken, m.ID+" is sent, the merchant never heard it")
		case m.State != "" && models.State(m.State) != newest:
			broken = append(broken, fmt.Sprintf("%s: the merchant believes %s, not %s", m.Request, newest, m.State))
		}
	}
	if forged := a.sink.Forged(); forged > 0 {
		broken = append(broken, fmt.Sprintf("%d webhooks did not verify", forged))
	}
	return len(found), broken, nil
}

// checkKeys is what repeated calls were answered.
func checkKeys(_ context.Context, a *audit) (checked int, broken []string, err error) {
	a.history.note(func(h *history) { checked, broken = h.replays, h.twice })
	return checked, broken, nil
}

// checkForged is A8.
func checkForged(_ context.Context, a *audit) (checked int, broken []string, err error) {
	a.history.note(func(h *history) { checked, broken = h.forged, append(broken, h.believed...) })
	for _, e := range a.truth.sent {
		for _, mode := range []string{"forged", "truncated", "stale", "foreign_account"} {
			if len(e.Note) > len(mode) && e.Note[len(e.Note)-len(mode):] == mode {
				checked++
				if e.Status/100 == 2 {
					broken = append(broken, e.Event+" was "+mode+" and acknowledged")
				}
			}
		}
	}
	return checked, broken, nil
}
