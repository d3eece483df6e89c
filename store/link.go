package store

import (
	"context"

	"github.com/friendpay/friendpay/models"
)

// Link is all that the friend's page shows, read in one round trip.
type Link struct {
	Invite   Invite
	Request  models.Request
	Order    Order
	App      App       // without secrets
	Channels []Channel // the app's, in their order, disabled ones too
	Payer    *Payer    // of the payer asked for; nil when none or unknown
}

// InviteByHash reads the page of whoever holds the token with this hash; unknown
// is not_found "unknown_link". One round trip.
func (s *Store) InviteByHash(ctx context.Context, tokenHash []byte) (Link, error) {
	return Link{}, errUnwritten
}

// Link reads the page of an invite already exchanged for a session, and the
// payer logged in there, if any. One round trip.
func (s *Store) Link(ctx context.Context, invite, payer string) (Link, error) {
	return Link{}, errUnwritten
}
