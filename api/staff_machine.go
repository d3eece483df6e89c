package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/friendpay/friendpay/internal/machine"
	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// timeRoutes are the routes of the time machine.
func (s *Server) timeRoutes() []route {
	return []route{
		{method: get, path: "/v1/staff/requests", who: staff, id: "list-staff-requests",
			summary: "Requests of all merchants, newest first.", mount: operation((*Server).staffRequests)},
		{method: get, path: "/v1/staff/requests/{id}", who: staff, id: "show-staff-request",
			summary: "One request at any moment of its life: money, next, timeline, both sides' screens.",
			mount:   operation((*Server).staffRequest)},
	}
}

type staffRequestsIn struct {
	Merchant string         `query:"merchant" maxLength:"64"`
	App      string         `query:"app" maxLength:"64"`
	Order    string         `query:"order" maxLength:"64" doc:"Our id of it."`
	States   []models.State `query:"state" maxItems:"19" doc:"Any of these."`
	Cursor   string         `query:"cursor" maxLength:"64" doc:"As next of the page before."`
	Limit    int            `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type staffRequestsOut struct {
	Body struct {
		Requests []StaffLineView `json:"requests" nullable:"false"`
		Next     string          `json:"next,omitempty" doc:"There are more; send it as cursor."`
	}
}

// StaffLineView is a request in a list for colleagues. It names no person.
type StaffLineView struct {
	ID        string       `json:"id"`
	Merchant  string       `json:"merchant"`
	App       string       `json:"app"`
	State     models.State `json:"state"`
	Order     OrderRef     `json:"order"`
	Payable   models.Money `json:"payable"`
	NextAt    *time.Time   `json:"next_at,omitempty" doc:"When time itself moves it."`
	ExpiresAt time.Time    `json:"expires_at"`
	EndedAt   *time.Time   `json:"ended_at,omitempty"`
	CreatedAt time.Time    `json:"created_at"`
}

func (s *Server) staffRequests(ctx context.Context, in *staffRequestsIn) (*staffRequestsOut, error) {
	page, err := s.Store.Requests(ctx, store.RequestFilter{
		Merchant: in.Merchant, App: in.App, Order: in.Order, States: in.States, Cursor: in.Cursor, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	out := &staffRequestsOut{}
	out.Body.Next, out.Body.Requests = page.Next, []StaffLineView{}
	for _, l := range page.Items {
		out.Body.Requests = append(out.Body.Requests, StaffLineView{
			ID: l.ID, Merchant: l.Merchant, App: l.App, State: l.State,
			Order: OrderRef{ID: l.Order, Number: l.OrderNumber, Title: l.OrderTitle}, Payable: l.Payable,
			NextAt: timeIfAny(l.NextAt), ExpiresAt: l.ExpiresAt.UTC(), EndedAt: timeIfAny(l.EndedAt),
			CreatedAt: l.CreatedAt.UTC(),
		})
	}
	return out, nil
}

type staffRequestIn struct {
	RequestPath
	At       time.Time `query:"at" doc:"The moment; without it now."`
	Language string    `query:"language" enum:"zh-CN,en" default:"zh-CN" doc:"Of the screens."`
}

type staffRequestOut struct{ Body MachineView }

// MachineView is a request at a moment.
type MachineView struct {
	ID       string           `json:"id"`
	At       time.Time        `json:"at"`
	Live     bool             `json:"live" doc:"The moment is now."`
	Known    bool             `json:"known" doc:"What the request was then has been kept; else see gaps."`
	State    models.State     `json:"state,omitempty"`
	Version  int64            `json:"version,omitempty"`
	App      string           `json:"app"`
	Merchant string           `json:"merchant"`
	Order    OrderRef         `json:"order"`
	Payable  *models.Money    `json:"payable,omitempty"`
	Gaps     []machine.Gap    `json:"gaps" nullable:"false" doc:"What of the moment was not kept."`
	Money    []MoneyView      `json:"money" nullable:"false" doc:"By provider, in minor units."`
	Books    *machine.Books   `json:"books,omitempty" doc:"The ledger's word, of now only."`
	Next     []NextView       `json:"next" nullable:"false" doc:"What happens by itself, in order."`
	Timeline []LifeView       `json:"timeline" nullable:"false" doc:"Oldest first, at most 1000 lines."`
	Refused  []UnverifiedView `json:"refused" nullable:"false" doc:"Callbacks that did not verify."`
	Screens  []ScreenView     `json:"screens" nullable:"false"`
	Offers   []support.Offer  `json:"offers" nullable:"false" doc:"What you may do about it now."`
	Workflow string           `json:"workflow" doc:"Its id in Temporal."`
}

// UnverifiedView counts callbacks that did not verify. Which request they spoke of nobody knows.
type UnverifiedView = store.RefusedCount

// MoneyView is captured − refunded = applied + on_its_way of one provider.
type MoneyView struct {
	Provider string        `json:"provider"`
	Currency string        `json:"currency"`
	Captured int64         `json:"captured"`
	Refunded int64         `json:"refunded"`
	Applied  int64         `json:"applied"`
	OnItsWay int64         `json:"on_its_way"`
	Gap      int64         `json:"gap" doc:"Nothing, unless something is wrong."`
	Payments []PaymentView `json:"payments" nullable:"false"`
}

// PaymentView is one attempt with what became of its money, in minor units.
type PaymentView struct {
	Number      string              `json:"number"`
	Channel     string              `json:"channel"`
	Account     string              `json:"account"`
	ByBuyer     bool                `json:"by_buyer"`
	State       models.AttemptState `json:"state"`
	Disposition models.Disposition  `json:"disposition,omitempty"`
	Reason      string              `json:"reason,omitempty"`
	Quoted      int64               `json:"quoted"`
	Captured    int64               `json:"captured"`
	Refunded    int64               `json:"refunded"`
	OnItsWay    int64               `json:"on_its_way"`
	Applied     int64               `json:"applied"`
	Refunds     []RefundView        `json:"refunds" nullable:"false"`
}

// NextView is something that happens by itself.
type NextView struct {
	At   *time.Time `json:"at,omitempty" doc:"Without it: under way, until there is an answer."`
	Code string     `json:"code"`
	Ref  string     `json:"ref,omitempty"`
	EN   string     `json:"en"`
	ZH   string     `json:"zh"`
}

// LifeView is one line of a request's life.
type LifeView struct {
	At       time.Time       `json:"at"`
	Kind     string          `json:"kind" enum:"transition,invite,told,callback,call,message,case,staff"`
	Ref      string          `json:"ref"`
	Text     string          `json:"text"`
	Detail   json.RawMessage `json:"detail"`
	Later    bool            `json:"later,omitempty" doc:"After the moment looked at."`
	Workflow string          `json:"workflow,omitempty" doc:"In Temporal, if another than the request's."`
}

// ScreenView is what one side saw.
type ScreenView struct {
	Side string        `json:"side" doc:"buyer, or an invite, and behind a dot who had logged in by it."`
	Kind string        `json:"kind" enum:"link,pay,result,notice,buyer"`
	Gaps []machine.Gap `json:"gaps" nullable:"false"`
	HTML string        `json:"html"`
}

func (s *Server) staffRequest(ctx context.Context, in *staffRequestIn) (*staffRequestOut, error) {
	p, err := s.past.Load(ctx, in.ID, in.At)
	if err == nil {
		err = s.past.Draw(ctx, &p, web.Locale(in.Language))
	}
	if err != nil {
		return nil, err
	}
	view := viewMachine(in.ID, p)
	if s.Console.Offers != nil {
		offers, err := s.Console.Offers.Offers(ctx, in.ID, personOf(caller(ctx)))
		if err != nil {
			return nil, err
		}
		view.Offers = append(view.Offers, offers...)
	}
	return &staffRequestOut{Body: view}, nil
}

// personOf is a colleague with the highest of his roles.
func personOf(p Principal) support.Person {
	who := support.Person{Name: p.id(), Role: support.Viewer}
	for _, role := range support.Roles {
		for _, own := range p.Roles {
			if own == string(role) {
				who.Role = role
			}
		}
	}
	return who
}
