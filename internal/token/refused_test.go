package token_test

import (
	"crypto/ed25519"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/token"
)

type set = map[string]any

// shapes are what is not even written as a token.
func shapes(a audience) map[string]string {
	good := forgery{}.of(a)
	header, rest, _ := strings.Cut(good, ".")
	claims, signature, _ := strings.Cut(rest, ".")
	return map[string]string{
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
		"JSON form":    `{"payload":"` + claims + `","signature":"` + signature + `"}`,
	}
}

// headers are forgeries in the header or the signature.
func headers(a audience) map[string]forgery {
	return map[string]forgery{
		"alg none":               {header: set{"alg": "none"}, sign: func(string) []byte { return nil }},
		"alg None":               {header: set{"alg": "None"}, sign: func(string) []byte { return nil }},
		"alg missing":            {header: set{"alg": nil}},
		"alg of another kind":    {header: set{"alg": "RS256"}},
		"HS256 by public key":    {header: set{"alg": "HS256"}, sign: macBy(a.key)},
		"EdDSA, MAC signature":   {sign: macBy(a.key)},
		"zero signature":         {sign: func(string) []byte { return make([]byte, ed25519.SignatureSize) }},
		"another audience's key": {sign: signedBy(a.not)},
		"another's key and kid":  {header: set{"kid": a.not}, sign: signedBy(a.not)},
		"a stranger's key":       {sign: signedBy("stranger")},
		"kid unknown":            {header: set{"kid": "b9"}},
		"kid missing":            {header: set{"kid": nil}},
		"kid empty":              {header: set{"kid": ""}},
		"kid a path":             {header: set{"kid": "../../" + a.key}},
		"kid SQL":                {header: set{"kid": a.key + "' OR '1'='1"}},
		"kid a number":           {header: set{"kid": 1}},
		"kid twice":              {twice: `h:"kid":"` + a.not + `"`},
		"alg twice":              {twice: `h:"alg":"none"`},
		"typ JWT":                {header: set{"typ": "JWT"}},
		"typ missing":            {header: set{"typ": nil}},
		"typ of a stranger":      {header: set{"typ": "friendpay-nobody+jwt"}},
		"jku":                    {header: set{"jku": "https://evil.example/keys"}},
		"jwk":                    {header: set{"jwk": set{"kty": "OKP"}}, sign: signedBy("stranger")},
		"x5c":                    {header: set{"x5c": []string{"MII"}}},
		"x5u":                    {header: set{"x5u": "https://evil.example/cert"}},
		"crit":                   {header: set{"crit": []string{"exp"}}},
		"b64":                    {header: set{"b64": false}},
		"zip":                    {header: set{"zip": "DEF"}},
		"cty":                    {header: set{"cty": "JWT"}},
	}
}

// claims are forgeries that our own key has signed.
func claims(a audience) map[string]forgery {
	list := map[string]forgery{
		"aud of nobody":    {claims: set{"aud": "nobody"}},
		"aud missing":      {claims: set{"aud": nil}},
		"aud in capitals":  {claims: set{"aud": strings.ToUpper(a.name)}},
		"iss another":      {claims: set{"iss": "https://pay.example.org"}},
		"iss with a slash": {claims: set{"iss": issuer + "/"}},
		"iss missing":      {claims: set{"iss": nil}},
		"expired":          {claims: set{"exp": now.Add(-time.Minute).Unix()}},
		"exp missing":      {claims: set{"exp": nil}},
		"exp in words":     {claims: set{"exp": "tomorrow"}},
		"exp negative":     {claims: set{"exp": -1}},
		"exp twice":        {twice: `"exp":1`},
		"EXP and exp":      {twice: `"EXP":1`},
		"sub twice":        {twice: `"sub":"somebody"`},
		"not yet":          {claims: set{"nbf": now.Add(time.Hour).Unix()}},
		"from the future":  {claims: set{"iat": now.Add(time.Hour).Unix()}},
		"a claim is a set": {claims: set{a.needs[0]: set{"id": "x"}}},
	}
	for _, name := range a.needs {
		list["no "+name] = forgery{claims: set{name: nil}}
		list["empty "+name] = forgery{claims: set{name: ""}}
	}
	for _, other := range audiences {
		if other.name != a.name {
			list["aud "+other.name] = forgery{claims: set{"aud": other.name}}
			list["typ "+other.name] = forgery{header: set{"typ": "friendpay-" + other.name + "+jwt"}}
		}
	}
	return list
}

// corpus is what was tried on others, and what a careless reader would take.
func corpus(a audience) map[string]string {
	list := shapes(a)
	for _, forgeries := range []map[string]forgery{headers(a), claims(a)} {
		for name, f := range forgeries {
			list[name] = f.of(a)
		}
	}
	for _, other := range audiences {
		if other.name != a.name {
			list["a good one of "+other.name] = forgery{}.of(other)
		}
	}
	return list
}

func TestTheCorpusIsRefusedByEachAudience(t *testing.T) {
	t.Parallel()
	tokens := newTokens(t, now)
	for _, a := range audiences {
		_, err := a.read(tokens, forgery{}.of(a))
		require.NoError(t, err, "the corpus must differ from a good token by one thing")
		list := corpus(a)
		require.Greater(t, len(list), 60)
		for name, raw := range list {
			claims, err := a.read(tokens, raw)
			require.ErrorIs(t, err, token.ErrRefused, "%s: %s", a.name, name)
			require.Empty(t, claims, name)
			require.NotContains(t, err.Error(), "eyJ", name)
		}
	}
}

func FuzzTokensAreRefused(f *testing.F) {
	for _, a := range audiences {
		for _, raw := range corpus(a) {
			f.Add(raw)
		}
	}
	tokens := newTokens(f, now)
	f.Fuzz(func(t *testing.T, raw string) {
		for _, a := range audiences {
			if _, err := a.read(tokens, raw); err == nil && raw != (forgery{}).of(a) {
				t.Fatalf("%s took %q", a.name, raw)
			}
		}
	})
}
