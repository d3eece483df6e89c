package api

import (
	"context"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// reported is why an invite was declined when the friend took it for a fraud.
const reported = "reported"

// reportLink records that the friend takes the request for a fraud.
func (s *Server) reportLink(ctx context.Context, _ *nothing) (*nothing, error) {
	_, err := s.report(ctx)
	return &nothing{}, err
}

// report hears a suspicion always, opens a case for it, and ends the link unless a payment through it is
// under way or done: it is then the payer's only way to his money. kept says so.
func (s *Server) report(ctx context.Context) (kept bool, err error) {
	link, err := s.ownLink(ctx)
	if err != nil {
		return false, err
	}
	kept = paidThrough(link)
	s.Log.WarnContext(ctx, "link reported", "request", link.Request.ID, "invite", link.Invite.ID, "kept", kept)
	_, err = s.Store.OpenCase(ctx, store.Case{
		Request: link.Request.ID, Kind: models.CaseReported, Invite: link.Invite.ID,
		Detail: "A friend takes this request for a fraud.",
	})
	if err != nil {
		return false, err
	}
	if kept {
		return true, nil
	}
	return false, s.Store.DeclineInvite(ctx, link.Invite.ID, reported)
}
