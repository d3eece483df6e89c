package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/api/console"
	"github.com/friendpay/friendpay/models"
)

// Principal is who calls, as proven by a key, a token or a cookie. Only the
// fields of its kind are set.
type Principal struct {
	Kind     audience
	Merchant string          // merchant, buyer
	Apps     []string        // merchant: his apps; buyer: the one
	Scopes   []string        // merchant: what his key may; none: of a key from before
	Mode     string          // merchant: test or live, of his key and all his apps
	Buyer    string          // buyer: the merchant's id of him
	Request  string          // payer: the request that his link is about
	Invite   string          // payer
	Payer    string          // payer: empty until he has logged in
	Vouched  bool            // payer: his login is a merchant's word
	Checked  bool            // payer: he has said who asks him
	Staff    string          // staff: who
	Roles    []string        // staff
	session  console.Session // colleague
}

// PayerCookie holds a payer's token. The prefix makes browsers refuse it from
// any other host, and over plain HTTP from anywhere but this machine.
const PayerCookie = "__Host-friendpay"

// keyPrefix marks API keys, so that a leaked one is recognised anywhere.
const keyPrefix = "fpk_"

const maxKeyLength = 128

type contextKey int

const (
	principalKey contextKey = iota
	callKey
	mintedKey
	txKey
	addressKey
	surfaceKey
	localeKey // web.Locale: in which the caller reads
)

// caller is who calls; the zero Principal on routes for anybody.
func caller(ctx context.Context) Principal {
	p, _ := ctx.Value(principalKey).(Principal)
	return p
}

// id names the principal in idempotency keys and limits.
func (p Principal) id() string {
	switch p.Kind {
	case merchant:
		return "merchant:" + p.Merchant
	case buyer:
		return "buyer:" + p.Apps[0] + ":" + p.Buyer
	case payer:
		return "invite:" + p.Invite + ":" + p.Payer
	case staff, colleague:
		return "staff:" + p.Staff
	default:
		return string(anybody)
	}
}

// guarded lets a call through to the routes of the list, if its caller is of the
// route's audience.
func (s *Server) guarded(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r, listed := s.routes[c.Request().Method+" "+c.Path()]
		if !listed {
			return next(c)
		}
		ctx := c.Request().Context()
		p, err := s.admit(ctx, r.who, c.Request())
		if err == nil {
			err = p.permitted(r)
		}
		if err != nil {
			return err
		}
		c.SetRequest(c.Request().WithContext(context.WithValue(ctx, principalKey, p)))
		return legible(r, s.once(r, next))(c)
	}
}

func (s *Server) admit(ctx context.Context, who audience, r *http.Request) (Principal, error) {
	bearer := bearerOf(r)
	switch who {
	case anybody, provider:
		return Principal{Kind: who}, nil
	case operator:
		return s.admitOperator(bearer)
	case merchant:
		return s.admitMerchant(ctx, bearer)
	case seller, buyer:
		if strings.HasPrefix(bearer, keyPrefix) {
			return s.admitMerchant(ctx, bearer)
		}
		return s.admitBuyer(bearer)
	case payer:
		return s.admitPayer(r)
	case staff:
		return s.admitStaff(bearer)
	case colleague:
		return s.admitColleague(r)
	}
	return Principal{}, errNobody
}

var errNobody = models.Refuse(models.Unauthenticated, "unauthenticated", "Say who you are.")

func (s *Server) admitOperator(bearer string) (Principal, error) {
	want := sha256.Sum256([]byte(s.Config.MetricsToken))
	got := sha256.Sum256([]byte(bearer))
	if s.Config.MetricsToken != "" && subtle.ConstantTimeCompare(want[:], got[:]) != 1 {
		return Principal{}, errNobody
	}
	return Principal{Kind: operator}, nil
}

func (s *Server) admitMerchant(ctx context.Context, bearer string) (Principal, error) {
	if !strings.HasPrefix(bearer, keyPrefix) || len(bearer) > maxKeyLength {
		return Principal{}, errNobody
	}
	hash := sha256.Sum256([]byte(bearer))
	known, err := s.Store.MerchantByKey(ctx, hash[:])
	if models.CodeOf(err) == models.Unauthenticated {
		return Principal{}, errNobody
	}
	if err != nil {
		return Principal{}, fmt.Errorf("find the merchant: %w", err)
	}
	return Principal{
		Kind: merchant, Merchant: known.Merchant, Apps: known.Apps, Scopes: known.Scopes, Mode: known.Mode,
	}, nil
}

func (s *Server) admitBuyer(bearer string) (Principal, error) {
	claims, err := s.Tokens.Buyer(bearer)
	if err != nil {
		return Principal{}, errNobody
	}
	return Principal{
		Kind: buyer, Merchant: claims.Merchant, Apps: []string{claims.App}, Buyer: claims.Subject,
	}, nil
}

func (s *Server) admitPayer(r *http.Request) (Principal, error) {
	cookie, err := r.Cookie(PayerCookie)
	if err != nil {
		return Principal{}, errNobody
	}
	claims, err := s.Tokens.Payer(cookie.Value)
	if err != nil {
		return Principal{}, errNobody
	}
	return Principal{
		Kind: payer, Request: claims.Request, Invite: claims.Invite, Payer: claims.Payer,
		Vouched: claims.Vouched, Checked: claims.Checked,
	}, nil
}

func (s *Server) admitStaff(bearer string) (Principal, error) {
	claims, err := s.Tokens.Staff(bearer)
	if err != nil || claims.Session != "" || !slices.ContainsFunc(claims.Roles, isStaffRole) {
		return Principal{}, errNobody
	}
	return Principal{Kind: staff, Staff: claims.Subject, Roles: claims.Roles}, nil
}

func (s *Server) admitColleague(r *http.Request) (Principal, error) {
	session, err := s.console.Admit(r)
	if err != nil {
		return Principal{}, err
	}
	return Principal{
		Kind: colleague, Staff: session.Name, Roles: []string{string(session.Role)}, session: session,
	}, nil
}

func bearerOf(r *http.Request) string {
	scheme, value, _ := strings.Cut(r.Header.Get(echo.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return value
}
