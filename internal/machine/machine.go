// Package machine is the time machine: one request as it stood at any moment of its life,
// what both sides saw then, where the money was, and what was to happen next. It reads what
// was kept and guesses nothing: where something was not kept, it says so.
package machine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/friendpay/friendpay/internal/catalogue"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
	"github.com/friendpay/friendpay/workflows"
)

// Rows is what the machine reads; *store.Store has it all.
type Rows interface {
	catalogue.Rows
	CatalogueAsOf(ctx context.Context, at time.Time) (int64, error)
	Request(ctx context.Context, id string) (models.Request, error)
	SnapshotAt(ctx context.Context, request string, at time.Time) (store.Snapshot, error)
	InvitesAt(ctx context.Context, request string, at time.Time) ([]store.PastInvite, error)
	VisitorsAt(ctx context.Context, request string, at time.Time) ([]store.Visitor, error)
	AppAt(ctx context.Context, id string, at time.Time) (store.App, bool, error)
	ChannelsAt(ctx context.Context, app string, version int64) ([]store.Channel, error)
	PayerAt(ctx context.Context, id string) (*store.Payer, error)
	Order(ctx context.Context, id string) (store.Order, error)
	CardAt(ctx context.Context, request string, at time.Time) (store.Card, error)
	Cohort(ctx context.Context, request string) (store.Cohort, error)
	Decisions(ctx context.Context, filter store.DecisionFilter) ([]store.Decision, error)
	Presentation(ctx context.Context, attempt string) (providers.Presentation, error)
	Timeline(ctx context.Context, request string) ([]store.Moment, error)
	RefusedCallbacks(ctx context.Context, request string, until time.Time) ([]store.RefusedCount, error)
	Totals(ctx context.Context, request string) (store.Totals, error)
	Errands(ctx context.Context, request string) ([]store.Errand, error)
	Thanks(ctx context.Context, request string) (store.Thanks, error)
	RefundsTaken(ctx context.Context, requests ...string) (map[string]time.Time, error)
}

var _ Rows = (*store.Store)(nil)

// Painter draws a page from what is known of a moment, by the very functions that draw it
// live. Secrets by which somebody could pay or come in are hidden in what it draws.
type Painter interface {
	Paint(ctx context.Context, stage Stage, locale web.Locale) (html, kind string, err error)
}

// Machine looks at requests. It is safe for concurrent use.
type Machine struct {
	Rows    Rows
	Painter Painter // nil: screens are listed and not drawn
	Clock   func() time.Time
}

// Page is a request at a moment.
type Page struct {
	Request  models.Request // as it stood at At; zero where Gap says why it is not known
	Order    store.Order    // what it is about; the title is as it was registered
	App      store.App
	At       time.Time
	Live     bool   // At is now
	Gap      string // store.NotYet or store.NotKept; empty: the request is known at At
	Gaps     []Gap  // what else of At is not known
	Timeline []Entry
	Refused  []store.RefusedCount // callbacks that did not verify, by account and reason
	Money    []Money              // by provider
	Books    *Books               // the ledger beside it; nil when looking back: it is kept as it stands only
	Next     []Coming
	Screens  []Screen
	Workflow string // the id in Temporal
	Refunds  map[string]string
}

// Gap is something about a moment that was not kept. Code is stable; the console has the words.
type Gap struct {
	Code  string `json:"code"`
	About string `json:"about,omitempty"` // an id; empty: the request as a whole
}

// The gaps.
const (
	GapInvite    = "invite_now"    // the invite is older than its history: it is shown as it is now
	GapShop      = "shop_now"      // the shop's name is older than its history
	GapPayer     = "payer_gone"    // the payer has been forgotten, or joined with another
	GapTold      = "nobody_told"   // nothing was told through this link by then: drawn for an unknown browser
	GapLimits    = "limits_as_of"  // limits, budgets and outages are those of when something was told last
	GapForgotten = "order_gone"    // the order's buyer has been forgotten
	GapAddress   = "address_gone"  // where to pay is not kept any more
	GapRequest   = "request_state" // the request itself is not known at the moment
)

// Load is a request as it stood at a moment; the zero moment, or one ahead, is now. Unknown
// is not_found "unknown_request". Screens are listed, and drawn by Draw.
func (m *Machine) Load(ctx context.Context, request string, at time.Time) (Page, error) {
	now := m.Clock()
	live := at.IsZero() || !at.Before(now)
	if live {
		at = now
	}
	newest, err := m.Rows.Request(ctx, request)
	if err != nil {
		return Page{}, err
	}
	p := Page{At: at, Live: live, Workflow: workflows.RequestID(request), Refunds: map[string]string{}}
	if err := m.stand(ctx, &p, newest); err != nil {
		return Page{}, err
	}
	if p.Timeline, err = m.timeline(ctx, newest, at); err != nil {
		return Page{}, err
	}
	if p.Refused, err = m.Rows.RefusedCallbacks(ctx, request, at); err != nil {
		return Page{}, err
	}
	if p.Order, err = m.Rows.Order(ctx, newest.Order); err != nil {
		return Page{}, err
	}
	if p.Order.Title == store.ForgottenTitle {
		p.Gaps = append(p.Gaps, Gap{Code: GapForgotten, About: p.Order.ID})
	}
	var kept bool
	if p.App, kept, err = m.Rows.AppAt(ctx, newest.App, at); err != nil {
		return Page{}, err
	}
	if !kept {
		p.Gaps = append(p.Gaps, Gap{Code: GapShop, About: newest.App})
	}
	if p.Gap != "" {
		return p, nil
	}
	return p, m.fill(ctx, &p)
}

// stand finds how the request stood. The newest row needs no history.
func (m *Machine) stand(ctx context.Context, p *Page, newest models.Request) error {
	if p.Live {
		p.Request = newest
		return nil
	}
	then, err := m.Rows.SnapshotAt(ctx, newest.ID, p.At)
	switch reason := reasonOf(err); {
	case reason == store.NotYet || reason == store.NotKept:
		p.Gap = reason
		p.Gaps = append(p.Gaps, Gap{Code: GapRequest})
	case err != nil:
		return err
	}
	p.Request = then.Request
	return nil
}

// fill computes what follows from the request as it stood.
func (m *Machine) fill(ctx context.Context, p *Page) (err error) {
	for _, f := range p.Request.Refunds {
		p.Refunds[f.Number] = workflows.RefundID(f.Number)
	}
	p.Money = Account(p.Request)
	if p.Live {
		totals, err := m.Rows.Totals(ctx, p.Request.ID)
		if err != nil {
			return err
		}
		p.Books = books(totals, p.Money)
	}
	if p.Next, err = m.next(ctx, p); err != nil {
		return err
	}
	if p.Screens, err = m.screens(ctx, p); err != nil {
		return fmt.Errorf("screens: %w", err)
	}
	return nil
}

func reasonOf(err error) string {
	var known *models.Error
	if errors.As(err, &known) {
		return known.Reason
	}
	return ""
}
