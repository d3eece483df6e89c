package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/facts"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

type placeIn struct {
	Body struct {
		Order     *OrderIn     `json:"order,omitempty" doc:"Merchants: registered and asked for at once."`
		OrderID   string       `json:"order_id,omitempty" maxLength:"64" doc:"One registered already."`
		ExpiresIn int64        `json:"expires_in_seconds,omitempty" minimum:"60" maximum:"259200" doc:"A wish."`
		Message   string       `json:"message,omitempty" maxLength:"60" doc:"Leads the share text."`
		Shows     models.Shows `json:"shows,omitempty" enum:"full,category,surprise" doc:"What friends see."`
		Surface   string       `json:"surface,omitempty" pattern:"^[a-z_]{1,32}$" doc:"Where it is sent."`
	}
}

type placeOut struct {
	Status int
	Body   PlacedView
}

// PlacedView is a request with its link.
type PlacedView struct {
	RequestView
	Link *LinkView `json:"link,omitempty" doc:"Missing in a 202: call again with the same key."`
}

// open are the states in which a request stands in the way of another for its order.
var openStates = []models.State{
	models.Checking, models.Open, models.Paying, models.Confirming, models.Applying, models.Paused,
	models.Closing,
}

// placeRequest asks for a friend's help. An order has one open request: asking
// again gives that one, with the same link.
func (s *Server) placeRequest(ctx context.Context, in *placeIn) (*placeOut, error) {
	order, answer, err := s.orderToPay(ctx, in)
	if err != nil {
		return nil, err
	}
	leave, err := s.turns.take(ctx, order.ID)
	if err != nil {
		return nil, err
	}
	defer leave()
	if known, found, err := s.openRequest(ctx, order); err != nil || found {
		if found {
			err = s.saidAgain(ctx, known, order, in.card())
		}
		return s.placed(ctx, in, placing{known, order, http.StatusOK}, err)
	}
	request, err := s.draft(ctx, order, seconds(in.Body.ExpiresIn))
	if err != nil {
		return nil, err
	}
	cohort := store.Cohort{
		Request: request.ID, Released: answer.facts.Released, Catalogue: answer.facts.Catalogue.Version,
	}
	if err := s.Store.SaveCohort(ctx, cohort); err != nil {
		return nil, err
	}
	if err := s.beginCard(ctx, request, in.card()); err != nil {
		return nil, err
	}
	after, err := s.Door.Place(ctx, request)
	switch {
	case stillWorking(err):
		view := PlacedView{RequestView: viewRequest(request, order)}
		return &placeOut{Status: http.StatusAccepted, Body: view}, nil
	case reasonOf(err) == "request_open": // another call was faster
		known, _, err := s.openRequest(ctx, order)
		if err == nil {
			err = s.saidAgain(ctx, known, order, in.card())
		}
		return s.placed(ctx, in, placing{known, order, http.StatusOK}, err)
	case err == nil && after.State == models.Ineligible:
		return nil, ineligible(answer.Reasons)
	}
	return s.placed(ctx, in, placing{after, order, http.StatusCreated}, err)
}

// orderToPay is the order that the body speaks of, once the rules have said yes
// to it; one that was told is stored then.
func (s *Server) orderToPay(ctx context.Context, in *placeIn) (store.Order, judged, error) {
	order, err := s.orderOf(ctx, in.Body.Order, in.Body.OrderID)
	if err == nil {
		err = showable(in.card().on(store.OpenCard), order)
	}
	if err != nil {
		return order, judged{}, err
	}
	answer, err := s.decide(ctx, order, "") // a link that does not open in one place opens in another
	if err == nil {
		err = s.toBuyer(ctx, answer, order, "")
	}
	if err == nil && answer.State != policy.Enabled {
		err = ineligible(answer.Reasons)
	}
	if err == nil && in.Body.Order != nil {
		order.ID = strings.Replace(minted(ctx), mint.Request, mint.Order, 1)
		if order, err = s.Store.CreateOrder(ctx, order); err == nil {
			err = s.toBuyer(ctx, answer, order, "")
		}
	}
	if err == nil && (order.State == store.OrderPaid || order.State == store.OrderCancelled) {
		err = models.Refuse(models.Conflict, "order_"+string(order.State), "Nothing is left to pay.")
	}
	return order, answer, err
}

// card is what the body says that friends may see.
func (in *placeIn) card() CardIn {
	said := CardIn{Shows: in.Body.Shows}
	if in.Body.Message != "" {
		said.Message = &in.Body.Message
	}
	return said
}

func (s *Server) openRequest(ctx context.Context, order store.Order) (models.Request, bool, error) {
	page, err := s.Store.Requests(ctx, store.RequestFilter{
		Merchant: order.Merchant, App: order.App, Order: order.ID, States: openStates, Limit: 1,
	})
	if err != nil || len(page.Items) == 0 || page.Items[0].ID == minted(ctx) {
		return models.Request{}, false, err
	}
	request, err := s.Store.Request(ctx, page.Items[0].ID)
	return request, err == nil, err
}

// draft is the request as its workflow begins it.
func (s *Server) draft(ctx context.Context, order store.Order, wish time.Duration) (models.Request, error) {
	app, err := s.Store.App(ctx, order.App)
	if err != nil {
		return models.Request{}, err
	}
	now, speed := s.Clock().UTC(), s.Config.Speed
	if wish == 0 {
		wish = seconds(app.DefaultExpirySeconds)
	}
	life := policy.LifeOf(facts.Of(order, nil, now, speed).Order, wish, now, speed)
	return models.Request{
		ID: minted(ctx), Order: order.ID, Merchant: order.Merchant, App: order.App, Buyer: order.Buyer,
		Payable: order.Payable, PriceVersion: order.PriceVersion, Agreed: order.Payable,
		Hooked: app.HookURL != "", AcceptLate: seconds(app.AcceptLateSeconds),
		Rules: models.CurrentRules, Speed: speed, Guard: s.Config.Guard, State: models.Checking, EnteredAt: now,
		ExpiresAt: life.ExpiresAt, HardEnd: life.HardEnd,
	}, nil
}

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }

// placing is a request on its way to the answer.
type placing struct {
	request models.Request
	order   store.Order
	status  int
}

func (s *Server) placed(ctx context.Context, in *placeIn, p placing, err error) (*placeOut, error) {
	if err != nil {
		return nil, err
	}
	invite, err := s.firstInvite(ctx, p.request, in.Body.Surface)
	if err != nil {
		return nil, err
	}
	card, err := s.Store.Card(ctx, p.request.ID)
	if err != nil {
		return nil, err
	}
	link := s.linkOf(s.sharing(ctx), invite, card.Message)
	view := PlacedView{RequestView: viewRequest(p.request, p.order), Link: link}
	return &placeOut{Status: p.status, Body: view}, nil
}

// stillWorking says that the engine took the event and has not answered yet.
func stillWorking(err error) bool { return reasonOf(err) == "still_working" }

func reasonOf(err error) string {
	var known *models.Error
	if errors.As(err, &known) {
		return known.Reason
	}
	return ""
}
