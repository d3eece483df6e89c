package token_test

import (
	"crypto/ed25519"
	"testing"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/token"
)

const issuer = "https://pay.example.com"

var now = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

// key is a key made from its name, so that tests can speak of the same one.
func key(id string) token.Key {
	seed := make([]byte, ed25519.SeedSize)
	copy(seed, id)
	return token.Key{ID: id, Private: ed25519.NewKeyFromSeed(seed)}
}

func newTokens(t testing.TB, at time.Time, buyerKeys ...token.Key) *token.Tokens {
	t.Helper()
	if len(buyerKeys) == 0 {
		buyerKeys = []token.Key{key("b1")}
	}
	tokens, err := token.New(token.Options{
		Issuer: issuer, Now: func() time.Time { return at },
		Keys: map[token.Audience][]token.Key{
			token.Buyer: buyerKeys, token.Payer: {key("p1")}, token.Staff: {key("s1")},
		},
	})
	require.NoError(t, err)
	return tokens
}

func buyerClaims() token.BuyerClaims {
	return token.BuyerClaims{
		Merchant: "mer_1", App: "app_1", Name: "王**", RegisteredClaims: jwt.RegisteredClaims{Subject: "buyer-7"},
	}
}

func TestEachAudienceReadsItsOwnTokens(t *testing.T) {
	t.Parallel()
	tokens := newTokens(t, now)
	forBuyer, expires, err := tokens.SignBuyer(buyerClaims(), 10*time.Minute)
	require.NoError(t, err)
	require.Equal(t, now.Add(10*time.Minute), expires.UTC())
	forPayer, _, err := tokens.SignPayer(token.PayerClaims{Request: "fpr_1", Invite: "inv_1", Payer: "pay_1"}, 0)
	require.NoError(t, err)
	forStaff, expires, err := tokens.SignStaff(
		token.StaffClaims{Roles: []string{"viewer"}, RegisteredClaims: jwt.RegisteredClaims{Subject: "ada"}}, 0)
	require.NoError(t, err)
	require.Equal(t, now.Add(token.Shift), expires.UTC())

	buyer, err := tokens.Buyer(forBuyer)
	require.NoError(t, err)
	require.Equal(t, "buyer-7 app_1 mer_1 王**", buyer.Subject+" "+buyer.App+" "+buyer.Merchant+" "+buyer.Name)
	payer, err := tokens.Payer(forPayer)
	require.NoError(t, err)
	require.Equal(t, "fpr_1 inv_1 pay_1", payer.Request+" "+payer.Invite+" "+payer.Payer)
	staff, err := tokens.Staff(forStaff)
	require.NoError(t, err)
	require.True(t, staff.May("viewer"))
	require.False(t, staff.May("refunder"))

	for _, raw := range []string{forPayer, forStaff} {
		_, err = tokens.Buyer(raw)
		require.ErrorIs(t, err, token.ErrRefused)
	}
	for _, raw := range []string{forBuyer, forStaff} {
		_, err = tokens.Payer(raw)
		require.ErrorIs(t, err, token.ErrRefused)
	}
	for _, raw := range []string{forBuyer, forPayer} {
		_, err = tokens.Staff(raw)
		require.ErrorIs(t, err, token.ErrRefused)
	}
}

func TestALifeIsBounded(t *testing.T) {
	t.Parallel()
	for _, life := range []time.Duration{0, -time.Hour, token.Longest, 24 * time.Hour} {
		_, expires, err := newTokens(t, now).SignBuyer(buyerClaims(), life)
		require.NoError(t, err)
		require.Equal(t, now.Add(token.Longest), expires.UTC())
	}
}

func TestATokenEnds(t *testing.T) {
	t.Parallel()
	raw, _, err := newTokens(t, now).SignBuyer(buyerClaims(), time.Minute)
	require.NoError(t, err)
	for at, good := range map[time.Duration]bool{
		-31 * time.Second: false, -29 * time.Second: true, 0: true, 89 * time.Second: true, 91 * time.Second: false,
	} {
		_, err := newTokens(t, now.Add(at)).Buyer(raw)
		require.Equal(t, good, err == nil, at)
	}
}

