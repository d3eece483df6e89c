package api

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// shareText is what stands before the link unless the buyer writes his own.
const shareText = "帮我付一下这笔订单，谢谢！"

// What follows it. The code is told beside the link where it may be shared and the buyer
// said where he shares it. Where our links are blocked no address of ours is one to press.
const (
	shareCode    = "打不开链接？在 %s 输入短码 %s"
	shareNoLink  = "此处打不开链接，请用手机浏览器打开 %s，输入短码 %s"
	sharePicture = "此处打不开链接，请保存二维码图片，用其他应用扫码打开"
)

// sharing is the catalogue that says what may be shared where. One that cannot be read
// anew is used as it is: a buyer would rather have his link.
func (s *Server) sharing(ctx context.Context) *policy.Catalogue {
	known, err := s.Catalogue.Fresh(ctx)
	if err != nil {
		s.Log.WarnContext(ctx, "the catalogue could not be read anew", "error", err)
		return s.Catalogue.Current()
	}
	return known
}

// linkOf derives the link of a live invite again; nil when it is not live, or
// was made under a secret that has been taken out of use.
func (s *Server) linkOf(known *policy.Catalogue, invite store.Invite, message string) *LinkView {
	secret, ok := s.Links.Again(invite.ID, int64(invite.Generation), invite.TokenHash)
	if !ok || invite.State != store.InviteLive {
		return nil
	}
	return s.linkAs(url.PathEscape(secret), token.Code(secret), invite,
		known.ShareAt(invite.Surface, s.Clock()), message)
}

// linkAs is a link as it may be shared where the invite was made for.
func (s *Server) linkAs(
	secret, code string, invite store.Invite, allowed policy.Share, message string,
) *LinkView {
	view := &LinkView{URL: s.Config.PublicURL + "/f/" + secret}
	if allowed.Code {
		view.Code = code
	}
	if allowed.QR {
		view.QR = s.Config.PublicURL + "/v1/requests/" + invite.Request + "/invites/" + invite.ID + "/qr"
	}
	typed := s.Config.PublicURL + "/c"
	_, bare, _ := strings.Cut(typed, "://")
	lines := []string{orDefault(message, shareText)}
	switch {
	case allowed.Link && allowed.Code && invite.Surface != "":
		lines = append(lines, view.URL, fmt.Sprintf(shareCode, typed, view.Code))
	case allowed.Link:
		lines = append(lines, view.URL)
	case allowed.Code:
		lines = append(lines, fmt.Sprintf(shareNoLink, bare, view.Code))
	default:
		lines = append(lines, sharePicture)
	}
	view.ShareText = strings.Join(lines, "\n")
	return view
}

func inviteView(r models.Request, i store.Invite, link *LinkView) InviteView {
	return InviteView{
		Paying: cameBy(r, r.Slot, i), Paid: cameBy(r, r.Winner, i),
		ID: i.ID, State: i.State, Surface: i.Surface, Label: i.Label, ExpiresAt: i.ExpiresAt.UTC(),
		FirstOpenedAt: timeIfAny(i.FirstOpenedAt), OpenedCount: i.OpenedCount, Link: link,
		ForContact: i.ForContact(), PledgedFor: timeIfAny(i.PledgedFor),
	}
}

// cameBy says that an attempt of the request is of a friend who came by this invite.
func cameBy(r models.Request, number string, i store.Invite) bool {
	a, known := r.Attempt(number)
	return known && !a.ByBuyer && a.Invite == i.ID
}
