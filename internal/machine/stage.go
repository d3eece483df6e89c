package machine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/friendpay/friendpay/internal/catalogue"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// BuyerSide is the side of the buyer's page; a friend's side is his invite's id, and behind a
// dot his own, if he had logged in.
const BuyerSide = "buyer"

// maxScreens bounds how many sides are shown at once; the first invites come first.
const maxScreens = 12

// Screen is what one side saw at a moment.
type Screen struct {
	Side  string
	Kind  string // "link", "pay", "result", "notice" or "buyer"; empty until it is drawn
	HTML  string // empty until it is drawn
	Gaps  []Gap
	Stage Stage
}

// Stage is what one side's page is drawn from, as it was at a moment.
type Stage struct {
	Side    string
	At      time.Time
	Link    store.Link   // of a friend; for the buyer only request and order
	Facts   policy.Facts // what the rules looked at, with the catalogue of the moment
	Entered bool         // somebody had come in by the link
	Shown   *providers.Presentation
	Invites []store.Invite // for the buyer: the links that he sends, the oldest first
	Since   Since
}

// Since is what other rows than the request's say of it, as far as it had happened.
type Since struct {
	Thanks store.Thanks
	Taken  map[string]time.Time // when providers took refunds on, by number
}

// since reads it. What is kept of both is when it was first so, which never changes.
func (m *Machine) since(ctx context.Context, p *Page) (known Since, err error) {
	if known.Thanks, err = m.Rows.Thanks(ctx, p.Request.ID); err != nil {
		return known, err
	}
	if known.Thanks.At.After(p.At) {
		known.Thanks = store.Thanks{}
	}
	if known.Taken, err = m.Rows.RefundsTaken(ctx, p.Request.ID); err != nil {
		return known, err
	}
	maps.DeleteFunc(known.Taken, func(_ string, at time.Time) bool { return at.After(p.At) })
	return known, nil
}

// Draw fills in the screens of a page in a language.
func (m *Machine) Draw(ctx context.Context, p *Page, locale web.Locale) error {
	for i := range p.Screens {
		if err := m.paint(ctx, &p.Screens[i], locale); err != nil {
			return err
		}
	}
	return nil
}

// Screen is one drawn side of a request at a moment; not_found "unknown_side" when there was
// no such side, and what SnapshotAt says when the request is not known then.
func (m *Machine) Screen(
	ctx context.Context, request, side string, at time.Time, locale web.Locale,
) (Screen, error) {
	p, err := m.Load(ctx, request, at)
	if err != nil {
		return Screen{}, err
	}
	i := slices.IndexFunc(p.Screens, func(s Screen) bool { return s.Side == side })
	if i < 0 {
		return Screen{}, models.Refuse(models.NotFound, "unknown_side", "Nobody saw the request on that side then.")
	}
	return p.Screens[i], m.paint(ctx, &p.Screens[i], locale)
}

func (m *Machine) paint(ctx context.Context, s *Screen, locale web.Locale) (err error) {
	if m.Painter == nil {
		return nil
	}
	s.HTML, s.Kind, err = m.Painter.Paint(ctx, s.Stage, locale)
	if err != nil {
		return fmt.Errorf("draw the screen of %s: %w", s.Side, err)
	}
	return nil
}

