// Package token makes and reads the proofs that people carry: JSON web tokens,
// one audience and one key each for buyers, payers and staff, and the secrets
// of links. It keeps no state; what it refuses, it refuses without saying why.
package token

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Audience is whom a token is for. Each has keys of its own, so that a key that
// leaks speaks for one kind of person only.
type Audience string

// The audiences.
const (
	Buyer Audience = "buyer"
	Payer Audience = "payer"
	Staff Audience = "staff"
)

const (
	// Longest is the longest life of a buyer's or payer's token.
	Longest = 30 * time.Minute
	// Shift is the longest life of a staff token.
	Shift = 12 * time.Hour

	maxLength = 8 << 10          // a token in a header; nothing longer is even looked at
	leeway    = 30 * time.Second // how far the clocks of our own machines may differ
)

// ErrRefused is every token that is not ours, not for this audience or not valid now.
var ErrRefused = errors.New("the token is not valid here")

// Key signs and verifies for one audience. ID is public and is never reused.
type Key struct {
	ID      string
	Private ed25519.PrivateKey
}

// Options are what New needs. The first key of an audience signs; the others
// still verify, so that keys are changed by overlap: add the new one last, put
// it first once every instance knows it, remove the old one after Longest.
type Options struct {
	Issuer string
	Keys   map[Audience][]Key
	Now    func() time.Time
}

// Tokens signs and reads the tokens of all audiences.
type Tokens struct {
	issuer    string
	now       func() time.Time
	audiences map[Audience]*audience
}

type audience struct {
	signing Key
	keys    map[string]ed25519.PublicKey // by kid: a kid is looked up, never interpreted
	order   []string
	parser  *jwt.Parser
}

// New checks the keys: every audience has at least one, no id occurs twice.
func New(o Options) (*Tokens, error) {
	t := &Tokens{issuer: o.Issuer, now: o.Now, audiences: map[Audience]*audience{}}
	if o.Issuer == "" || o.Now == nil {
		return nil, errors.New("an issuer and a clock are needed")
	}
	seen := map[string]bool{}
	for _, name := range []Audience{Buyer, Payer, Staff} {
		if len(o.Keys[name]) == 0 {
			return nil, fmt.Errorf("audience %s has no key", name)
		}
		a := &audience{signing: o.Keys[name][0], keys: map[string]ed25519.PublicKey{}, parser: t.parser(name)}
		for _, key := range o.Keys[name] {
			if err := a.add(key, seen); err != nil {
				return nil, fmt.Errorf("audience %s: %w", name, err)
			}
		}
		t.audiences[name] = a
	}
	return t, nil
}

func (a *audience) add(key Key, seen map[string]bool) error {
	if key.ID == "" || seen[key.ID] {
		return errors.New("a key's id is empty or used twice")
	}
	if len(key.Private) != ed25519.PrivateKeySize {
		return fmt.Errorf("key %s is no Ed25519 key", key.ID)
	}
	public, ok := key.Private.Public().(ed25519.PublicKey)
	if !ok {
		return fmt.Errorf("key %s is no Ed25519 key", key.ID)
	}
	seen[key.ID] = true
	a.keys[key.ID], a.order = public, append(a.order, key.ID)
	return nil
}

func (t *Tokens) parser(name Audience) *jwt.Parser {
	return jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}),
		jwt.WithIssuer(t.issuer),
		jwt.WithAudience(string(name)),
		jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(),
		jwt.WithLeeway(leeway),
		jwt.WithTimeFunc(t.now),
		jwt.WithStrictDecoding(),
	)
}

// kind is the typ of an audience's tokens: one kind never passes for another,
// even if an audience were mixed up.
func (a Audience) kind() string { return "friendpay-" + string(a) + "+jwt" }

func (t *Tokens) sign(name Audience, claims jwt.Claims) (string, error) {
	key := t.audiences[name].signing
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims)
	token.Header["typ"], token.Header["kid"] = name.kind(), key.ID
	signed, err := token.SignedString(key.Private)
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	return signed, nil
}

func (t *Tokens) read(name Audience, raw string, claims jwt.Claims) error {
	if len(raw) > maxLength || strings.Count(raw, ".") != 2 || strings.ContainsFunc(raw, foreign) {
		return ErrRefused
	}
	a := t.audiences[name]
	_, err := a.parser.ParseWithClaims(raw, claims, func(token *jwt.Token) (any, error) {
		return a.key(token.Header, name.kind())
	})
	header, rest, _ := strings.Cut(raw, ".")
	body, _, _ := strings.Cut(rest, ".")
	if err != nil || !unambiguous(header) || !unambiguous(body) {
		return ErrRefused
	}
	return nil
}

// foreign are characters that no token has. Go's base64 skips line breaks even
// when it is strict, so that one token would have many spellings.
func foreign(r rune) bool {
	letter := r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
	return !letter && r != '-' && r != '_' && r != '.'
}

// key accepts exactly the header that sign writes. Anything else that a header
// can carry (jku, jwk, x5u, x5c, crit …) names a key or a rule that is not ours.
func (a *audience) key(header map[string]any, kind string) (ed25519.PublicKey, error) {
	kid, _ := header["kid"].(string)
	key, known := a.keys[kid]
	if !known || len(header) != 3 || header["typ"] != kind {
		return nil, ErrRefused
	}
	return key, nil
}
