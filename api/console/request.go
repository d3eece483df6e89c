package console

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/internal/machine"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
	"github.com/friendpay/friendpay/web/console"
)

var errMoment = models.Error{
	Code: models.Invalid, Reason: "bad_moment", Field: "at", Message: "That is no moment.",
	Fix: "As in 2026-05-01T08:00:00Z.",
}

// moment is the one that the address names; the zero moment is now.
func moment(c echo.Context) (time.Time, error) {
	named := c.QueryParam("at")
	if named == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339Nano, named)
	if err != nil {
		refused := errMoment
		return at, &refused
	}
	return at, nil
}

// showRequest is the time machine's page: a request at a moment of its life.
func (k *Console) showRequest(c echo.Context, who Session) error {
	if k.Machine == nil {
		return errMissing
	}
	ctx := c.Request().Context()
	at, err := moment(c)
	if err != nil {
		return err
	}
	p, err := k.Machine.Load(ctx, c.Param("id"), at)
	if err != nil {
		return err
	}
	view := k.requestView(p, c.Param("id"), locale(c))
	view.filter(short(c.QueryParam("kind")))
	if k.Offers != nil {
		offers, err := k.Offers.Offers(ctx, c.Param("id"), who.Person())
		if err != nil {
			return err
		}
		for _, offer := range offers {
			view.Steps = append(view.Steps, console.Step{
				Command: offer.Command, Subject: offer.Subject, Request: view.ID, Primary: offer.Primary,
			})
		}
	}
	return k.draw(c, who, http.StatusOK, console.Page{Template: console.RequestPage, View: view.Request})
}

// showScreen is what one side saw, in a frame of that page. It is a picture to look at: the
// sandbox runs no script, sends no form and leads nowhere.
func (k *Console) showScreen(c echo.Context, _ Session) error {
	if k.Machine == nil {
		return errMissing
	}
	at, err := moment(c)
	if err != nil {
		return err
	}
	screen, err := k.Machine.Screen(c.Request().Context(), c.Param("id"), c.Param("side"), at, locale(c))
	if err != nil {
		return err
	}
	header := c.Response().Header()
	header.Set("Content-Security-Policy", screenPolicy)
	header.Set("X-Frame-Options", "SAMEORIGIN") // a problem instead of a screen is in no frame
	header.Set("Vary", "Accept-Language")
	return c.HTMLBlob(http.StatusOK, []byte(screen.HTML))
}

const screenPolicy = "sandbox; default-src 'self'; script-src 'none'; img-src 'self' data:; " +
	"object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// requestPage is the view while it is made.
type requestPage struct{ console.Request }

func (k *Console) requestView(p machine.Page, id string, in web.Locale) *requestPage {
	r := p.Request
	v := &requestPage{console.Request{
		ID: id, State: string(r.State), App: p.App.ID,
		Shop: p.App.MerchantName, Order: p.Order.Number,
		Title: p.Order.Title, Amount: r.Payable, At: p.At, Live: p.Live, Gap: p.Gap, Gaps: gapsOf(p.Gaps),
		Workflow: k.workflow(p.Workflow), Refused: refusals(p.Refused),
	}}
	for _, n := range p.Next {
		line := console.NextLine{At: n.At, Words: n.What, Ref: n.Ref}
		if in == web.Chinese {
			line.Words = n.ZH
		}
		if !n.At.IsZero() {
			line.In = n.At.Sub(p.At)
		}
		v.Next = append(v.Next, line)
	}
	for _, m := range p.Money {
		v.Money = append(v.Money, moneyOf(id, m))
	}
	if p.Books != nil {
		v.Disagree = !p.Books.Agree
	}
	for _, s := range p.Screens {
		v.Screens = append(v.Screens, console.Frame{
			Side: s.Side, Buyer: s.Side == machine.BuyerSide, Gaps: gapsOf(s.Gaps),
			Address: "/staff/requests/" + url.PathEscape(id) + "/screens/" + url.PathEscape(s.Side) +
				"?" + url.Values{"at": {p.At.UTC().Format(time.RFC3339Nano)}}.Encode(),
		})
	}
	k.life(v, p)
	return v
}

