package token_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/token"
)

// forgery is a token that differs from a good one in what is set.
type forgery struct {
	header map[string]any // added to, or replacing, the good header; nil values are taken out
	claims map[string]any // the same for the claims
	sign   func(signingInput string) []byte
}

func (f forgery) String() string {
	header := map[string]any{"alg": "EdDSA", "typ": "friendpay-buyer+jwt", "kid": "b1"}
	claims := map[string]any{
		"iss": issuer, "aud": []string{"buyer"}, "sub": "buyer-7", "mer": "mer_1", "app": "app_1",
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Minute).Unix(),
	}
	change(header, f.header)
	change(claims, f.claims)
	input := part(header) + "." + part(claims)
	sign := f.sign
	if sign == nil {
		sign = func(input string) []byte { return ed25519.Sign(key("b1").Private, []byte(input)) }
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(sign(input))
}

func change(to, by map[string]any) {
	maps.Copy(to, by)
	maps.DeleteFunc(to, func(_ string, value any) bool { return value == nil })
}

func part(content any) string {
	raw, err := json.Marshal(content)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

func hmacWithPublicKey(input string) []byte {
	public := key("b1").Private.Public().(ed25519.PublicKey)
	mac, err := jwt.SigningMethodHS256.Sign(input, []byte(public))
	if err != nil {
		panic(err)
	}
	return mac
}

type set = map[string]any

// corpus is what was tried on others, and what a careless reader would take.
func corpus() map[string]string {
	good := forgery{}.String()
	header, rest, _ := strings.Cut(good, ".")
	claims, signature, _ := strings.Cut(rest, ".")
	list := map[string]string{
		"empty": "", "a dot": ".", "two dots": "..", "three dots": "...", "spaces": "   ", "words": "let me in",
		"two parts": header + "." + claims, "four parts": good + ".x", "no signature": header + "." + claims + ".",
		"no claims": header + ".." + signature, "no header": "." + claims + "." + signature,
		"a bearer too much": "Bearer " + good, "a space after": good + " ", "a line after": good + "\n",
		"padded": good + "=", "standard alphabet": strings.NewReplacer("-", "+", "_", "/").Replace(good) + "/",
		"signature cut": good[:len(good)-2], "header not JSON": "bm90IGpzb24." + claims + "." + signature,
		"huge":         "eyJ" + strings.Repeat("A", 10<<10) + "." + claims + "." + signature,
		"huge dots":    strings.Repeat(".", 9000),
		"api key":      "fpk_test_0123456789",
		"a NUL inside": header + "\x00." + claims + "." + signature,
	}
	for name, f := range map[string]forgery{
		"alg none":             {header: set{"alg": "none"}, sign: func(string) []byte { return nil }},
		"alg None":             {header: set{"alg": "None"}, sign: func(string) []byte { return nil }},
		"alg missing":          {header: set{"alg": nil}},
		"alg of another kind":  {header: set{"alg": "RS256"}},
		"HS256 by public key":  {header: set{"alg": "HS256"}, sign: hmacWithPublicKey},
		"EdDSA, MAC signature": {sign: hmacWithPublicKey},
		"zero signature":       {sign: func(string) []byte { return make([]byte, ed25519.SignatureSize) }},
		"payer's key":          {sign: func(s string) []byte { return ed25519.Sign(key("p1").Private, []byte(s)) }},
		"payer's key and kid": {header: set{"kid": "p1"},
			sign: func(s string) []byte { return ed25519.Sign(key("p1").Private, []byte(s)) }},
		"kid unknown":      {header: set{"kid": "b9"}},
		"kid missing":      {header: set{"kid": nil}},
		"kid empty":        {header: set{"kid": ""}},
		"kid a path":       {header: set{"kid": "../../b1"}},
		"kid a number":     {header: set{"kid": 1}},
		"typ JWT":          {header: set{"typ": "JWT"}},
		"typ missing":      {header: set{"typ": nil}},
		"typ payer":        {header: set{"typ": "friendpay-payer+jwt"}},
		"jku":              {header: set{"jku": "https://evil.example/keys"}},
		"jwk":              {header: set{"jwk": set{"kty": "OKP"}}},
		"x5u":              {header: set{"x5u": "https://evil.example/cert"}},
		"crit":             {header: set{"crit": []string{"exp"}}},
		"zip":              {header: set{"zip": "DEF"}},
		"aud payer":        {claims: set{"aud": "payer"}},
		"aud missing":      {claims: set{"aud": nil}},
		"aud Buyer":        {claims: set{"aud": "Buyer"}},
		"iss another":      {claims: set{"iss": "https://pay.example.org"}},
		"iss missing":      {claims: set{"iss": nil}},
		"expired":          {claims: set{"exp": now.Add(-time.Minute).Unix()}},
		"exp missing":      {claims: set{"exp": nil}},
		"exp in words":     {claims: set{"exp": "tomorrow"}},
		"exp negative":     {claims: set{"exp": -1}},
		"not yet":          {claims: set{"nbf": now.Add(time.Hour).Unix()}},
		"from the future":  {claims: set{"iat": now.Add(time.Hour).Unix()}},
		"no subject":       {claims: set{"sub": nil}},
		"no app":           {claims: set{"app": nil}},
		"no merchant":      {claims: set{"mer": ""}},
		"app is a list":    {claims: set{"app": []string{"app_1"}}},
		"claims are an id": {claims: set{"sub": set{"id": "buyer-7"}}},
	} {
		list[name] = f.String()
	}
	return list
}

func TestTheCorpusIsRefused(t *testing.T) {
	t.Parallel()
	tokens := newTokens(t, now)
	_, err := tokens.Buyer(forgery{}.String())
	require.NoError(t, err, "the corpus must differ from a good token by one thing")
	for name, raw := range corpus() {
		claims, err := tokens.Buyer(raw)
		require.ErrorIs(t, err, token.ErrRefused, name)
		require.Empty(t, claims, name)
		require.NotContains(t, err.Error(), "eyJ", name)
	}
}

func FuzzTokensAreRefused(f *testing.F) {
	for _, raw := range corpus() {
		f.Add(raw)
	}
	good := forgery{}.String()
	tokens := newTokens(f, now)
	f.Fuzz(func(t *testing.T, raw string) {
		claims, err := tokens.Buyer(raw)
		if err == nil && (raw != good || claims.Subject != "buyer-7") {
			t.Fatalf("took %q", raw)
		}
	})
}
