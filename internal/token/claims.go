package token

import (
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// BuyerClaims is a buyer of one app, vouched for by the merchant's server. The
// subject is the merchant's own id of the buyer.
type BuyerClaims struct {
	Merchant string `json:"mer"`
	App      string `json:"app"`
	Name     string `json:"name,omitempty"` // masked
	jwt.RegisteredClaims
}

// PayerClaims is a friend who holds one invite. Payer is empty until he has logged in.
type PayerClaims struct {
	Request string `json:"req"`
	Invite  string `json:"inv"`
	Payer   string `json:"pay,omitempty"`
	Vouched bool   `json:"vou,omitempty"` // the login is a merchant's word
	Checked bool   `json:"chk,omitempty"` // he has said who asks
	jwt.RegisteredClaims
}

// StaffClaims is a colleague and what he may do. Session and Began are there in a browser's session
// only: a random word that its forms are bound to, and when he logged in, in Unix seconds.
type StaffClaims struct {
	Roles   []string `json:"roles"`
	Session string   `json:"ses,omitempty"`
	Began   int64    `json:"bgn,omitempty"`
	jwt.RegisteredClaims
}

// May says whether the colleague has a role.
func (c StaffClaims) May(role string) bool { return slices.Contains(c.Roles, role) }

// SignBuyer makes a buyer's token; a life of zero, or above Longest, is Longest.
func (t *Tokens) SignBuyer(claims BuyerClaims, life time.Duration) (string, time.Time, error) {
	claims.RegisteredClaims = t.registered(Buyer, claims.Subject, bounded(life, Longest))
	raw, err := t.sign(Buyer, claims)
	return raw, claims.ExpiresAt.Time, err
}

// SignPayer makes a payer's token; a life of zero, or above Longest, is Longest.
func (t *Tokens) SignPayer(claims PayerClaims, life time.Duration) (string, time.Time, error) {
	claims.RegisteredClaims = t.registered(Payer, claims.Invite, bounded(life, Longest))
	raw, err := t.sign(Payer, claims)
	return raw, claims.ExpiresAt.Time, err
}

// SignStaff makes a colleague's token; a life of zero, or above Shift, is Shift.
func (t *Tokens) SignStaff(claims StaffClaims, life time.Duration) (string, time.Time, error) {
	claims.RegisteredClaims = t.registered(Staff, claims.Subject, bounded(life, Shift))
	raw, err := t.sign(Staff, claims)
	return raw, claims.ExpiresAt.Time, err
}

// Buyer reads a buyer's token; the error is ErrRefused.
func (t *Tokens) Buyer(raw string) (BuyerClaims, error) {
	var claims BuyerClaims
	if err := t.read(Buyer, raw, &claims); err != nil {
		return BuyerClaims{}, err
	}
	if claims.Subject == "" || claims.App == "" || claims.Merchant == "" {
		return BuyerClaims{}, ErrRefused
	}
	return claims, nil
}

// Payer reads a payer's token; the error is ErrRefused.
func (t *Tokens) Payer(raw string) (PayerClaims, error) {
	var claims PayerClaims
	if err := t.read(Payer, raw, &claims); err != nil {
		return PayerClaims{}, err
	}
	if claims.Invite == "" || claims.Request == "" {
		return PayerClaims{}, ErrRefused
	}
	return claims, nil
}

// Staff reads a colleague's token; the error is ErrRefused.
func (t *Tokens) Staff(raw string) (StaffClaims, error) {
	var claims StaffClaims
	if err := t.read(Staff, raw, &claims); err != nil {
		return StaffClaims{}, err
	}
	if claims.Subject == "" {
		return StaffClaims{}, ErrRefused
	}
	return claims, nil
}

func bounded(life, longest time.Duration) time.Duration {
	if life <= 0 || life > longest {
		return longest
	}
	return life
}

func (t *Tokens) registered(name Audience, subject string, life time.Duration) jwt.RegisteredClaims {
	now := t.now().UTC().Truncate(time.Second)
	return jwt.RegisteredClaims{
		Issuer: t.issuer, Subject: subject, Audience: jwt.ClaimStrings{string(name)},
		IssuedAt: jwt.NewNumericDate(now), NotBefore: jwt.NewNumericDate(now),
		ExpiresAt: jwt.NewNumericDate(now.Add(life)),
	}
}