// screens lists both sides as they were: the buyer's, and of each invite that of everybody who
// had come in by it, or of whoever might have opened it.
func (m *Machine) screens(ctx context.Context, p *Page) ([]Screen, error) {
	version, err := m.Rows.CatalogueAsOf(ctx, p.At)
	if err != nil {
		return nil, err
	}
	known, err := catalogue.At(ctx, m.Rows, version)
	if err != nil {
		return nil, err
	}
	invites, err := m.Rows.InvitesAt(ctx, p.Request.ID, p.At)
	if err != nil {
		return nil, err
	}
	told, err := m.Rows.Decisions(ctx, store.DecisionFilter{
		Order: p.Request.Order, Request: p.Request.ID, Side: store.FriendSide, Until: p.At, Limit: 100,
	})
	if err != nil {
		return nil, err
	}
	set := scenery{page: p, known: known, told: told}
	if set.came, err = m.Rows.VisitorsAt(ctx, p.Request.ID, p.At); err != nil {
		return nil, err
	}
	if set.since, err = m.since(ctx, p); err != nil {
		return nil, err
	}
	if set.cohort, err = m.Rows.Cohort(ctx, p.Request.ID); err != nil {
		return nil, err
	}
	if set.card, err = m.Rows.CardAt(ctx, p.Request.ID, p.At); err != nil {
		return nil, err
	}
	if set.channels, err = m.Rows.ChannelsAt(ctx, p.Request.App, version); err != nil {
		return nil, err
	}
	buyer, err := m.buyer(ctx, set, invites)
	list := []Screen{buyer}
	for _, invite := range invites {
		for _, payer := range set.visitors(invite.ID) {
			if err == nil && len(list) < maxScreens {
				var screen Screen
				screen, err = m.friend(ctx, set, invite, payer)
				list = append(list, screen)
			}
		}
	}
	return list, err
}

func (m *Machine) friend(
	ctx context.Context, set scenery, invite store.PastInvite, payer string,
) (Screen, error) {
	p := set.page
	screen := Screen{Side: invite.ID}
	if payer != "" {
		screen.Side += "." + payer
	}
	if !invite.Kept {
		screen.Gaps = append(screen.Gaps, Gap{GapInvite, invite.ID})
	}
	link := store.Link{
		Invite: invite.Invite, Request: p.Request, Order: set.order(), App: p.App, Channels: set.channels,
		Catalogue: set.known.Version, Released: set.cohort.Released, Told: payer != "", Card: set.card,
	}
	if payer != "" {
		var err error
		if link.Payer, err = m.Rows.PayerAt(ctx, payer); err != nil {
			return screen, err
		}
		if link.Payer == nil {
			screen.Gaps = append(screen.Gaps, Gap{GapPayer, payer})
			link.Payer = &store.Payer{ID: payer}
		}
	}
	screen.Stage = Stage{
		Side: screen.Side, At: p.At, Link: link, Since: set.since,
		Entered: payer != "" || !invite.ExchangedAt.IsZero() && !invite.ExchangedAt.After(p.At),
	}
	if err := set.ask(&screen, payer); err != nil {
		return screen, err
	}
	return screen, m.way(ctx, &screen, ownNewest(p.Request, payer))
}

func (m *Machine) buyer(ctx context.Context, set scenery, invites []store.PastInvite) (Screen, error) {
	p := set.page
	screen := Screen{Side: BuyerSide, Stage: Stage{
		Side: BuyerSide, At: p.At,
		Link:  store.Link{Request: p.Request, Order: set.order(), App: p.App, Card: set.card},
		Facts: policy.Facts{Catalogue: set.known, Now: p.At}, Since: set.since,
	}}
	for _, invite := range invites {
		screen.Stage.Invites = append(screen.Stage.Invites, invite.Invite)
		if !invite.Kept {
			screen.Gaps = append(screen.Gaps, Gap{GapInvite, invite.ID})
		}
	}
	own, _ := p.Request.Attempt(p.Request.Slot)
	if !own.ByBuyer {
		return screen, nil
	}
	return screen, m.way(ctx, &screen, own)
}

// way finds where an attempt was to be paid, while it could be.
func (m *Machine) way(ctx context.Context, screen *Screen, a models.Attempt) error {
	if a.State != models.LiveAttempt {
		return nil
	}
	shown, err := m.Rows.Presentation(ctx, a.Number)
	if models.CodeOf(err) == models.NotFound {
		screen.Gaps = append(screen.Gaps, Gap{GapAddress, a.Number})
		return nil
	}
	screen.Stage.Shown = &shown
	return err
}

func ownNewest(r models.Request, payer string) (newest models.Attempt) {
	for _, a := range r.Attempts {
		if payer != "" && a.Payer == payer && !a.ByBuyer {
			newest = a
		}
	}
	return newest
}