// life is the timeline, and of each transition the moment at which its state was to be seen.
func (k *Console) life(v *requestPage, p machine.Page) {
	for _, e := range p.Timeline {
		at := address(v.ID, e.At, "")
		line := console.LifeLine{
			At: e.At, Kind: e.Kind, Ref: e.Ref, Text: e.Text, Later: e.Later, Address: at,
			Workflow: k.workflow(e.Workflow),
		}
		known := map[string]json.RawMessage{}
		_ = json.Unmarshal(e.Detail, &known) // the query made it
		if took := plain(known["latency_ms"]); took != "null" {
			line.Took = took
		}
		line.Facts = factsOf(known)
		v.Lines = append(v.Lines, line)
		if e.Kind == "transition" {
			v.Moments = append(v.Moments, console.Moment{
				Seq: e.Ref, At: e.At, Address: at, Text: e.Text, State: plain(known["state"]),
			})
		}
	}
	for i := range v.Moments {
		next := i + 1
		v.Moments[i].Here = !p.Live && !v.Moments[i].At.After(p.At) &&
			(next == len(v.Moments) || v.Moments[next].At.After(p.At))
	}
}

// seen is how long after its judgement a step is surely saved and to be seen.
const seen = 100 * time.Millisecond

func address(id string, at time.Time, kind string) string {
	query := url.Values{}
	if !at.IsZero() {
		query.Set("at", at.UTC().Add(seen).Format(time.RFC3339Nano))
	}
	if kind != "" {
		query.Set("kind", kind)
	}
	return "/staff/requests/" + url.PathEscape(id) + "?" + query.Encode()
}

// filter keeps the lines of one kind, and offers the kinds that there are.
func (v *requestPage) filter(kind string) {
	at := v.At.Add(-seen)
	if v.Live {
		at = time.Time{}
	}
	for _, known := range store.MomentKinds {
		count := 0
		for _, line := range v.Lines {
			if line.Kind == known {
				count++
			}
		}
		if count > 0 {
			v.Kinds = append(v.Kinds, console.KindChip{
				Kind: known, Count: strconv.Itoa(count), On: known == kind, Address: address(v.ID, at, known),
			})
		}
	}
	v.Everything = address(v.ID, at, "")
	if slices.Contains(store.MomentKinds, kind) {
		v.Kind = kind
		v.Lines = slices.DeleteFunc(v.Lines, func(l console.LifeLine) bool { return l.Kind != kind })
	}
}

func gapsOf(gaps []machine.Gap) []console.Gap {
	var list []console.Gap
	for _, gap := range gaps {
		list = append(list, console.Gap(gap))
	}
	return list
}

func refusals(counts []store.RefusedCount) []console.Refused {
	var list []console.Refused
	for _, count := range counts {
		list = append(list, console.Refused(count))
	}
	return list
}

func moneyOf(id string, m machine.Money) console.Provider {
	in := func(minor int64) models.Money { return models.Money{Minor: minor, Currency: m.Currency} }
	view := console.Provider{
		Name: m.Provider, Captured: in(m.Captured), Refunded: in(m.Refunded), Applied: in(m.Applied),
		OnItsWay: in(m.OnItsWay), Gap: in(m.Gap),
	}
	for _, a := range m.Payments {
		payment := console.Payment{
			Number: a.Number, Channel: a.Channel, State: string(a.State), Disposition: string(a.Disposition),
			Quoted: a.Quoted, Captured: in(a.Captured.Minor), Refunded: in(a.Refunded), OnItsWay: in(a.OnItsWay),
			Applied: in(a.Applied), Ask: console.CommandAddress("requery", a.Number, id),
		}
		for _, f := range a.Refunds {
			payment.Refunds = append(payment.Refunds, console.RefundLine{
				Number: f.Number, State: string(f.State), Failure: f.Failure, Amount: f.Amount, Expected: f.ExpectedBy,
				Ask: console.CommandAddress("requery", f.Number, id),
			})
		}
		view.Payments = append(view.Payments, payment)
	}
	return view
}

// workflow is where Temporal's own console shows a run; empty where there is none.
func (k *Console) workflow(id string) string {
	if k.WorkflowURL == nil || id == "" {
		return ""
	}
	return k.WorkflowURL(id)
}
