package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/friendpay/friendpay/internal/notify"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// errNowhere is a message to somebody whom no way leads to: his page tells him.
var errNowhere = errors.New("no way leads to him")

// send lets one message leave: a merchant's by his endpoints, a friend's by the first way that takes it.
func (o *Outbox) send(ctx context.Context, letter store.Message) error {
	if letter.Kind == store.Webhook {
		return o.Ways[notify.Merchant].Notify(ctx, Note{Message: letter})
	}
	note, err := o.note(ctx, letter)
	if err != nil {
		return err
	}
	wrong := errNowhere
	for _, channel := range notify.Channels {
		way := o.Ways[channel]
		if way == nil {
			continue // the page needs no carrier
		}
		err := way.Notify(ctx, note)
		switch {
		case errors.Is(err, errNoWay):
		case misled(err): // another way tells him meanwhile
			o.Log.WarnContext(ctx, "a way to friends is closed", "channel", channel, "error", err)
			wrong = err
		default:
			return err // it left, or it may have: no second message
		}
	}
	return wrong
}

// misled says that a provider surely did not take a message, nor will.
func misled(err error) bool {
	var known *providers.Error
	return errors.As(err, &known) && known.Class == providers.Definite
}

// note is a letter with its words' facts: the payer's own part of the amount, and what to ask support about.
func (o *Outbox) note(ctx context.Context, letter store.Message) (Note, error) {
	subject, known := notify.KindOf(letter.Type)
	if !known {
		return Note{}, fmt.Errorf("no words for %s", letter.Type)
	}
	var told store.Notice
	if err := json.Unmarshal(letter.Payload, &told); err != nil {
		return Note{}, fmt.Errorf("read the message: %w", err)
	}
	to, err := o.Letters.Reach(ctx, letter.Payer, letter.App)
	if models.CodeOf(err) == models.NotFound {
		return Note{}, errNowhere // forgotten meanwhile
	}
	if err != nil {
		return Note{}, fmt.Errorf("find the payer: %w", err)
	}
	return Note{Message: letter, Subject: subject, To: to, Facts: notify.Facts{
		Amount: told.Data.Amount.Minus(told.Data.Coupon), Request: told.Data.Request, Until: told.Data.ExpiresAt,
	}}, nil
}
