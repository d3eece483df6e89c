package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/friendpay/friendpay/store"
)

type decisionsIn struct {
	RequestPath
	Side  string `query:"side" enum:"buyer,friend,engine"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type decisionsOut struct {
	Body struct {
		Decisions []DecisionView `json:"decisions" nullable:"false"`
	}
}

// DecisionView is what was told to somebody, or done, about who may pay with what.
type DecisionView struct {
	ID        string          `json:"id"`
	Side      string          `json:"side" enum:"buyer,friend,engine"`
	Order     string          `json:"order_id"`
	Request   string          `json:"request_id,omitempty"`
	Invite    string          `json:"invite_id,omitempty"`
	Payer     string          `json:"payer_id,omitempty"`
	Surface   string          `json:"surface,omitempty"`
	At        time.Time       `json:"at"`
	Catalogue int64           `json:"catalogue_version"`
	Rules     string          `json:"rules" doc:"Names the rules with their versions."`
	Facts     json.RawMessage `json:"facts" doc:"All that it was taken from."`
	Outcome   json.RawMessage `json:"outcome"`
}

// requestDecisions lists what was told about a request.
func (s *Server) requestDecisions(ctx context.Context, in *decisionsIn) (*decisionsOut, error) {
	request, err := s.Store.Request(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.decisionsOf(ctx, store.DecisionFilter{
		Order: request.Order, Request: request.ID, Side: in.Side, Limit: in.Limit,
	})
}

// orderDecisions lists what was told about an order, whichever request it was for.
func (s *Server) orderDecisions(ctx context.Context, in *decisionsIn) (*decisionsOut, error) {
	order, err := s.Store.Order(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.decisionsOf(ctx, store.DecisionFilter{Order: order.ID, Side: in.Side, Limit: in.Limit})
}

func (s *Server) decisionsOf(ctx context.Context, filter store.DecisionFilter) (*decisionsOut, error) {
	list, err := s.Store.Decisions(ctx, filter)
	if err != nil {
		return nil, err
	}
	out := &decisionsOut{}
	out.Body.Decisions = []DecisionView{}
	for _, d := range list {
		out.Body.Decisions = append(out.Body.Decisions, DecisionView{
			d.ID, d.Side, d.Order, d.Request, d.Invite, d.Payer, d.Surface, d.At.UTC(), d.Catalogue, d.Rules,
			nameless(d.Facts), d.Outcome,
		})
	}
	return out, nil
}

// hiddenBuyer stands where the facts name the buyer: merchants take phones and addresses for ids.
const hiddenBuyer = "•••"

// nameless are facts without the merchant's id of the buyer.
func nameless(facts json.RawMessage) json.RawMessage {
	var members map[string]json.RawMessage
	if json.Unmarshal(facts, &members) != nil || members["buyer"] == nil {
		return facts
	}
	members["buyer"] = json.RawMessage(`"` + hiddenBuyer + `"`)
	told, err := json.Marshal(members)
	if err != nil {
		return nil
	}
	return told
}
