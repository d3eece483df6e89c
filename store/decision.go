package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/friendpay/friendpay/models"
)

// The sides that a decision can be taken for.
const (
	BuyerSide  = "buyer"
	FriendSide = "friend"
	EngineSide = "engine"
)

// Decision is what was told to somebody, or done, about who may pay with what, with all
// that it was taken from.
type Decision struct {
	ID        string          `json:"id"` // dec_…
	Side      string          `json:"side"`
	Order     string          `gorm:"column:order_id" json:"order_id"`
	Request   string          `gorm:"column:request_id" json:"request_id"` // empty: before there was one
	Invite    string          `gorm:"column:invite_id" json:"invite_id"`
	Payer     string          `gorm:"column:payer_id" json:"payer_id"`
	Surface   string          `json:"surface"`
	At        time.Time       `json:"at"`
	Catalogue int64           `gorm:"column:catalogue_version" json:"catalogue_version"`
	Rules     string          `json:"rules"`   // a hash over the rules and their versions
	Facts     json.RawMessage `json:"facts"`   // policy.Facts
	Outcome   json.RawMessage `json:"outcome"` // policy.Decision
	Digest    []byte          `json:"digest"`  // 32 bytes over what counts of facts, rules and outcome
}

// strangersKept bounds what is kept of a link's visitors in an hour before they log in:
// whoever has the link could write without end otherwise.
const strangersKept = 20

// KeepDecision stores a decision unless the newest of the same order, request, invite and
// side has the same digest: nothing new was told then. Limited "decisions_full" says that
// the visitors of the link who have not logged in have had their share, so that it was not kept.
// Whoever is told something by a link while he is logged in is remembered as its visitor.
func (s *Store) KeepDecision(ctx context.Context, d Decision) error {
	const keep = `WITH seen AS (INSERT INTO invite_payers (invite_id, payer_id, at)
			SELECT @invite, id, CAST(@at AS timestamptz) FROM payers
			WHERE id = @payer AND @invite <> '' AND @side = 'friend' ON CONFLICT DO NOTHING)
		INSERT INTO decisions (id, side, order_id, request_id, invite_id, payer_id, surface, at,
			catalogue_version, rules, facts, outcome, digest)
		SELECT @id, @side, @order, @request, @invite, @payer, @surface, CAST(@at AS timestamptz),
			CAST(@catalogue AS bigint), @rules, CAST(@facts AS jsonb), CAST(@outcome AS jsonb), @digest ::bytea
		WHERE (SELECT digest FROM decisions WHERE order_id = @order AND request_id = @request
			AND invite_id = @invite AND side = @side ORDER BY at DESC, id DESC LIMIT 1)
			IS DISTINCT FROM @digest ::bytea
		AND (NOT @stranger OR (` + strangers + `) < @most)`
	about := map[string]any{
		"id": d.ID, "side": d.Side, "order": d.Order, "request": d.Request, "invite": d.Invite,
		"payer": d.Payer, "surface": d.Surface, "at": d.At, "catalogue": d.Catalogue, "rules": d.Rules,
		"facts": string(d.Facts), "outcome": string(d.Outcome), "digest": d.Digest,
		"stranger": d.Side == FriendSide && d.Payer == "", "most": strangersKept,
	}
	kept, err := s.write(ctx, keep, about)
	if err != nil || kept > 0 || about["stranger"] == false {
		return failed("keep the decision", err)
	}
	return s.full(ctx, about)
}

// strangers counts what was kept of a link's visitors in the hour before a decision.
const strangers = `SELECT count(*) FROM decisions WHERE order_id = @order AND invite_id = @invite
	AND side = @side AND payer_id = '' AND at > CAST(@at AS timestamptz) - interval '1 hour'`

func (s *Store) full(ctx context.Context, about map[string]any) error {
	var kept int
	if err := s.read(ctx, &kept, strangers, about); err != nil {
		return failed("count decisions", err)
	}
	if kept < strangersKept {
		return nil // the same was told last
	}
	return models.Refuse(models.Limited, "decisions_full", "Enough was kept of this link's visitors.")
}

// DecisionFilter says which decisions are read. Order is needed; the rest narrows.
type DecisionFilter struct {
	Order   string
	Request string    // its decisions, and those before there was a request
	Side    string    // empty: each
	Until   time.Time // not later than this; zero: the newest
	Limit   int       // 1 to 100, 20 when 0
}

// Decisions lists what was decided about an order, newest first.
func (s *Store) Decisions(ctx context.Context, filter DecisionFilter) (list []Decision, err error) {
	const query = `SELECT * FROM decisions WHERE order_id = @order
			AND (@request = '' OR request_id IN (@request, ''))
			AND (@side = '' OR side = @side) AND (@open OR at <= @until)
		ORDER BY at DESC, id DESC LIMIT @limit`
	err = s.read(ctx, &list, query, map[string]any{
		"order": filter.Order, "request": filter.Request, "side": filter.Side, "open": filter.Until.IsZero(),
		"until": filter.Until, "limit": limited(filter.Limit),
	})
	return list, failed("read decisions", err)
}

// Live is an open request with its order and the newest decision about it.
type Live struct {
	Request string
	Order   Order
	Speed   int64
	Facts   json.RawMessage // of the newest decision; nil: none was kept
}

// SampleLive reads the newest open requests of an app, or of all ("").
func (s *Store) SampleLive(ctx context.Context, app string, limit int) ([]Live, error) {
	const query = `SELECT r.id AS request_id, r.order_id, r.snapshot, d.facts FROM requests r
		LEFT JOIN LATERAL (SELECT facts FROM decisions WHERE order_id = r.order_id
			AND request_id IN (r.id, '') ORDER BY at DESC, id DESC LIMIT 1) d ON true
		WHERE r.state IN @open AND (@app = '' OR r.app_id = @app) ORDER BY r.id DESC LIMIT @limit`
	var rows []struct {
		RequestID, OrderID string
		Snapshot           json.RawMessage
		Facts              json.RawMessage
	}
	err := s.read(ctx, &rows, query, map[string]any{"open": openStates, "app": app, "limit": limit})
	if err != nil {
		return nil, failed("sample requests", err)
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.OrderID
	}
	var orders []Order
	if err := s.db.WithContext(ctx).Where("id = ANY(?)", textArray(ids)).Find(&orders).Error; err != nil {
		return nil, failed("sample orders", err)
	}
	byID := map[string]Order{}
	for _, order := range orders {
		byID[order.ID] = order
	}
	sample := make([]Live, len(rows))
	for i, row := range rows {
		var snapshot struct {
			Speed int64 `json:"speed"`
		}
		if err := json.Unmarshal(row.Snapshot, &snapshot); err != nil {
			return nil, failed("sample requests", err)
		}
		sample[i] = Live{Request: row.RequestID, Order: byID[row.OrderID], Speed: snapshot.Speed, Facts: row.Facts}
	}
	return sample, nil
}

// decisionsKept is how long decisions can be explained: longer than a year, in which a
// payer may dispute what he paid.
const decisionsKept = "400 days"

// PruneDecisions forgets decisions that are too old and says how many.
func (s *Store) PruneDecisions(ctx context.Context) (int64, error) {
	const prune = "DELETE FROM decisions WHERE at < clock_timestamp() - ?::interval"
	rows, err := s.write(ctx, prune, decisionsKept)
	return rows, failed("prune decisions", err)
}
