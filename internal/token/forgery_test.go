package token_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/friendpay/friendpay/internal/token"
)

// audience is what a good token of one kind of person is made of.
type audience struct {
	name     string
	key, not string         // the key's id, and that of another audience
	claims   map[string]any // beside the registered ones
	needs    []string       // claims that none may lack
	read     func(*token.Tokens, string) (any, error)
}

var audiences = []audience{
	{name: "buyer", key: "b1", not: "p1", needs: []string{"sub", "mer", "app"},
		claims: map[string]any{"sub": "buyer-7", "mer": "mer_1", "app": "app_1"},
		read:   func(t *token.Tokens, raw string) (any, error) { c, err := t.Buyer(raw); return c, err }},
	{name: "payer", key: "p1", not: "s1", needs: []string{"req", "inv"},
		claims: map[string]any{"sub": "inv_1", "req": "fpr_1", "inv": "inv_1", "pay": "pay_1"},
		read:   func(t *token.Tokens, raw string) (any, error) { c, err := t.Payer(raw); return c, err }},
	{name: "staff", key: "s1", not: "b1", needs: []string{"sub"},
		claims: map[string]any{"sub": "ada", "roles": []string{"viewer"}},
		read:   func(t *token.Tokens, raw string) (any, error) { c, err := t.Staff(raw); return c, err }},
}

// forgery is a token that differs from a good one in what is set.
type forgery struct {
	header map[string]any // added to, or replacing, the good header; nil values are taken out
	claims map[string]any // the same for the claims
	twice  string         // a member written before all others of the claims, or of the header after "h:"
	sign   func(signingInput string) []byte
}

// of writes it as a token of an audience.
func (f forgery) of(a audience) string {
	header := map[string]any{"alg": "EdDSA", "typ": "friendpay-" + a.name + "+jwt", "kid": a.key}
	claims := map[string]any{
		"iss": issuer, "aud": []string{a.name},
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Minute).Unix(),
	}
	change(claims, a.claims)
	change(header, f.header)
	change(claims, f.claims)
	first, inHeader := strings.CutPrefix(f.twice, "h:")
	input := part(header, "") + "." + part(claims, first)
	if inHeader {
		input = part(header, first) + "." + part(claims, "")
	}
	sign := f.sign
	if sign == nil {
		sign = func(input string) []byte { return ed25519.Sign(key(a.key).Private, []byte(input)) }
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(sign(input))
}

func change(to, by map[string]any) {
	maps.Copy(to, by)
	maps.DeleteFunc(to, func(_ string, value any) bool { return value == nil })
}

// part encodes a header or claims, with a member before the others if one is given.
func part(content any, first string) string {
	raw, err := json.Marshal(content)
	if err != nil {
		panic(err)
	}
	if first != "" {
		raw = append([]byte("{"+first+","), raw[1:]...)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// macBy signs with a public key as if it were a shared secret.
func macBy(id string) func(string) []byte {
	return func(input string) []byte {
		public, _ := key(id).Private.Public().(ed25519.PublicKey)
		mac, err := jwt.SigningMethodHS256.Sign(input, []byte(public))
		if err != nil {
			panic(err)
		}
		return mac
	}
}

// signedBy signs with another key than the header may name.
func signedBy(id string) func(string) []byte {
	return func(input string) []byte { return ed25519.Sign(key(id).Private, []byte(input)) }
}
