package api

import (
	"context"
	"net/http"

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
	State    policy.State    `json:"state" enum:"hidden,disabled,enabled"`
	Channels []ChannelView   `json:"channels" nullable:"false" doc:"In the order to show."`
	LeftOut  []policy.Reason `json:"left_out" nullable:"false"`
	Reasons  []policy.Reason `json:"reasons" nullable:"false" doc:"Why the state is not enabled."`
}

// ChannelView is a way to pay.
type ChannelView struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	NameZH string `json:"name_zh"`
	NameEN string `json:"name_en"`
	// Remaining is known of a friend's link only.
	Remaining *models.Money `json:"remaining_today,omitempty" doc:"What limits leave of today, if any applies."`
}

// eligibility asks the rules about an order, and changes nothing.
func (s *Server) eligibility(ctx context.Context, in *eligibilityIn) (*eligibilityOut, error) {
	order, err := s.orderOf(ctx, in.Body.Order, in.Body.OrderID)
	if err != nil {
		return nil, err
	}
	decision, channels, err := s.decide(ctx, order, in.Body.Surface)
	if err != nil {
		return nil, err
	}
	return &eligibilityOut{Body: EligibilityView{
		State: decision.State, Channels: channelViews(channels, decision), LeftOut: decision.LeftOut,
		Reasons: decision.Reasons,
	}}, nil
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

// decide asks the rules about an order in its app's catalogue.
func (s *Server) decide(
	ctx context.Context, order store.Order, surface string,
) (policy.Decision, []store.Channel, error) {
	channels, err := s.rows(ctx).Channels(ctx, order.App)
	if err != nil {
		return policy.Decision{}, nil, err
	}
	known, err := s.Catalogue.Fresh(ctx)
	if err != nil {
		return policy.Decision{}, nil, err
	}
	asked := facts.Of(order, known, s.Clock(), s.Config.Speed)
	asked.Surface = surface
	if len(known.LimitsOf(order.App)) > 0 {
		if asked.Used, err = s.Store.LimitsUsed(ctx, order); err != nil {
			return policy.Decision{}, nil, err
		}
	}
	return policy.Decide(asked), channels, nil
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
