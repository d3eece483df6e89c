package store

import (
	"context"
	"time"
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

// Invite is one link to one friend, or one for all.
type Invite struct {
	ID            string      `gorm:"primaryKey"` // inv_…
	Request       string      `gorm:"column:request_id"`
	Generation    int         // of the token, from 1
	TokenHash     []byte      // SHA-256 of the token, 32 bytes
	CodeHash      []byte      // of the share code; empty: none
	Surface       string      // where it was meant to be opened
	Label         string      // the buyer's own word for it
	State         InviteState // CreateInvite makes it live
	DeclineReason string
	ExpiresAt     time.Time
	FirstOpenedAt time.Time `gorm:"serializer:moment"`
	OpenedCount   int64
	CreatedAt     time.Time `gorm:"autoCreateTime:false"`
}

// InviteFacts is what the login check needs to know of an invite.
type InviteFacts struct {
	State     InviteState
	Request   string
	ExpiresAt time.Time
}

// CreateInvite stores a live invite. The same ID again returns what is stored.
func (s *Store) CreateInvite(ctx context.Context, invite Invite) (Invite, error) {
	return Invite{}, errUnwritten
}

// Invite reads one invite; unknown is not_found "unknown_invite".
func (s *Store) Invite(ctx context.Context, id string) (Invite, error) { return Invite{}, errUnwritten }

// Invites lists a request's invites, oldest first.
func (s *Store) Invites(ctx context.Context, request string) ([]Invite, error) {
	return nil, errUnwritten
}

// InviteFacts reads what CheckLogin asks; unknown is not_found "unknown_invite".
func (s *Store) InviteFacts(ctx context.Context, id string) (InviteFacts, error) {
	return InviteFacts{}, errUnwritten
}

// RevokeInvite ends a live invite; again changes nothing.
func (s *Store) RevokeInvite(ctx context.Context, id string) error { return errUnwritten }

// DeclineInvite records that the friend would rather not.
func (s *Store) DeclineInvite(ctx context.Context, id, reason string) error { return errUnwritten }

// OpenInvite counts a person's opening and keeps the time of the first.
func (s *Store) OpenInvite(ctx context.Context, id string) error { return errUnwritten }

// ShareCode finds the invite of a share code by its hash. It answers only while
// the invite is live and its request takes money; else not_found "unknown_code".
func (s *Store) ShareCode(ctx context.Context, codeHash []byte) (invite string, err error) {
	return "", errUnwritten
}
