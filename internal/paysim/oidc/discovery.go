package oidc

import (
	"encoding/base64"
	"math/big"
	"net/http"

	"github.com/friendpay/friendpay/internal/paysim/desk"
)

// discovery tells programs where everything is and what is spoken here.
func (i *Issuer) discovery(w http.ResponseWriter, r *http.Request) {
	issuer := i.issuer(r)
	desk.Reply(w, http.StatusOK, map[string]any{
		"issuer": issuer, "authorization_endpoint": issuer + "/authorize", "token_endpoint": issuer + "/token",
		"jwks_uri": issuer + "/jwks", "response_types_supported": []string{"code"},
		"grant_types_supported": []string{"authorization_code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"code_challenge_methods_supported":      []string{"S256"},
		"scopes_supported":                      []string{"openid", "profile", "email"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
		"claims_supported": []string{
			"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "name", "preferred_username",
			"email", "roles",
		},
	})
}

// keys hands out what ID tokens are checked with.
func (i *Issuer) keys(w http.ResponseWriter, _ *http.Request) {
	encode := base64.RawURLEncoding.EncodeToString
	desk.Reply(w, http.StatusOK, map[string]any{"keys": []map[string]string{{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": i.keyID, "n": encode(i.key.N.Bytes()),
		"e": encode(big.NewInt(int64(i.key.E)).Bytes()),
	}}})
}
