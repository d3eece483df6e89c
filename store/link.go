package store

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"gorm.io/gorm/schema"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
)

// Link is all that the friend's page shows, read in one round trip.
type Link struct {
	Invite   Invite
	Request  models.Request
	Order    Order
	App      App       // without secrets
	Channels []Channel // the app's, in their order, disabled ones too
	// Catalogue is the version that what operators decide stood at when this was read.
	Catalogue int64
	Released  []string // what the request was made with; nil: nothing was kept of one so old
	Payer     *Payer   // of the payer asked for; nil when none or unknown
	Told      bool     // the reader has said who asks; for the caller to set
	Card      Card     // what its buyer lets friends see
	// Spent is what of the app's offers is gone or held, but for what this request's own
	// pending attempts hold: a wish to pay takes their place.
	Spent    map[string]int64
	Breakers []policy.Breaker // the app's, but for closed ones
	Used     []policy.Use     // of the limits of the day, by the payer too if he is known
}

// Channel is the app's channel of that id.
func (l Link) Channel(id string) (channel Channel, known bool) {
	for _, c := range l.Channels {
		if c.ID == id {
			return c, true
		}
	}
	return Channel{}, false
}

type linkRecord struct {
	Invite    Invite         `gorm:"embedded;embeddedPrefix:invite_"`
	Order     Order          `gorm:"embedded;embeddedPrefix:order_"`
	App       App            `gorm:"embedded;embeddedPrefix:app_"`
	Snapshot  models.Request `gorm:"serializer:json"`
	Channels  []channelJSON  `gorm:"serializer:list"`
	Catalogue int64
	Released  []string         `gorm:"serializer:list"`
	Breakers  []policy.Breaker `gorm:"serializer:list"`
	Used      []policy.Use     `gorm:"serializer:list"`
	Card      Card             `gorm:"embedded;embeddedPrefix:card_"`
	PayerID   string
	Masked    string
	Blocked   bool
	Spent     map[string]int64 `gorm:"serializer:json"`
}

// channelJSON is a channel's row as PostgreSQL writes it in JSON.
type channelJSON struct {
	Channel
	MinMinor    int64  `json:"min_minor"`
	MinCurrency string `json:"min_currency"`
	MaxMinor    int64  `json:"max_minor"`
	MaxCurrency string `json:"max_currency"`
}

// InviteByHash reads the page of whoever holds the token with this hash; unknown
// is not_found "unknown_link". One round trip.
func (s *Store) InviteByHash(ctx context.Context, tokenHash []byte) (Link, error) {
	return s.link(ctx, "i.token_hash = @key", tokenHash, "")
}

// Link reads the page of an invite already exchanged for a session, and the
// payer logged in there, if any. One round trip.
func (s *Store) Link(ctx context.Context, invite, payer string) (Link, error) {
	return s.link(ctx, "i.id = @key", invite, payer)
}

func (s *Store) link(ctx context.Context, which string, key any, payer string) (Link, error) {
	query, err := linkQuery()
	if err != nil {
		return Link{}, err
	}
	var records []linkRecord
	about := map[string]any{"payer": payer, "key": key, "day": shanghaiDay(s.db.NowFunc())}
	if err := s.read(ctx, &records, query+which, about); err != nil {
		return Link{}, failed("read link", err)
	}
	if len(records) == 0 {
		return Link{}, unknown("unknown_link")
	}
	return records[0].link(), nil
}

func (l linkRecord) link() Link {
	link := Link{Invite: l.Invite, Request: l.Snapshot, Order: l.Order, App: l.App}
	link.Catalogue, link.Released, link.Spent = l.Catalogue, l.Released, l.Spent
	link.Breakers, link.Used, link.Card = l.Breakers, l.Used, l.Card
	for _, c := range l.Channels {
		link.Channels = append(link.Channels, c.channel())
	}
	if l.PayerID != "" {
		link.Payer = &Payer{ID: l.PayerID, MaskedPhone: l.Masked, Blocked: l.Blocked}
	}
	return link
}

// linkQuery names every column once, as the fields of linkRecord are called.
var linkQuery = sync.OnceValues(func() (string, error) {
	var columns []string
	for alias, model := range map[string]any{"i invite_": Invite{}, "o order_": Order{}, "a app_": App{}} {
		table, prefix, _ := strings.Cut(alias, " ")
		parsed, err := schema.Parse(model, &sync.Map{}, schema.NamingStrategy{})
		if err != nil {
			return "", fmt.Errorf("read link: %w", err)
		}
		for _, column := range parsed.DBNames {
			if !parsed.FieldsByDBName[column].IgnoreMigration {
				columns = append(columns, fmt.Sprintf("%s.%s AS %s%s", table, column, prefix, column))
			}
		}
	}
	return "SELECT " + strings.Join(columns, ", ") + `, m.name AS app_merchant_name, r.snapshot,
		(SELECT coalesce(max(version), 0) FROM catalogue_history) AS catalogue,
		(SELECT released FROM request_releases WHERE request_id = r.id) AS released,
		coalesce(k.shows, '` + string(models.ShowsFull) + `') AS card_shows,
		coalesce(k.message, '') AS card_message,
		coalesce(p.id, '') AS payer_id, coalesce(p.masked_phone, '') AS masked,
		coalesce(p.blocked, false) AS blocked,
		(SELECT jsonb_object_agg(s.promotion_id, s.minor - coalesce((SELECT sum(u.minor - u.back_minor)
				FROM promotion_uses u WHERE u.request_id = r.id AND u.promotion_id = s.promotion_id
				AND u.state = 'held'), 0))
			FROM promotion_spent s WHERE s.app_id = r.app_id) AS spent,
		(SELECT jsonb_agg(to_jsonb(c) ORDER BY c.position, c.id) FROM channels c
			WHERE c.app_id = r.app_id) AS channels,
		(SELECT jsonb_agg(to_jsonb(b) ORDER BY b.channel, b.surface) FROM breakers b
			WHERE b.app_id = r.app_id AND b.state <> 'closed') AS breakers,
		(SELECT coalesce(jsonb_agg(to_jsonb(u)), '[]') FROM (` + linksUsed + `) u) AS used
		FROM invites i JOIN requests r ON r.id = i.request_id JOIN orders o ON o.id = r.order_id
		JOIN apps a ON a.id = r.app_id JOIN merchants m ON m.id = a.merchant_id
		LEFT JOIN LATERAL (SELECT shows, message FROM request_cards WHERE request_id = r.id
			ORDER BY id DESC LIMIT 1) k ON true
		LEFT JOIN payers p ON p.id = @payer WHERE `, nil
})
