package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// LinkView is what the buyer sends to a friend.
type LinkView struct {
	URL       string `json:"url" doc:"Not in share_text where the place that it is for blocks our links."`
	Code      string `json:"code,omitempty" doc:"To type where links are blocked, if it may be shared."`
	QR        string `json:"qr,omitempty" doc:"Where its picture is, as SVG, if it may be shared."`
	ShareText string `json:"share_text"`
}

// InviteView is one link to one friend, or one for all.
type InviteView struct {
	ID            string            `json:"id"`
	State         store.InviteState `json:"state"`
	Surface       string            `json:"surface,omitempty"`
	Label         string            `json:"label,omitempty"`
	ExpiresAt     time.Time         `json:"expires_at"`
	FirstOpenedAt *time.Time        `json:"first_opened_at,omitempty"`
	OpenedCount   int64             `json:"opened_count"`
	PledgedFor    *time.Time        `json:"pledged_for,omitempty" doc:"When the friend said he would pay."`
	ForContact    bool              `json:"for_contact,omitempty" doc:"One person only may use it."`
	Paying        bool              `json:"paying,omitempty" doc:"Who is paying now came by it."`
	Paid          bool              `json:"paid,omitempty" doc:"Whose payment counts came by it."`
	Link          *LinkView         `json:"link,omitempty" doc:"While the invite is live."`
}

type inviteIn struct {
	RequestPath
	Body struct {
		Label   string `json:"label,omitempty" maxLength:"40" doc:"The buyer's own word for the friend."`
		Surface string `json:"surface,omitempty" pattern:"^[a-z_]{1,32}$"`
		Contact string `json:"contact,omitempty" maxLength:"64" doc:"Your own id of whom alone it is for."`
	}
}

type inviteOut struct{ Body InviteView }

type invitesOut struct{ Body InvitesView }

// InvitesView is all the links of a request, oldest first.
type InvitesView struct {
	Invites []InviteView `json:"invites" nullable:"false"`
	Version int64        `json:"version" doc:"Grows with each change of one or the request."`
}

type invitePath struct {
	RequestPath
	Invite string `path:"invite" maxLength:"64"`
}

const maxInvites = 50

