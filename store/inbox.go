package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/friendpay/friendpay/internal/bug"
	"github.com/friendpay/friendpay/internal/mint"
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
	Replays    int // how often it was taken in again by hand
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
	Untried bool // something else was down: the taking does not count as a try
}

type eventRecord struct {
	ID            string `gorm:"primaryKey"`
	Provider      string
	Account       string `gorm:"column:account_id"`
	Key           string `gorm:"column:event_key"`
	Kind          providers.NoticeKind
	Number        string
	Refund        string
	BodyHash      []byte
	RawSealed     []byte
	HeadersSealed []byte
	Status        EventStatus
	Reason        string
	Tries         int
	Replays       int       `gorm:"->"`
	ReceivedAt    time.Time `gorm:"->"`
}

func (eventRecord) TableName() string { return "provider_events" }

// KeepEvent stores a verified event once per (account, key), for ever.
func (s *Store) KeepEvent(ctx context.Context, event ProviderEvent) (Kept, error) {
	headers, err := json.Marshal(event.Headers)
	if err != nil {
		return Kept{}, failed("keep event", err)
	}
	id := mint.ID(mint.Event)
	record := eventRecord{
		ID: id, Provider: event.Provider, Account: event.Account, Key: event.Key, Kind: event.Kind,
		Number: event.Number, Refund: event.Refund, Status: EventPending,
		BodyHash:  s.vault.Index("event_body", string(event.Raw)),
		RawSealed: s.vault.Seal(event.Raw, rawPlace(id)), HeadersSealed: s.vault.Seal(headers, headersPlace(id)),
	}
	if bug.NoDedupe {
		record.Key += "#" + id
	}
	once := clause.OnConflict{
		Columns: []clause.Column{{Name: "account_id"}, {Name: "event_key"}}, DoNothing: true,
	}
	kept := s.db.WithContext(ctx).Clauses(once).Create(&record)
	if kept.Error != nil {
		return Kept{}, failed("keep event", kept.Error)
	}
	if kept.RowsAffected == 1 {
		return Kept{ID: id, Fresh: true}, nil
	}
	return s.keepAgain(ctx, record)
}

// keepAgain compares a resend with the first. Another body under a known key is
// kept beside it, each once: the first stands, a human looks at the others.
func (s *Store) keepAgain(ctx context.Context, again eventRecord) (Kept, error) {
	const keep = `INSERT INTO provider_event_conflicts AS c (event_id, body_hash, raw_sealed) VALUES (?, ?, ?)
		ON CONFLICT (event_id, body_hash) DO UPDATE SET count = c.count + 1, last_at = clock_timestamp()`
	first, err := gorm.G[eventRecord](s.db).
		Where("account_id = ? AND event_key = ?", again.Account, again.Key).Take(ctx)
	if err != nil {
		return Kept{}, failed("keep event", err)
	}
	if slices.Equal(first.BodyHash, again.BodyHash) {
		return Kept{ID: first.ID}, nil
	}
	_, err = s.write(ctx, keep, first.ID, again.BodyHash, again.RawSealed)
	return Kept{ID: first.ID, Conflict: true}, failed("keep event", err)
}

// takeEvents pushes the next try of what it takes to the end of the lease.
const takeEvents = `UPDATE provider_events
	SET tries = tries + 1, next_try_at = clock_timestamp() + make_interval(secs => ?)
	WHERE id IN (SELECT id FROM provider_events WHERE status = 'pending' AND next_try_at <= clock_timestamp()
		ORDER BY next_try_at LIMIT ? FOR UPDATE SKIP LOCKED)
	RETURNING *`

// TakeEvents leases up to limit due events, oldest first; no two callers get
// the same one until the lease is over.
func (s *Store) TakeEvents(ctx context.Context, limit int, lease time.Duration) ([]ProviderEvent, error) {
	var records []eventRecord
	if err := s.read(ctx, &records, takeEvents, lease.Seconds(), limit); err != nil {
		return nil, failed("take events", err)
	}
	slices.SortFunc(records, func(a, b eventRecord) int { return strings.Compare(a.ID, b.ID) })
	events := make([]ProviderEvent, len(records))
	for i, record := range records {
		events[i] = s.event(record)
	}
	return events, nil
}

// event reads a row. A body sealed under a key that this process does not know (yet)
// is left out: the relay needs none of it, and one such row must not hold up others.
func (s *Store) event(record eventRecord) ProviderEvent {
	event := ProviderEvent{
		ID: record.ID, Provider: record.Provider, Account: record.Account, Key: record.Key, Kind: record.Kind,
		Number: record.Number, Refund: record.Refund, Status: record.Status,
		Reason: record.Reason, Tries: record.Tries, Replays: record.Replays, ReceivedAt: record.ReceivedAt,
	}
	raw, rawErr := s.vault.Open(record.RawSealed, rawPlace(record.ID))
	encoded, err := s.vault.Open(record.HeadersSealed, headersPlace(record.ID))
	var headers map[string][]string
	if rawErr == nil && err == nil && json.Unmarshal(encoded, &headers) == nil {
		event.Raw, event.Headers = raw, headers
	}
	return event
}

// MarkEvent records an event's fate. An applied or ignored one stays so; a dead
// one may become pending again.
func (s *Store) MarkEvent(ctx context.Context, id string, mark Mark) error {
	const update = `UPDATE provider_events SET status = @status, reason = @reason,
			next_try_at = CASE WHEN @status = 'pending' THEN @next ELSE next_try_at END,
			tries = CASE WHEN @untried THEN greatest(tries - 1, 0) ELSE tries END,
			done_at = CASE WHEN @status = 'pending' THEN NULL ELSE clock_timestamp() END
		WHERE id = @id AND status IN ('pending', 'dead')`
	_, err := s.write(ctx, update, map[string]any{
		"id": id, "status": string(mark.Status), "reason": mark.Reason, "next": mark.NextTry.UTC(),
		"untried": mark.Untried,
	})
	return failed("mark event", err)
}

// CountRefused counts a callback that did not verify; nothing else of it is kept. A burst is counted
// for ten minutes from its first.
func (s *Store) CountRefused(ctx context.Context, provider, account, reason string) error {
	const count = `INSERT INTO refused_callbacks AS r
			(day, provider, account, reason, count, burst, burst_at, last_at)
		VALUES ((now() AT TIME ZONE 'UTC')::date, ?, ?, ?, 1, 1, clock_timestamp(), clock_timestamp())
		ON CONFLICT (day, provider, account, reason) DO UPDATE SET count = r.count + 1,
			burst = CASE WHEN r.burst_at > excluded.burst_at - interval '10 minutes' THEN r.burst + 1 ELSE 1 END,
			burst_at = CASE WHEN r.burst_at > excluded.burst_at - interval '10 minutes' THEN r.burst_at
				ELSE excluded.burst_at END,
			last_at = excluded.last_at`
	_, err := s.write(ctx, count, provider, account, reason)
	return failed("count refused", err)
}

func rawPlace(event string) string     { return "provider_events.raw:" + event }
func headersPlace(event string) string { return "provider_events.headers:" + event }
