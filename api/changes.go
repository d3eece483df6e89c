package api

import (
	"context"
	"net/http"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
)

type cancelIn struct {
	RequestPath
	OptionalKey
	Body *CancelIn
}

// CancelIn says why and how; it may be left out.
type CancelIn struct {
	Reason string `json:"reason,omitempty" pattern:"^[a-z][a-z0-9_]{0,39}$" doc:"A word, no names."`
	Force  bool   `json:"force,omitempty" doc:"Merchants only: money that wins or waits goes back."`
}

// cancelRequest ends a request. What is payable at the provider is closed first,
// so the answer may say closing.
func (s *Server) cancelRequest(ctx context.Context, in *cancelIn) (*requestOut, error) {
	request, err := s.owned(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	how := orDefault(in.Body, &CancelIn{})
	event := models.Event{Kind: models.MerchantCancelled, Reason: how.Reason}
	switch {
	case caller(ctx).Kind == buyer && how.Force:
		return nil, merchantOnly()
	case caller(ctx).Kind == buyer:
		event.Kind = models.BuyerCancelled
	case how.Force:
		event.Kind, event.Spare = models.MerchantWithdrew, mint.Number() // of the refund that it may owe
	}
	return s.deliver(ctx, request, in.update(ctx), event)
}

type priceIn struct {
	RequestPath
	OptionalKey
	Body struct {
		Payable      Amount `json:"payable"`
		PriceVersion int64  `json:"price_version" minimum:"1" doc:"Above every version before."`
	}
}

// changePrice tells a new price: a lower one holds at once, a higher one pauses
// the request until the buyer agrees. The order row is changed first, because
// the money that comes meanwhile is claimed against it.
func (s *Server) changePrice(ctx context.Context, in *priceIn) (*requestOut, error) {
	request, err := s.owned(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	price := models.Price{Payable: in.Body.Payable.money(), Version: in.Body.PriceVersion}
	event := models.Event{Kind: models.PriceChanged, Price: &price, At: s.Clock()}
	if err := request.Accepts(event); err != nil {
		return nil, err
	}
	if err := s.Store.UpdatePrice(ctx, request.Order, price); err != nil {
		return nil, err
	}
	return s.deliver(ctx, request, in.update(ctx), event)
}

type answerIn struct {
	RequestPath
	OptionalKey
}

// acceptPrice is the buyer's yes to a higher price.
func (s *Server) acceptPrice(ctx context.Context, in *answerIn) (*requestOut, error) {
	return s.answerPrice(ctx, in, models.PriceAccepted)
}

// declinePrice is the buyer's no; it ends the request.
func (s *Server) declinePrice(ctx context.Context, in *answerIn) (*requestOut, error) {
	return s.answerPrice(ctx, in, models.PriceDeclined)
}

func (s *Server) answerPrice(ctx context.Context, in *answerIn, kind models.EventKind) (*requestOut, error) {
	request, err := s.owned(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.deliver(ctx, request, in.update(ctx), models.Event{Kind: kind})
}

type refundIn struct {
	RequestPath
	Body struct {
		Amount *Amount `json:"amount,omitempty" doc:"What whoever paid gets. Missing: all that is left."`
		Order  *Amount `json:"order_amount,omitempty" doc:"Instead: so much of the order; he gets his part of it."`
		Reason string  `json:"reason,omitempty" pattern:"^[a-z][a-z0-9_]{0,39}$" doc:"Your own word, no names."`
	}
}

type refundOut struct {
	Status int
	Body   RefundView
}

// createRefund gives money back to whoever paid. Its number is minted once per
// Idempotency-Key, so that no repetition pays twice.
func (s *Server) createRefund(ctx context.Context, in *refundIn) (*refundOut, error) {
	request, err := s.owned(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	leave, err := s.turns.take(ctx, request.ID)
	if err != nil {
		return nil, err
	}
	defer leave()
	if request, err = s.owned(ctx, in.ID); err != nil { // others were before us
		return nil, err
	}
	number := minted(ctx)
	if known, ok := request.Refund(number); ok { // an earlier call under this key died before its answer
		return &refundOut{Status: http.StatusCreated, Body: viewRefund(request, known)}, nil
	}
	wish, err := in.wish(ctx, request, number)
	if err == nil {
		err = request.Accepts(wish)
	}
	if err != nil {
		return nil, in.exceeds(request, err)
	}
	// Long after the end the run is over: it starts again from the row.
	after, err := s.Door.Post(ctx, request, "refund_"+number, wish)
	if stillWorking(err) {
		wish.At = s.Clock()
		foreseen, _, err := request.Apply(wish)
		if err != nil {
			return nil, err
		}
		asked, _ := foreseen.Refund(number)
		return &refundOut{Status: http.StatusAccepted, Body: viewRefund(request, asked)}, nil
	}
	if err != nil {
		return nil, in.exceeds(after, err)
	}
	refund, found := after.Refund(number)
	if !found {
		return nil, models.Refuse(models.Internal, "refund_lost", "The refund was taken and is not there.")
	}
	return &refundOut{Status: http.StatusCreated, Body: viewRefund(after, refund)}, nil
}

// wish is the refund that is asked for: by what the payer gets, or by how much of the order.
func (in *refundIn) wish(ctx context.Context, r models.Request, number string) (models.Event, error) {
	wish := models.Event{
		Kind: models.RefundAsked, Actor: string(caller(ctx).Kind), Reason: in.Body.Reason, Refund: number,
	}
	amount := leftOf(r)
	switch {
	case in.Body.Amount != nil && in.Body.Order != nil:
		return wish, &models.Error{
			Code: models.Invalid, Reason: "one_amount", Message: "Send either amount or order_amount.",
			Field: "order_amount",
		}
	case in.Body.Order != nil:
		part := in.Body.Order.money()
		wish.OrderAmount, amount = &part, r.ForOrder(r.Winner, part)
		if part.Minor > 0 && amount.Minor == 0 && leftOf(r).Minor > 0 {
			return wish, &models.Error{
				Code: models.Invalid, Reason: "refund_too_small", Field: "order_amount",
				Message: "The payer's part of it is less than the smallest coin.",
			}
		}
	case in.Body.Amount != nil:
		amount = in.Body.Amount.money()
		wish.Money = &amount
	default:
		wish.Money = &amount
	}
	return wish, refundable(r, amount)
}

// refundable names what is wrong with an amount before the law judges the rest.
func refundable(r models.Request, amount models.Money) error {
	switch {
	case r.Winner == "":
		return models.Refuse(models.Conflict, "not_paid", "Nothing has been paid that could be refunded.")
	case amount.Currency != r.Payable.Currency:
		return &models.Error{
			Code: models.Invalid, Reason: "other_currency", Field: "amount.currency",
			Message: "A refund is in the currency of its payment.",
		}
	case amount.Minor <= 0:
		return models.Refuse(models.Conflict, tooMuchBack, "All of the payment has been refunded already.")
	default:
		return nil
	}
}

// leftOf is what of the winning payment has not gone back.
func leftOf(r models.Request) models.Money {
	winner, ok := r.Attempt(r.Winner)
	if !ok {
		return models.Money{Currency: r.Payable.Currency}
	}
	return winner.Captured.Minus(r.Returned(winner.Number))
}