func TestKeysAreChangedByOverlap(t *testing.T) {
	t.Parallel()
	signed := func(keys ...token.Key) string {
		raw, _, err := newTokens(t, now, keys...).SignBuyer(buyerClaims(), 0)
		require.NoError(t, err)
		return raw
	}
	reads := func(raw string, keys ...token.Key) bool {
		_, err := newTokens(t, now, keys...).Buyer(raw)
		return err == nil
	}
	before, after := signed(key("b1")), signed(key("b2"), key("b1"))
	require.True(t, reads(before, key("b1"), key("b2")), "the new key is known first")
	require.True(t, reads(after, key("b1"), key("b2")), "an instance that still signs with the old one")
	require.True(t, reads(before, key("b2"), key("b1")), "the old key still verifies")
	require.False(t, reads(before, key("b2")), "until it is taken out")
}

// Each audience changes its keys by itself, while tokens of the others live on.
func TestEachAudienceChangesItsKeys(t *testing.T) {
	t.Parallel()
	for _, a := range audiences {
		old := forgery{}.of(a)
		for overlap, good := range map[bool]bool{true: true, false: false} {
			keys := keySet{token.Buyer: {key("b1")}, token.Payer: {key("p1")}, token.Staff: {key("s1")}}
			keys[token.Audience(a.name)] = []token.Key{key("new")}
			if overlap {
				keys[token.Audience(a.name)] = []token.Key{key("new"), key(a.key)}
			}
			tokens, err := token.New(token.Options{Issuer: issuer, Now: func() time.Time { return now }, Keys: keys})
			require.NoError(t, err)
			_, err = a.read(tokens, old)
			require.Equal(t, good, err == nil, "%s, overlap %v", a.name, overlap)
			fresh := a
			fresh.key = "new"
			_, err = a.read(tokens, forgery{}.of(fresh))
			require.NoError(t, err, a.name)
			for _, other := range audiences {
				if other.name != a.name {
					_, err = other.read(tokens, forgery{}.of(other))
					require.NoError(t, err, "%s while %s changes", other.name, a.name)
				}
			}
		}
	}
}

func TestKeysAreChecked(t *testing.T) {
	t.Parallel()
	good := map[token.Audience][]token.Key{
		token.Buyer: {key("b1")}, token.Payer: {key("p1")}, token.Staff: {key("s1")},
	}
	clock := func() time.Time { return now }
	staff := func(key token.Key) token.Options {
		return token.Options{Issuer: issuer, Now: clock, Keys: with(good, token.Staff, key)}
	}
	cases := map[string]token.Options{
		"no issuer":        {Keys: good, Now: clock},
		"no clock":         {Issuer: issuer, Keys: good},
		"no keys":          {Issuer: issuer, Now: clock},
		"one key for two":  staff(key("b1")),
		"a key without id": staff(token.Key{Private: key("x").Private}),
		"half a key":       staff(token.Key{ID: "x", Private: []byte("x")}),
	}
	for name, options := range cases {
		_, err := token.New(options)
		require.Error(t, err, name)
	}
}

type keySet = map[token.Audience][]token.Key

func with(keys keySet, name token.Audience, key token.Key) keySet {
	changed := keySet{name: {key}}
	for other, list := range keys {
		if other != name {
			changed[other] = list
		}
	}
	return changed
}

func TestStrangersCanVerifyByTheKeySet(t *testing.T) {
	t.Parallel()
	tokens := newTokens(t, now, key("b2"), key("b1"))
	set, err := tokens.JWKS()
	require.NoError(t, err)
	require.NotContains(t, string(set), `"d"`, "no private key")
	keys, err := keyfunc.NewJWKSetJSON(set)
	require.NoError(t, err)
	raw, _, err := tokens.SignBuyer(buyerClaims(), 0)
	require.NoError(t, err)
	parsed, err := jwt.Parse(raw, keys.Keyfunc, jwt.WithTimeFunc(func() time.Time { return now }))
	require.NoError(t, err)
	require.True(t, parsed.Valid)
}
