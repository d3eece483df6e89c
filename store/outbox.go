package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/friendpay/friendpay/models"
)

// MessageKind says by which way a message leaves.
type MessageKind string

// The kinds of message.
const (
	Webhook MessageKind = "webhook" // to the app's endpoints, see Delivery
	SMS     MessageKind = "sms"     // to the payer: a text, or where he is known a template message
)

// Message is something owed to people since a transition. It may leave only
// when Version of Request is durable (door.Durable), and only if Message still
// finds it after that: a step judged anew replaces what its first judgement owed.
type Message struct {
	ID        string `gorm:"primaryKey"` // msg_…, the webhook-id over all tries
	Request   string `gorm:"column:request_id"`
	Version   int64
	Seq       int64 // of the transition; 0: thanks; below: a reminder, see Reminds
	Kind      MessageKind
	Type      string    // "request.settled"
	App       string    `gorm:"column:app_id"`
	Payer     string    `gorm:"column:payer_id"` // of an SMS
	Payload   []byte    // JSON of ids and amounts
	Tries     int       `gorm:"->"` // how often TakeMessages gave it out
	CreatedAt time.Time `gorm:"->"`
}

// takeMessages pushes the next try of what it takes to the end of the lease.
const takeMessages = `UPDATE messages
	SET tries = tries + 1, next_try_at = clock_timestamp() + make_interval(secs => ?)
	WHERE id IN (SELECT id FROM messages WHERE status = 'pending' AND next_try_at <= clock_timestamp()
		AND NOT app_id = ANY(?) ORDER BY next_try_at LIMIT ? FOR UPDATE SKIP LOCKED)
	RETURNING *`

// TakeMessages leases up to limit due messages, oldest first, none of the apps to
// skip; no two callers get the same one until the lease is over.
func (s *Store) TakeMessages(
	ctx context.Context, limit int, lease time.Duration, skip ...string,
) ([]Message, error) {
	var messages []Message
	err := s.read(ctx, &messages, takeMessages, lease.Seconds(), textArray(append([]string{}, skip...)), limit)
	slices.SortFunc(messages, func(a, b Message) int { return strings.Compare(a.ID, b.ID) })
	return messages, failed("take messages", err)
}

// Message reads an unsent message again; not_found "unknown_message" when it
// was replaced or sent meanwhile.
func (s *Store) Message(ctx context.Context, id string) (Message, error) {
	message, err := gorm.G[Message](s.db).Where("id = ? AND status = 'pending'", id).Take(ctx)
	return message, missing("read message", "unknown_message", err)
}

// SentMessage records that a message left, with the HTTP status it met (0 for an SMS).
func (s *Store) SentMessage(ctx context.Context, id string, status int) error {
	const sent = `UPDATE messages SET status = 'sent', http_status = ?, done_at = clock_timestamp(),
		last_error = '' WHERE id = ?`
	_, err := s.write(ctx, sent, status, id)
	return failed("mark message sent", err)
}

// RetryMessage puts a message off until next and says why.
func (s *Store) RetryMessage(ctx context.Context, id string, next time.Time, why string) error {
	const retry = "UPDATE messages SET next_try_at = ?, last_error = ? WHERE id = ? AND status = 'pending'"
	_, err := s.write(ctx, retry, next.UTC(), why, id)
	return failed("put message off", err)
}

// PutOffMessage puts off a message that was not tried: the taking does not count.
func (s *Store) PutOffMessage(ctx context.Context, id string, next time.Time, why string) error {
	const putOff = `UPDATE messages SET tries = greatest(tries - 1, 0), next_try_at = ?, last_error = ?
		WHERE id = ? AND status = 'pending'`
	_, err := s.write(ctx, putOff, next.UTC(), why, id)
	return failed("put message off", err)
}

// DeadMessage gives a message up and says why.
func (s *Store) DeadMessage(ctx context.Context, id, why string) error {
	const bury = `UPDATE messages SET status = 'dead', last_error = ?, done_at = clock_timestamp()
		WHERE id = ? AND status = 'pending'`
	_, err := s.write(ctx, bury, why, id)
	return failed("give message up", err)
}

// ResendMessage lets a message leave now that waits or was given up, with all tries before it. One that
// left is conflict "already_sent"; unknown is not_found "unknown_message".
func (s *Store) ResendMessage(ctx context.Context, id string) error {
	const again = `UPDATE messages SET status = 'pending', tries = 0, next_try_at = clock_timestamp(),
		done_at = NULL WHERE id = ? AND status <> 'sent'`
	rows, err := s.write(ctx, again, id)
	if err != nil || rows > 0 {
		return failed("resend message", err)
	}
	if _, err := gorm.G[Message](s.db).Where("id = ?", id).Take(ctx); err != nil {
		return missing("read message", "unknown_message", err)
	}
	return models.Refuse(models.Conflict, "already_sent", "This message has left already.")
}
