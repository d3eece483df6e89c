package store

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/models"
)

// What pages are drawn from besides the request, as it was at a moment.

// PastInvite is an invite as it stood. Kept says whether its past is known; else it is as
// it is now.
type PastInvite struct {
	Invite
	Kept bool
}

// InvitesAt lists the invites that a request had at a moment, oldest first.
func (s *Store) InvitesAt(ctx context.Context, request string, at time.Time) ([]PastInvite, error) {
	const query = `SELECT i.id, h.state, h.decline_reason, h.expires_at, h.pledged_for, h.first_opened_at,
			h.opened_count, h.label
		FROM invites i JOIN LATERAL (SELECT * FROM invite_history WHERE invite_id = i.id
			AND at <= @at ORDER BY id DESC LIMIT 1) h ON true WHERE i.request_id = @request`
	now, err := s.Invites(ctx, request)
	if err != nil {
		return nil, err
	}
	var kept []Invite
	if err := s.read(ctx, &kept, query, map[string]any{"request": request, "at": at.UTC()}); err != nil {
		return nil, failed("read invites", err)
	}
	then := map[string]Invite{}
	for _, invite := range kept {
		then[invite.ID] = invite
	}
	var list []PastInvite
	for _, invite := range now {
		old, known := then[invite.ID]
		if !known && invite.CreatedAt.After(at) {
			continue
		}
		if known {
			invite.State, invite.DeclineReason, invite.ExpiresAt = old.State, old.DeclineReason, old.ExpiresAt
			invite.PledgedFor, invite.FirstOpenedAt = old.PledgedFor, old.FirstOpenedAt
			invite.OpenedCount, invite.Label = old.OpenedCount, old.Label
		}
		list = append(list, PastInvite{Invite: invite, Kept: known})
	}
	return list, nil
}

// Visitor is a payer who had logged in by an invite.
type Visitor struct {
	Invite, Payer string
	At            time.Time // the first time
}

// VisitorsAt lists who had logged in by a request's invites until a moment, the first first.
func (s *Store) VisitorsAt(ctx context.Context, request string, at time.Time) (list []Visitor, err error) {
	const query = `SELECT p.invite_id AS invite, p.payer_id AS payer, p.at FROM invite_payers p
		JOIN invites i ON i.id = p.invite_id WHERE i.request_id = @request AND p.at <= @at ORDER BY p.at, payer`
	err = s.read(ctx, &list, query, map[string]any{"request": request, "at": at.UTC()})
	return list, failed("list visitors", err)
}

// AppAt is an app with what pages said of it at a moment; kept says whether that is known,
// else it is as it is now.
func (s *Store) AppAt(ctx context.Context, id string, at time.Time) (app App, kept bool, err error) {
	const query = `SELECT name, merchant_name, name_check FROM app_history
		WHERE app_id = ? AND at <= ? ORDER BY id DESC LIMIT 1`
	const owner = "SELECT name FROM merchants WHERE id = ?"
	if app, err = s.App(ctx, id); err != nil {
		return app, false, err
	}
	if err := s.read(ctx, &app.MerchantName, owner, app.Merchant); err != nil {
		return app, false, failed("read app", err)
	}
	var then []struct {
		Name, MerchantName string
		NameCheck          NameCheck
	}
	if err := s.read(ctx, &then, query, id, at.UTC()); err != nil || len(then) == 0 {
		return app, false, failed("read app", err)
	}
	app.Name, app.MerchantName, app.NameCheck = then[0].Name, then[0].MerchantName, then[0].NameCheck
	return app, true, nil
}

// ChannelsAt lists an app's channels as they stood at a version of the catalogue, in
// their order, disabled ones too.
func (s *Store) ChannelsAt(ctx context.Context, app string, version int64) ([]Channel, error) {
	const query = `SELECT coalesce(jsonb_agg(body ORDER BY (body ->> 'position')::int, body ->> 'id'), '[]')
			AS rows FROM (SELECT DISTINCT ON (key) body FROM catalogue_history
			WHERE family = 'channels' AND version <= ? ORDER BY key, version DESC) newest
		WHERE body ->> 'app_id' = ?`
	var found struct {
		Rows []channelJSON `gorm:"serializer:list"`
	}
	if err := s.read(ctx, &found, query, version, app); err != nil {
		return nil, failed("read channels", err)
	}
	var list []Channel
	for _, row := range found.Rows {
		list = append(list, row.channel())
	}
	return list, nil
}

func (c channelJSON) channel() Channel {
	c.Min = models.Money{Minor: c.MinMinor, Currency: c.MinCurrency}
	c.Max = models.Money{Minor: c.MaxMinor, Currency: c.MaxCurrency}
	return c.Channel
}

// PayerAt is the payer of that id as pages name him, nil when he is not known any more.
func (s *Store) PayerAt(ctx context.Context, id string) (*Payer, error) {
	const query = "SELECT id, masked_phone, blocked FROM payers WHERE id = ? AND forgotten_at IS NULL"
	var found []struct {
		ID, MaskedPhone string
		Blocked         bool
	}
	if err := s.read(ctx, &found, query, id); err != nil || len(found) == 0 {
		return nil, failed("read payer", err)
	}
	return &Payer{ID: found[0].ID, MaskedPhone: found[0].MaskedPhone, Blocked: found[0].Blocked}, nil
}

// KnewSubject says whether a payer was known at a provider's app by a moment.
func (s *Store) KnewSubject(
	ctx context.Context, payer, provider, app string, at time.Time,
) (known bool, err error) {
	const query = `SELECT EXISTS (SELECT FROM payer_identities WHERE payer_id = ? AND provider = ? AND app = ?
		AND created_at <= ?)`
	return known, failed("read identity", s.read(ctx, &known, query, payer, provider, app, at.UTC()))
}
