package api

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// loginPurpose keeps codes for logging in apart from any other codes.
const loginPurpose = "login"

// codesPerAddress bounds the codes that one address may have sent in an hour,
// whatever the phones: it is somebody else's phone that rings.
const codesPerAddress = 120

type phoneIn struct {
	Body struct {
		Phone string `json:"phone" maxLength:"20" doc:"A mobile phone of the mainland."`
	}
}

type loginIn struct {
	Body struct {
		Phone string `json:"phone" maxLength:"20"`
		Code  string `json:"code" maxLength:"12"`
	}
}

type loginOut struct {
	SetCookie string `header:"Set-Cookie"`
	Body      PayerView
}

// sendLoginCode sends a one-time code. The answer is the same for phones that we
// know and phones that we do not.
func (s *Server) sendLoginCode(ctx context.Context, in *phoneIn) (*nothing, error) {
	if _, err := s.checkedLink(ctx); err != nil {
		return nil, err
	}
	if err := s.sendCode(ctx, in.Body.Phone); err != nil {
		return nil, err
	}
	s.counted(ctx, s.Store.LoginBegun(ctx, caller(ctx).Invite))
	return &nothing{}, nil
}

func (s *Server) sendCode(ctx context.Context, typed string) error {
	phone, err := mobile(typed)
	if err != nil {
		return err
	}
	if err := s.within(ctx, "codes:"+address(ctx), codesPerAddress, time.Hour); err != nil {
		return err
	}
	code, err := sixDigits()
	if err != nil {
		return err
	}
	issued := store.LoginCode{Phone: phone, Purpose: loginPurpose, Code: code}
	if err := s.Store.IssueCode(ctx, issued); err != nil {
		return err
	}
	if err := s.SMS.Send(ctx, phone, "login_code", map[string]string{"code": code, "minutes": "5"}); err != nil {
		away := models.Refuse(models.Unavailable, "sms_unavailable", "The code could not be sent.")
		return fmt.Errorf("%w: %w", away, err)
	}
	return nil
}

// logIn takes a code and replaces the session by one that knows the payer, so
// that a session made before the login is worth nothing after it.
func (s *Server) logIn(ctx context.Context, in *loginIn) (*loginOut, error) {
	if _, err := s.checkedLink(ctx); err != nil {
		return nil, err
	}
	cookie, payer, err := s.loggedIn(ctx, caller(ctx), in.Body.Phone, in.Body.Code)
	if err != nil {
		return nil, err
	}
	link, err := s.toPayer(ctx, payer)
	if err != nil {
		return nil, err
	}
	return &loginOut{SetCookie: cookie.String(), Body: s.payersView(ctx, link)}, nil
}

func (s *Server) loggedIn(
	ctx context.Context, p Principal, typed, code string,
) (cookie *http.Cookie, payer string, err error) {
	phone, err := mobile(typed)
	if err != nil {
		return nil, "", err
	}
	taken := store.LoginCode{Phone: phone, Purpose: loginPurpose, Code: strings.TrimSpace(code)}
	if err := s.Store.TakeCode(ctx, taken); err != nil {
		return nil, "", err
	}
	known, err := s.Store.LinkPhone(ctx, p.proven(), phone)
	if err != nil {
		return nil, "", err
	}
	s.entered(ctx, p.Invite, known)
	p.Payer, p.Vouched = known.ID, false
	cookie, err = s.session(p)
	return cookie, known.ID, err
}

// entered keeps that a friend has logged in by an invite, and in which language he reads.
func (s *Server) entered(ctx context.Context, invite string, known store.Payer) {
	locale, _ := ctx.Value(localeKey).(web.Locale)
	s.counted(ctx, s.Store.LoggedIn(ctx, store.Login{
		Invite: invite, Payer: known.ID, Newcomer: known.New, Locale: string(locale),
	}))
}

// counted says in the log that a step was not. It is never a friend's trouble.
func (s *Server) counted(ctx context.Context, err error) {
	if err != nil {
		s.Log.WarnContext(ctx, "a step of the funnel is not counted", "error", err)
	}
}

// session makes the cookie of a friend's session.
func (s *Server) session(p Principal) (*http.Cookie, error) {
	signed, expires, err := s.Tokens.SignPayer(token.PayerClaims{
		Request: p.Request, Invite: p.Invite, Payer: p.Payer, Vouched: p.Vouched, Checked: p.Checked,
	}, token.Longest)
	if err != nil {
		return nil, fmt.Errorf("sign the session: %w", err)
	}
	return &http.Cookie{
		Name: PayerCookie, Value: signed, Path: "/", Expires: expires,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}, nil
}

var mainlandMobile = regexp.MustCompile(`^1[3-9][0-9]{9}$`)

// mobile reads a phone as people type it: spaces, dashes and +86 do not matter.
func mobile(typed string) (string, error) {
	digits := strings.NewReplacer(" ", "", "-", "").Replace(typed)
	digits = strings.TrimPrefix(digits, "+86")
	if len(digits) == 13 {
		digits = strings.TrimPrefix(digits, "86")
	}
	if !mainlandMobile.MatchString(digits) {
		return "", &models.Error{
			Code: models.Invalid, Reason: "bad_phone", Field: "phone", Message: "This is no mobile phone number.",
			Fix: "Eleven digits that begin with 1.",
		}
	}
	return digits, nil
}

// sixDigits is a one-time code, every one as likely as any other.
func sixDigits() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", fmt.Errorf("draw a code: %w", err)
	}
	return fmt.Sprintf("%06d", n), nil
}
