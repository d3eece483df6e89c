package store

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/providers"
)

// EventStatus is how far a provider's event has come.
type EventStatus string

// The statuses of an inbox row; the last three are final but for a replay by staff.
const (
	EventPending EventStatus = "pending"
	EventApplied EventStatus = "applied"
	EventIgnored EventStatus = "ignored"
	EventDead    EventStatus = "dead"
)

// ProviderEvent is a verified callback. Raw and Headers are sealed in the database.
type ProviderEvent struct {
	ID         string // evt_…, made by KeepEvent
	Provider   string
	Account    string
	Key        string // the provider's own id of the event, the same over all resends
	Kind       providers.NoticeKind
	Number     string // our payment number
	Refund     string // our refund number
	Raw        []byte
	Headers    map[string][]string
	Status     EventStatus
	Reason     string
	Tries      int // how often TakeEvents gave it out
	ReceivedAt time.Time
}

// Kept says what KeepEvent did. Whatever it was, the event is durable now and
// may be acknowledged.
type Kept struct {
	ID       string // of the row that holds the key
	Fresh    bool   // stored by this very call
	Conflict bool   // known under this key with another body, which is kept beside and counted
}

// Mark is the fate of an inbox row. Pending asks for another try at NextTry.
type Mark struct {
	Status  EventStatus
	Reason  string
	NextTry time.Time
}

// KeepEvent stores a verified event once per (account, key), for ever.
func (s *Store) KeepEvent(ctx context.Context, event ProviderEvent) (Kept, error) {
	return Kept{}, errUnwritten
}

// TakeEvents leases up to limit due events, oldest first; no two callers get
// the same one until the lease is over.
func (s *Store) TakeEvents(ctx context.Context, limit int, lease time.Duration) ([]ProviderEvent, error) {
	return nil, errUnwritten
}

// MarkEvent records an event's fate. An applied or ignored one stays so; a dead
// one may become pending again.
func (s *Store) MarkEvent(ctx context.Context, id string, mark Mark) error { return errUnwritten }

// CountRefused counts a callback that did not verify; nothing else of it is kept.
func (s *Store) CountRefused(ctx context.Context, provider, account, reason string) error {
	return errUnwritten
}
