package api

import (
	"context"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/friendpay/friendpay/internal/token"
)

type buyerTokenIn struct {
	Body struct {
		App       string  `json:"app" maxLength:"64"`
		Buyer     BuyerIn `json:"buyer"`
		ExpiresIn int64   `json:"expires_in_seconds,omitempty" minimum:"60" maximum:"1800" doc:"At most 1800."`
	}
}

type buyerTokenOut struct{ Body BuyerTokenView }

// BuyerTokenView is a token that the buyer's own page may use.
type BuyerTokenView struct {
	Token     string    `json:"token"`
	ExpiresAt time.Time `json:"expires_at"`
}

// createBuyerToken vouches for a buyer of one of the merchant's apps.
func (s *Server) createBuyerToken(ctx context.Context, in *buyerTokenIn) (*buyerTokenOut, error) {
	who := caller(ctx)
	if !slices.Contains(who.Apps, in.Body.App) {
		return nil, unknownApp()
	}
	raw, expires, err := s.Tokens.SignBuyer(token.BuyerClaims{
		Merchant: who.Merchant, App: in.Body.App, Name: masked(in.Body.Buyer.Name),
		RegisteredClaims: jwt.RegisteredClaims{Subject: in.Body.Buyer.ID},
	}, time.Duration(in.Body.ExpiresIn)*time.Second)
	if err != nil {
		return nil, err
	}
	return &buyerTokenOut{Body: BuyerTokenView{Token: raw, ExpiresAt: expires.UTC()}}, nil
}
