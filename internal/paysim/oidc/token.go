package oidc

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"net/url"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// tokenLife is how long an ID token is good.
const tokenLife = 5 * time.Minute

// refusal is how the token's address says no.
type refusal struct {
	status int
	Code   string `json:"error"`
	Text   string `json:"error_description"`
}

func grant(text string) *refusal { return &refusal{http.StatusBadRequest, "invalid_grant", text} }

// token exchanges a code for an ID token.
func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	rule := i.rule()
	ctx, cancel := i.desk.Until(r.Context())
	defer cancel()
	if status := i.desk.Before(ctx, rule); status != 0 {
		http.Error(w, http.StatusText(status), status)
		return
	}
	who, no := i.exchange(r)
	if status := i.desk.After(ctx, rule); status != 0 {
		http.Error(w, http.StatusText(status), status)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	if no != nil {
		if no.status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Basic realm="paysim"`)
		}
		desk.Reply(w, no.status, no)
		return
	}
	access := rand.Text() + rand.Text()
	desk.Reply(w, http.StatusOK, map[string]any{
		"access_token": access, "token_type": "Bearer", "expires_in": int(tokenLife.Seconds()),
		"scope": "openid", "id_token": i.sign(i.claims(i.issuer(r), access, who, rule), rule),
	})
}

// exchange checks who asks, and spends the code.
func (i *Issuer) exchange(r *http.Request) (login, *refusal) {
	if err := r.ParseForm(); err != nil {
		return login{}, &refusal{http.StatusBadRequest, "invalid_request", "the body is no form"}
	}
	form := r.PostForm
	switch {
	case !i.known(r):
		return login{}, &refusal{http.StatusUnauthorized, "invalid_client", "client or secret is wrong"}
	case form.Get("grant_type") != "authorization_code":
		return login{}, &refusal{http.StatusBadRequest, "unsupported_grant_type", "only authorization_code"}
	}
	return i.spend(form)
}

// known says whether the client proved itself, by Basic or in the form.
func (i *Issuer) known(r *http.Request) bool {
	id, secret, basic := r.BasicAuth()
	if basic {
		// Both parts are form-encoded before they are joined, says RFC 6749.
		plainID, err1 := url.QueryUnescape(id)
		plain, err2 := url.QueryUnescape(secret)
		if err1 != nil || err2 != nil {
			return false
		}
		id, secret = plainID, plain
	} else {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	client := i.deps.Client
	return id == client.ID && subtle.ConstantTimeCompare([]byte(secret), []byte(client.Secret)) == 1
}

// spend takes a code once, for the address and the verifier it was made for. A
// code is used up by the first try, also by one that fails.
func (i *Issuer) spend(form url.Values) (login, *refusal) {
	i.mu.Lock()
	defer i.mu.Unlock()
	who := i.codes[form.Get("code")]
	if who == nil || who.spent || i.now().Sub(who.at) > codeLife {
		return login{}, grant("the code is unknown, used or too old")
	}
	who.spent = true
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	switch {
	case form.Get("redirect_uri") != who.redirect:
		return login{}, grant("redirect_uri is not that of the login")
	case base64.RawURLEncoding.EncodeToString(sum[:]) != who.challenge:
		return login{}, grant("code_verifier does not match")
	}
	return *who, nil
}

// claims are what an ID token tells, or a lie that the rule names.
func (i *Issuer) claims(issuer, access string, who login, rule faults.Rule) jwt.MapClaims {
	now := i.now()
	half := sha256.Sum256([]byte(access))
	claims := jwt.MapClaims{
		"iss": issuer, "sub": who.who.Subject, "aud": i.deps.Client.ID, "iat": now.Unix(),
		"exp": now.Add(tokenLife).Unix(), "auth_time": who.at.Unix(), "name": who.who.Name,
		"email": who.who.Email, "email_verified": true, "roles": who.who.Roles,
		"at_hash": base64.RawURLEncoding.EncodeToString(half[:len(half)/2]),
	}
	if who.nonce != "" {
		claims["nonce"] = who.nonce
	}
	if who.who.Short != "" {
		claims["preferred_username"] = who.who.Short
	}
	if rule.Mode != faults.BadToken {
		return claims
	}
	switch rule.Value {
	case "issuer":
		claims["iss"] = "https://login.evil.example"
	case "audience":
		claims["aud"] = "another-app"
	case "expired":
		claims["exp"] = now.Add(-time.Hour).Unix()
	case "nonce":
		claims["nonce"] = rand.Text()
	case "roles":
		claims["roles"] = "admin" // a text where a list should be
	default: // the other lies are about the signature
	}
	return claims
}

// sign makes the token, or spoils that as the rule says.
func (i *Issuer) sign(claims jwt.MapClaims, rule faults.Rule) string {
	method, key := jwt.SigningMethod(jwt.SigningMethodRS256), any(i.key)
	if rule.Mode == faults.BadToken {
		switch rule.Value {
		case "none":
			method, key = jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType
		case "hs256": // with what everybody knows as the secret
			method, key = jwt.SigningMethodHS256, x509.MarshalPKCS1PublicKey(&i.key.PublicKey)
		case "key":
			key = stranger()
		default: // the other lies are in the claims
		}
	}
	token := jwt.NewWithClaims(method, claims)
	token.Header["kid"] = i.keyID
	text, err := token.SignedString(key)
	if err != nil {
		panic(err) // each method has a key of its kind
	}
	return text
}

// stranger is a key of nobody here.
func stranger() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		panic(err) // the system's source of chance failed
	}
	return key
}
