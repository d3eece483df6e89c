package store

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// InviteState is where a link stands.
type InviteState string

// The states of an invite. An ended request leaves them as they are: the page
// shows the request's end.
const (
	InviteLive     InviteState = "live"
	InviteRevoked  InviteState = "revoked"
	InviteDeclined InviteState = "declined"
)

// InviteStates lists every state of a link.
var InviteStates = []InviteState{InviteLive, InviteRevoked, InviteDeclined}

// Invite is one link to one friend, or one for all.
type Invite struct {
	ID            string      `gorm:"primaryKey"` // inv_…
	Request       string      `gorm:"column:request_id"`
	Generation    int         // of the token, from 1
	TokenHash     []byte      // keyed hash of the token, 32 bytes
	CodeHash      []byte      // keyed hash of the share code; empty: none
	Surface       string      // where it was meant to be opened
	Label         string      // the buyer's own word for it
	State         InviteState // CreateInvite makes it live
	DeclineReason string
	ExpiresAt     time.Time
	PledgedFor    time.Time `gorm:"serializer:moment"` // when the friend said he would pay; zero: never said
	PledgedBy     string    // pay_… of who said it; empty: he had not logged in
	FirstOpenedAt time.Time `gorm:"serializer:moment"`
	OpenedCount   int64
	CreatedAt     time.Time `gorm:"->"`
	ExchangedAt   time.Time `gorm:"->;serializer:moment"` // when somebody first came in by it
	LoggedInAt    time.Time `gorm:"->;serializer:moment"` // when one of them first logged in
	Changes       int64     `gorm:"->"`                   // how often what pages show of it has changed, from 1

	ContactIndex []byte // of the only person whom it is for; empty: for whoever has the link
}

// ContactIndex is the keyed hash of a person whom a merchant knows: the one of his identity.
func (s *Store) ContactIndex(app, person string) []byte {
	return s.subjectIndex(Identity{Provider: ByMerchant, App: app, Subject: person})
}

// ForContact says that the invite is for one person whom the merchant vouches for.
func (i Invite) ForContact() bool { return len(i.ContactIndex) > 0 }

// InviteFacts is what the login check needs to know of an invite.
type InviteFacts struct {
	State     InviteState
	Request   string
	ExpiresAt time.Time
}

// CreateInvite stores a live invite. The same ID again returns what is stored.
func (s *Store) CreateInvite(ctx context.Context, invite Invite) (Invite, error) {
	invite.State, invite.DeclineReason = InviteLive, ""
	invite.PledgedFor, invite.FirstOpenedAt, invite.OpenedCount = time.Time{}, time.Time{}, 0
	invite.PledgedBy = ""
	if len(invite.CodeHash) == 0 {
		invite.CodeHash = nil // NULL: several invites may have none
	}
	if len(invite.ContactIndex) == 0 {
		invite.ContactIndex = nil
	}
	once := clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, DoNothing: true}
	if err := gorm.G[Invite](s.db, once).Create(ctx, &invite); err != nil {
		return Invite{}, failed("create invite", err)
	}
	return s.Invite(ctx, invite.ID)
}

// Invite reads one invite; unknown is not_found "unknown_invite".
func (s *Store) Invite(ctx context.Context, id string) (Invite, error) {
	invite, err := gorm.G[Invite](s.db).Where("id = ?", id).Take(ctx)
	return invite, missing("read invite", "unknown_invite", err)
}

// Invites lists a request's invites, oldest first.
func (s *Store) Invites(ctx context.Context, request string) ([]Invite, error) {
	invites, err := gorm.G[Invite](s.db).Where("request_id = ?", request).Order("id").Find(ctx)
	return invites, failed("list invites", err)
}

// InviteFacts reads what CheckLogin asks; unknown is not_found "unknown_invite".
func (s *Store) InviteFacts(ctx context.Context, id string) (InviteFacts, error) {
	invite, err := s.Invite(ctx, id)
	return InviteFacts{State: invite.State, Request: invite.Request, ExpiresAt: invite.ExpiresAt}, err
}

// RevokeInvite ends a live invite; again changes nothing.
func (s *Store) RevokeInvite(ctx context.Context, id string) error {
	return s.endInvite(ctx, id, InviteRevoked, "")
}

// LabelInvite gives it the buyer's own word, in whatever state it is; empty for none.
func (s *Store) LabelInvite(ctx context.Context, id, label string) error {
	_, err := gorm.G[Invite](s.db).Where("id = ?", id).Select("label").Updates(ctx, Invite{Label: label})
	return failed("label invite", err)
}

// DeclineInvite records that the friend would rather not.
func (s *Store) DeclineInvite(ctx context.Context, id, reason string) error {
	return s.endInvite(ctx, id, InviteDeclined, reason)
}

func (s *Store) endInvite(ctx context.Context, id string, state InviteState, reason string) error {
	_, err := gorm.G[Invite](s.db).Where("id = ? AND state = ?", id, InviteLive).
		Select("state", "decline_reason").Updates(ctx, Invite{State: state, DeclineReason: reason})
	return failed("end invite", err)
}

// PledgeInvite records when the friend says he will pay, and that he is to be reminded then; a later word
// replaces it. An empty payer has not logged in: his word replaces nobody's who has.
func (s *Store) PledgeInvite(ctx context.Context, id, payer string, at time.Time) error {
	err := s.WithTx(ctx, func(tx *Store) error {
		said, err := gorm.G[Invite](tx.db).Where("id = ? AND state = ?", id, InviteLive).
			Where("pledged_by = '' OR ? <> ''", payer).
			Select("pledged_for", "pledged_by").Updates(ctx, Invite{PledgedFor: at.UTC(), PledgedBy: payer})
		if err != nil || said == 0 {
			return err
		}
		return tx.planPledge(ctx, id, at)
	})
	return failed("pledge invite", err)
}

// OpenInvite counts a person's opening and keeps the time of the first.
func (s *Store) OpenInvite(ctx context.Context, id string) error {
	const open = `UPDATE invites SET opened_count = opened_count + 1,
		first_opened_at = coalesce(first_opened_at, clock_timestamp()) WHERE id = ?`
	_, err := s.write(ctx, open, id)
	return failed("open invite", err)
}

// ShareCode finds the invite of a share code by its hash. It answers only while
// the invite is live and its request takes money; else not_found "unknown_code".
func (s *Store) ShareCode(ctx context.Context, codeHash []byte) (invite string, err error) {
	const query = `SELECT i.id FROM invites i JOIN requests r ON r.id = i.request_id
		WHERE i.code_hash = ? AND i.state = 'live' AND i.expires_at > now() AND r.state IN ?`
	if err = s.read(ctx, &invite, query, codeHash, openStates); err != nil {
		return "", failed("read share code", err)
	}
	if invite == "" {
		return "", unknown("unknown_code")
	}
	return invite, nil
}
