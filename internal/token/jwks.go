package token

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// jwk is a public key as RFC 8037 writes Ed25519.
type jwk struct {
	Type  string `json:"kty"`
	Curve string `json:"crv"`
	X     string `json:"x"`
	ID    string `json:"kid"`
	Alg   string `json:"alg"`
	Use   string `json:"use"`
}

// JWKS is the public keys of every audience, as served at /.well-known/jwks.json.
func (t *Tokens) JWKS() ([]byte, error) {
	set := struct {
		Keys []jwk `json:"keys"`
	}{}
	for _, name := range []Audience{Buyer, Payer, Staff} {
		a := t.audiences[name]
		for _, id := range a.order {
			x := base64.RawURLEncoding.EncodeToString(a.keys[id])
			set.Keys = append(set.Keys, jwk{Type: "OKP", Curve: "Ed25519", X: x, ID: id, Alg: "EdDSA", Use: "sig"})
		}
	}
	document, err := json.Marshal(set)
	if err != nil {
		return nil, fmt.Errorf("write the key set: %w", err)
	}
	return document, nil
}
