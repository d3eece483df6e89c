package api

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"net/http"
	"slices"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

type payerTokenIn struct {
	Body struct {
		App    string `json:"app" maxLength:"64"`
		Person string `json:"person" minLength:"1" maxLength:"64" doc:"Your own id of him, as of a buyer."`
	}
}

type payerTokenOut struct{ Body PayerTokenView }

// PayerTokenView is a merchant's word for a friend.
type PayerTokenView struct {
	Token     string    `json:"token" doc:"Goes behind the link as #voucher=…, which reaches no log."`
	ExpiresAt time.Time `json:"expires_at" doc:"In two minutes; it is good once."`
}

// createPayerToken vouches for a friend whom the merchant knows. Whether he is the buyer
// himself follows from the ids: they are the merchant's own for both.
func (s *Server) createPayerToken(ctx context.Context, in *payerTokenIn) (*payerTokenOut, error) {
	if !slices.Contains(caller(ctx).Apps, in.Body.App) {
		return nil, unknownApp()
	}
	raw := rand.Text() + rand.Text() // 260 bits
	until, err := s.Store.IssueVoucher(ctx, store.Voucher{Token: raw, App: in.Body.App, Subject: in.Body.Person})
	if err != nil {
		return nil, err
	}
	return &payerTokenOut{Body: PayerTokenView{Token: raw, ExpiresAt: until.UTC()}}, nil
}

type voucherIn struct {
	Body struct {
		Token string `json:"token" maxLength:"128"`
	}
}

// logInByVoucher takes a merchant's word for who the friend is.
func (s *Server) logInByVoucher(ctx context.Context, in *voucherIn) (*loginOut, error) {
	link, err := s.checkedLink(ctx)
	if err != nil {
		return nil, err
	}
	cookie, payer, err := s.vouched(ctx, caller(ctx), link, in.Body.Token)
	if err != nil {
		return nil, err
	}
	if link, err = s.toPayer(ctx, payer); err != nil {
		return nil, err
	}
	return &loginOut{SetCookie: cookie.String(), Body: s.payersView(ctx, link)}, nil
}

// vouched makes a session of a merchant's word. It is a profile of its own, which no other
// login is tied to.
func (s *Server) vouched(
	ctx context.Context, p Principal, link store.Link, raw string,
) (cookie *http.Cookie, payer string, err error) {
	if p.Payer, err = s.takeVoucher(ctx, link, raw); err != nil {
		return nil, "", err
	}
	p.Vouched = true
	cookie, err = s.session(p)
	return cookie, p.Payer, err
}

func (s *Server) takeVoucher(ctx context.Context, link store.Link, raw string) (payer string, err error) {
	who, err := s.Store.TakeVoucher(ctx, raw, link.Request.App)
	if err != nil {
		return "", err
	}
	if !s.meant(link, who) {
		return "", errForContact
	}
	known, err := s.Store.LinkIdentity(ctx, "", who)
	if err == nil {
		s.entered(ctx, link.Invite.ID, known)
	}
	return known.ID, err
}

// errForContact is the one answer to everybody who is not the person that an invite is for:
// to who comes without a merchant's word, with one that is over, and with somebody else's.
var errForContact = &models.Error{
	Code: models.Forbidden, Reason: "for_contact", Message: "This link is for one person, in the shop's app.",
	Fix: "Open it in the app, logged in there.",
}

// meant says whether an invite is for him.
func (s *Server) meant(link store.Link, who store.Identity) bool {
	return !link.Invite.ForContact() ||
		hmac.Equal(link.Invite.ContactIndex, s.Store.ContactIndex(link.Request.App, who.Subject))
}

// contactFirst lets nobody in by the invite of one person but him: no session of such an invite
// is anybody else's. A session that he has is proof enough.
func (s *Server) contactFirst(ctx context.Context, p *Principal, link store.Link, word string) (err error) {
	if !link.Invite.ForContact() || p.Payer != "" {
		return nil
	}
	if word == "" {
		return errForContact
	}
	p.Payer, err = s.vouchedPayer(ctx, link, word)
	if p.Vouched = p.Payer != ""; err == nil && !p.Vouched {
		return errForContact
	}
	return err
}

// vouchedPayer is the same for the page behind a link: who comes with a voucher that is over
// logs in like everybody else.
func (s *Server) vouchedPayer(ctx context.Context, link store.Link, raw string) (payer string, err error) {
	payer, err = s.takeVoucher(ctx, link, raw)
	if models.CodeOf(err) == models.Gone {
		return "", nil
	}
	return payer, err
}
