package api

import (
	"context"
	"slices"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// What a friend may say of a request besides paying it: no, or later.

// declineLink records that this friend would rather not; other links are not
// concerned. A link through which somebody is paying, or has paid, is not declined:
// it would be dead for him while his money is under way.
func (s *Server) declineLink(ctx context.Context, _ *nothing) (*nothing, error) {
	link, err := s.ownLink(ctx)
	if err == nil && paidThrough(link) {
		err = models.Refuse(models.Conflict, "link_in_use", "A payment through this link is under way, or done.")
	}
	if err != nil {
		return nil, err
	}
	return &nothing{}, s.Store.DeclineInvite(ctx, link.Invite.ID, "declined")
}

func paidThrough(link store.Link) bool {
	return slices.ContainsFunc(link.Request.Attempts, func(a models.Attempt) bool {
		return a.Invite == link.Invite.ID && (a.Pending() || a.State == models.SucceededAttempt)
	})
}

type pledgeIn struct {
	Body struct {
		At time.Time `json:"at" doc:"When the friend means to pay: after now, before the request expires."`
	}
}

// pledgeLink records when the friend says he will pay. It binds nobody.
func (s *Server) pledgeLink(ctx context.Context, in *pledgeIn) (*nothing, error) {
	link, err := s.ownLink(ctx)
	if err == nil {
		err = usable(link)
	}
	if err != nil {
		return nil, err
	}
	if !in.Body.At.After(s.Clock()) || in.Body.At.After(link.Request.ExpiresAt) {
		return nil, &models.Error{
			Code: models.Invalid, Reason: "bad_pledge", Field: "at", Until: link.Request.ExpiresAt,
			Message: "Say a time between now and the end of the request.",
		}
	}
	return &nothing{}, s.Store.PledgeInvite(ctx, link.Invite.ID, caller(ctx).Payer, in.Body.At)
}
