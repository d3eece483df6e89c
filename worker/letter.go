package worker

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/bojanz/currency"

	"github.com/friendpay/friendpay/store"
)

// send lets one message leave, by its way.
func (o *Outbox) send(ctx context.Context, letter store.Message) error {
	if letter.Kind == store.SMS {
		return o.text(ctx, letter)
	}
	return o.Letters.FanOut(ctx, letter)
}

// text sends a message to the payer's phone. Of a failure only its kind is kept: a
// gateway's words may quote the phone.
func (o *Outbox) text(ctx context.Context, letter store.Message) error {
	phone, err := o.Letters.PayerPhone(ctx, letter.Payer)
	if err != nil {
		return fmt.Errorf("find the payer's phone: %w", err)
	}
	params, err := words(letter.Payload)
	if err != nil {
		return err
	}
	if err := o.SMS.Send(ctx, phone, letter.Type, params); err != nil {
		return fmt.Errorf("the gateway did not take it: %s", reason(err))
	}
	return nil
}

// words fills a template: the payer's own part of the amount, as people write it, and what
// to ask support about.
func words(payload []byte) (map[string]string, error) {
	var notice store.Notice
	if err := json.Unmarshal(payload, &notice); err != nil {
		return nil, fmt.Errorf("read the message: %w", err)
	}
	own := notice.Data.Amount.Minus(notice.Data.Coupon)
	amount, err := currency.NewAmountFromInt64(own.Minor, own.Currency)
	if err != nil {
		return nil, fmt.Errorf("write the amount: %w", err)
	}
	return map[string]string{
		"amount": amount.Number(), "currency": amount.CurrencyCode(), "request": notice.Data.Request,
	}, nil
}
