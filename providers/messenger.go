package providers

import (
	"context"
	"errors"
)

// Messenger is an Adapter whose provider carries short messages to who has logged in there. Adapters
// without it carry none.
type Messenger interface {
	// SendMessage hands a message over. The same ID again is the same message. ErrUnreachable: this
	// person gets none, now and later; any other error is an *Error. None says anything of the person.
	SendMessage(ctx context.Context, message Message) error
}

// Message is one message in words that the provider has reviewed.
type Message struct {
	ID       string            // msg_…
	Subject  string            // Identity.Subject
	Template string            // the provider's id
	Fields   map[string]string // by the template's own names
}

// ErrUnreachable is, beside Definite, a person to whom the provider carries nothing: he does not follow the
// merchant, or has refused.
var ErrUnreachable = errors.New("the provider carries this person no messages")