// createInvite makes one more link to the same request.
func (s *Server) createInvite(ctx context.Context, in *inviteIn) (*inviteOut, error) {
	request, err := s.owned(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if !request.EndedAt.IsZero() {
		return nil, models.Refuse(models.Gone, "ended", "This request has ended.")
	}
	known, err := s.rows(ctx).Invites(ctx, request.ID)
	if err != nil {
		return nil, err
	}
	if len(known) >= maxInvites {
		return nil, models.Refuse(models.Conflict, "too_many_invites", "A request has at most 50 invites.")
	}
	made := store.Invite{ID: minted(ctx), Label: in.Body.Label, Surface: in.Body.Surface}
	if in.Body.Contact != "" {
		made.ContactIndex = s.Store.ContactIndex(request.App, in.Body.Contact)
	}
	invite, err := s.invite(ctx, request, made)
	if err != nil {
		return nil, err
	}
	return s.shownInvite(ctx, request, invite)
}

// shownInvite is an invite as its buyer sees it, with the words that he may send while it is live.
func (s *Server) shownInvite(ctx context.Context, r models.Request, i store.Invite) (*inviteOut, error) {
	card, err := s.rows(ctx).Card(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return &inviteOut{Body: inviteView(r, i, s.linkOf(s.sharing(ctx), i, card.Message))}, nil
}

// listInvites shows all links of a request, oldest first.
func (s *Server) listInvites(ctx context.Context, in *RequestPath) (*invitesOut, error) {
	request, err := s.owned(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	card, err := s.Store.Card(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	known := s.sharing(ctx)
	view, err := s.invitesOf(ctx, request, func(i store.Invite) *LinkView {
		return s.linkOf(known, i, card.Message)
	})
	return &invitesOut{Body: view}, err
}

// invitesOf reads a request's invites, with what links are shown of them.
func (s *Server) invitesOf(
	ctx context.Context, r models.Request, link func(store.Invite) *LinkView,
) (InvitesView, error) {
	view := InvitesView{Invites: []InviteView{}, Version: r.Seq}
	invites, err := s.Store.Invites(ctx, r.ID)
	for _, invite := range invites {
		view.Version += invite.Changes
		view.Invites = append(view.Invites, inviteView(r, invite, link(invite)))
	}
	return view, err
}

// revokeInvite makes one link useless; the others live on.
func (s *Server) revokeInvite(ctx context.Context, in *invitePath) (*inviteOut, error) {
	request, err := s.owned(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if _, err := s.inviteOf(ctx, in.ID, in.Invite); err != nil {
		return nil, err
	}
	if err := s.Store.RevokeInvite(ctx, in.Invite); err != nil {
		return nil, err
	}
	invite, err := s.Store.Invite(ctx, in.Invite)
	if err != nil {
		return nil, err
	}
	return s.shownInvite(ctx, request, invite)
}

type labelIn struct {
	RequestPath
	Invite string `path:"invite" maxLength:"64"`
	Body   struct {
		Label string `json:"label" maxLength:"40" doc:"The buyer's own word for the friend; empty takes it away."`
	}
}

// labelInvite gives a link another name. Only the buyer and the merchant ever see it.
func (s *Server) labelInvite(ctx context.Context, in *labelIn) (*inviteOut, error) {
	request, err := s.owned(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	invite, err := s.inviteOf(ctx, in.ID, in.Invite)
	if err != nil {
		return nil, err
	}
	if err := s.Store.LabelInvite(ctx, invite.ID, in.Body.Label); err != nil {
		return nil, err
	}
	if invite, err = s.Store.Invite(ctx, invite.ID); err != nil {
		return nil, err
	}
	return s.shownInvite(ctx, request, invite)
}

// inviteOf reads an invite of that request; another's is not found.
func (s *Server) inviteOf(ctx context.Context, request, id string) (store.Invite, error) {
	invite, err := s.Store.Invite(ctx, id)
	if err == nil && invite.Request != request {
		err = unseen("unknown_invite")
	}
	return invite, err
}

// showQR is the picture of a live link of one's own, for the buyer to send or to show.
func (s *Server) showQR(c echo.Context) error {
	ctx := c.Request().Context()
	if _, err := s.owned(ctx, c.Param("id")); err != nil {
		return err
	}
	invite, err := s.inviteOf(ctx, c.Param("id"), c.Param("invite"))
	if err != nil {
		return err
	}
	link := s.linkOf(s.sharing(ctx), invite, "")
	if link == nil || link.QR == "" {
		return models.Refuse(models.Conflict, "no_qr", "This link is not live, or may not be shared as a picture.")
	}
	picture, err := web.DrawQR(link.URL)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "image/svg+xml", []byte(picture))
}

// firstInvite is the link that a request is born with. Its id follows from the
// request's, so that placing again finds it.
func (s *Server) firstInvite(ctx context.Context, r models.Request, surface string) (store.Invite, error) {
	id := strings.Replace(r.ID, mint.Request, mint.Invite, 1)
	return s.invite(ctx, r, store.Invite{ID: id, Surface: surface})
}

// invite stores an invite whose secrets are derived, not kept. It lives as long
// as any pause may stretch the request.
func (s *Server) invite(ctx context.Context, r models.Request, invite store.Invite) (store.Invite, error) {
	invite.Request, invite.Generation, invite.ExpiresAt = r.ID, 1, r.HardEnd
	secret := s.Links.Token(invite.ID, int64(invite.Generation))
	invite.TokenHash, invite.CodeHash = s.Links.Hash(secret), s.Links.CodeHash(token.Code(secret))
	return s.rows(ctx).CreateInvite(ctx, invite)
}
