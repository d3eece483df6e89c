package store

import (
	"context"
	"time"
)

// MessageKind says by which way a message leaves.
type MessageKind string

// The kinds of message.
const (
	Webhook MessageKind = "webhook" // to the app's webhook URL
	SMS     MessageKind = "sms"     // to the payer's phone
)

// Message is something owed to people since a transition. It may leave only
// when Version of Request is durable (door.Durable), and only if Message still
// finds it after that: a step judged anew replaces what its first judgement owed.
type Message struct {
	ID        string `gorm:"primaryKey"` // msg_…, the webhook-id over all tries
	Request   string `gorm:"column:request_id"`
	Version   int64
	Seq       int64 // of the transition
	Kind      MessageKind
	Type      string    // "request.settled"
	App       string    `gorm:"column:app_id"`
	Payer     string    `gorm:"column:payer_id"` // of an SMS
	Payload   []byte    // JSON of ids and amounts
	Tries     int       // how often TakeMessages gave it out
	CreatedAt time.Time `gorm:"autoCreateTime:false"`
}

// TakeMessages leases up to limit due messages, oldest first; no two callers
// get the same one until the lease is over.
func (s *Store) TakeMessages(ctx context.Context, limit int, lease time.Duration) ([]Message, error) {
	return nil, errUnwritten
}

// Message reads an unsent message again; not_found "unknown_message" when it
// was replaced or sent meanwhile.
func (s *Store) Message(ctx context.Context, id string) (Message, error) {
	return Message{}, errUnwritten
}

// SentMessage records that a message left, with the HTTP status it met (0 for an SMS).
func (s *Store) SentMessage(ctx context.Context, id string, status int) error { return errUnwritten }

// RetryMessage puts a message off until next and says why.
func (s *Store) RetryMessage(ctx context.Context, id string, next time.Time, why string) error {
	return errUnwritten
}

// DeadMessage gives a message up and says why.
func (s *Store) DeadMessage(ctx context.Context, id, why string) error { return errUnwritten }
