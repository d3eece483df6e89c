package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/friendpay/friendpay/internal/facts"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

type eligibilityIn struct {
	Body struct {
		Order   *OrderIn `json:"order,omitempty" doc:"From the merchant's server; nothing is stored."`
		OrderID string   `json:"order_id,omitempty" maxLength:"64" doc:"An order that is registered already."`
		Surface string   `json:"surface,omitempty" pattern:"^[a-z_]{1,32}$" doc:"Where it is asked."`
	}
}

type eligibilityOut struct{ Body EligibilityView }

// EligibilityView says whether an order may be friend-paid, and why not.
type EligibilityView struct {
	State    policy.State  `json:"state" enum:"hidden,disabled,enabled"`
	Channels []ChannelView `json:"channels" nullable:"false" doc:"In the order to show."`
	LeftOut  []ReasonView  `json:"left_out" nullable:"false" doc:"Which other channels there are, and why not."`
	Reasons  []ReasonView  `json:"reasons" nullable:"false" doc:"Why the state is not enabled."`
	Asks     []ChannelView `json:"asks" nullable:"false" doc:"Ways to ask a friend; nobody pays by them."`
	Warnings []Warning     `json:"warnings,omitempty" doc:"What is likely a mistake, and decided nothing."`
}

// Warning is of something that is likely a mistake.
type Warning struct {
	Code    string `json:"code" enum:"unknown_kind"`
	Field   string `json:"field"`
	Message string `json:"message"`
	Fix     string `json:"fix"`
}

// warnings are about what was told of an order.
func warnings(asked policy.Facts) []Warning {
	if asked.Catalogue.KnowsKind(asked.App, asked.Order.Kind) {
		return nil
	}
	return []Warning{{Code: "unknown_kind", Field: "order.kind",
		Message: "No rule speaks of this kind of order, so none of those about kinds applied.",
		Fix:     "One of " + strings.Join(policy.OrderKinds, ", ") + ", or a row of its own in the catalogue.",
	}}
}

// ChannelView is a way to pay.
type ChannelView struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	NameZH string `json:"name_zh"`
	NameEN string `json:"name_en"`

	Quote *QuoteView `json:"quote,omitempty" doc:"What the order costs through it."`
	// Remaining is known of a friend's link only.
	Remaining *models.Money `json:"remaining_today,omitempty" doc:"What limits leave of today, if any applies."`
}

// eligibility asks the rules about an order; what it says of a registered one is kept.
func (s *Server) eligibility(ctx context.Context, in *eligibilityIn) (*eligibilityOut, error) {
	order, err := s.orderOf(ctx, in.Body.Order, in.Body.OrderID)
	if err != nil {
		return nil, err
	}
	answer, err := s.decide(ctx, order, in.Body.Surface)
	if err == nil {
		err = s.toBuyer(ctx, answer, order, "")
	}
	if err != nil {
		return nil, err
	}
	view := EligibilityView{
		State: answer.State, Channels: channelViews(answer.channels, answer.Channels),
		LeftOut: answer.reasons(answer.LeftOut), Reasons: answer.reasons(answer.Reasons),
		Asks:     channelViews(answer.channels, policy.AskWays(answer.facts)),
		Warnings: warnings(answer.facts),
	}
	for i := range view.Channels {
		view.Channels[i].Quote = quoteView(answer.facts, view.Channels[i].ID, order.PriceVersion)
	}
	return &eligibilityOut{Body: view}, nil
}

// orderOf is the order that a body speaks of, told or by id; one told is not stored.
func (s *Server) orderOf(ctx context.Context, told *OrderIn, id string) (store.Order, error) {
	switch {
	case (told == nil) == (id == ""):
		return store.Order{}, &models.Error{
			Code: models.Invalid, Reason: "one_order", Message: "Send either order or order_id.", Field: "order",
		}
	case id != "":
		return s.ownOrder(ctx, id)
	}
	return s.told(ctx, *told, mint.ID(mint.Order))
}

// judged is what the rules said of an order, with what they looked at.
type judged struct {
	policy.Decision
	facts    policy.Facts
	channels []store.Channel // of the app
}

// decide asks the rules about an order in its app's catalogue.
func (s *Server) decide(ctx context.Context, order store.Order, surface string) (judged, error) {
	channels, err := s.rows(ctx).Channels(ctx, order.App)
	if err != nil {
		return judged{}, err
	}
	asked, err := s.factsOf(ctx, order, surface)
	return judged{Decision: policy.Decide(asked), facts: asked, channels: channels}, err
}

// factsOf are what the rules look at of an order. While the order has an open request, that
// one's cohort counts, else the one that a request made now would have.
func (s *Server) factsOf(ctx context.Context, order store.Order, surface string) (policy.Facts, error) {
	known, err := s.Catalogue.Fresh(ctx)
	if err != nil {
		return policy.Facts{}, err
	}
	asked := facts.Of(order, known, s.Clock(), s.Config.Speed)
	breakers, err := s.rows(ctx).Breakers(ctx, order.App)
	if err != nil {
		return asked, err
	}
	asked.Surface, asked.Broken = surface, policy.BrokenOn(breakers, surface, asked.Now)
	if len(known.LimitsOf(order.App)) > 0 {
		if asked.Used, err = s.Store.LimitsUsed(ctx, order); err != nil {
			return asked, err
		}
	}
	if asked.Spent, err = s.rows(ctx).PromotionsSpent(ctx, order.App); err != nil {
		return asked, err
	}
	cohort, open, err := s.rows(ctx).OpenCohort(ctx, order.App, order.Number)
	switch {
	case err != nil:
		return asked, err
	case open:
		return facts.Made(asked, cohort.Released), nil
	}
	asked.Released = s.Flags.Released(ctx, known.ChannelsOf(order.App), order.App, order.Buyer)
	return asked, nil
}

// ineligible is the refusal of an order that the rules said no to.
func ineligible(reasons []policy.Reason) *Problem {
	p := newProblem(http.StatusUnprocessableEntity, models.Invalid, "not_eligible",
		"This order cannot be paid by a friend.")
	p.Reasons = reasons
	if len(reasons) > 0 {
		p.Fix = wayOut[reasons[0].Fix]
	}
	return p
}
