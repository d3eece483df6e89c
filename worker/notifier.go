package worker

import (
	"context"
	"errors"
	"fmt"

	"github.com/friendpay/friendpay/internal/notify"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// Note is a message that is about to leave.
type Note struct {
	store.Message
	Subject notify.Kind  // of one to a friend
	Facts   notify.Facts // what it is made of
	To      store.Reach  // who the friend is, and in which language he reads
}

// Notifier is one way to a person. Whoever sends knows ways and not what they are made of.
type Notifier interface {
	// Notify lets a note leave. errNoWay: this way leads nowhere, and another may be tried. No error
	// says anything of the person.
	Notify(ctx context.Context, note Note) error
}

var errNoWay = errors.New("this way does not lead to him")

// Texter sends one text message. The same id again is the same message, where the gateway knows ids.
type Texter interface {
	SendOnce(ctx context.Context, id, phone, template string, params map[string]string) error
}

// Texts is the way to a phone.
type Texts struct {
	Gateway Texter
	Shelf   notify.Shelf
}

// Notify sends a text. Of a failure only its kind is kept: a gateway's words may quote the phone.
func (t Texts) Notify(ctx context.Context, note Note) error {
	if note.To.Phone == "" {
		return errNoWay
	}
	template, known := t.Shelf.Find("", note.Subject, notify.Language(note.To.Language))
	if !known {
		return fmt.Errorf("no text message is set up for %s", note.Subject)
	}
	params, err := template.Fill(note.Facts)
	if err != nil {
		return err
	}
	if err := t.Gateway.SendOnce(ctx, note.ID, note.To.Phone, template.ID, params); err != nil {
		return fmt.Errorf("the gateway did not take it: %s", reason(err))
	}
	return nil
}

// Templates is the way over a provider whom the friend has logged in at.
type Templates struct {
	Accounts Accounts
	Shelf    notify.Shelf
}

// Notify sends a template message by the first account that knows him and has such a template.
func (t Templates) Notify(ctx context.Context, note Note) error {
	for _, known := range note.To.Accounts {
		template, there := t.Shelf.Find(known.App, note.Subject, notify.Language(note.To.Language))
		if !there {
			continue
		}
		adapter, err := t.Accounts.Open(ctx, known.Provider, known.Account)
		if err != nil {
			return fmt.Errorf("open the account: %s", reason(err))
		}
		messenger, carries := adapter.(providers.Messenger)
		if !carries || adapter.Seller().App != known.App {
			continue
		}
		fields, err := template.Fill(note.Facts)
		if err != nil {
			return err
		}
		err = messenger.SendMessage(ctx, providers.Message{
			ID: note.ID, Subject: known.Subject, Template: template.ID, Fields: fields,
		})
		if errors.Is(err, providers.ErrUnreachable) {
			continue
		}
		return err
	}
	return errNoWay
}

// Endpoints is the way to a merchant: a delivery for each of his endpoints.
type Endpoints struct{ Letters Letters }

// Notify writes the deliveries; see Postman.
func (e Endpoints) Notify(ctx context.Context, note Note) error {
	return e.Letters.FanOut(ctx, note.Message)
}
