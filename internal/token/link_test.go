package token_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/friendpay/friendpay/internal/token"
)

func secret(fill byte) []byte { return bytes.Repeat([]byte{fill}, 32) }

func links(t testing.TB, secrets ...[]byte) *token.Links {
	t.Helper()
	l, err := token.NewLinks(secrets...)
	require.NoError(t, err)
	return l
}

func TestALinkIsTheSameAgain(t *testing.T) {
	t.Parallel()
	l := links(t, secret(1))
	first := l.Token("inv_1", 1)
	require.Len(t, first, 43)
	require.Equal(t, first, l.Token("inv_1", 1))
	require.NotEqual(t, first, l.Token("inv_1", 2))
	require.NotEqual(t, first, l.Token("inv_2", 1))
	require.NotEqual(t, l.Token("inv_1", 11), l.Token("inv_11", 1))
}

func TestALinkOutlivesItsSecretsSuccessor(t *testing.T) {
	t.Parallel()
	old := links(t, secret(1)).Token("inv_1", 1)
	hash, err := token.Hash(old)
	require.NoError(t, err)
	again, ok := links(t, secret(2), secret(1)).Again("inv_1", 1, hash)
	require.True(t, ok)
	require.Equal(t, old, again)
	_, ok = links(t, secret(2)).Again("inv_1", 1, hash)
	require.False(t, ok)
}

func TestSecretsAreLong(t *testing.T) {
	t.Parallel()
	_, err := token.NewLinks()
	require.Error(t, err)
	_, err = token.NewLinks(secret(1), secret(2)[:31])
	require.Error(t, err)
}

func TestOnlyTokensAreHashed(t *testing.T) {
	t.Parallel()
	good := links(t, secret(1)).Token("inv_1", 1)
	for _, bad := range []string{
		"", good[:42], good + "A", strings.Repeat("=", 43), good[:42] + "=", good[:42] + "+", good[:42] + " ",
		good[:42] + "\n", strings.Repeat("é", 21) + "A", strings.Repeat("_", 42) + "B", "../" + good[3:],
	} {
		_, err := token.Hash(bad)
		require.ErrorIs(t, err, token.ErrNoLink, bad)
	}
}

func FuzzOnlyTokensAreHashed(f *testing.F) {
	f.Add(links(f, secret(1)).Token("inv_1", 1))
	f.Add("../../etc/passwd")
	f.Fuzz(func(t *testing.T, raw string) {
		hash, err := token.Hash(raw)
		if (err == nil) != (len(hash) == 32) || err == nil && len(raw) != 43 {
			t.Fatalf("%q gave %d bytes and %v", raw, len(hash), err)
		}
	})
}

func TestCodesAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := token.Code(rapid.String().Draw(t, "token"))
		if len(code) != 11 || code[5] != '-' || strings.ContainsAny(code, "01ILO") {
			t.Fatalf("code %q", code)
		}
		want, err := token.CodeHash(code)
		if err != nil {
			t.Fatal(err)
		}
		for _, typed := range []string{
			strings.ToLower(code), strings.ReplaceAll(code, "-", ""), " " + code + " ",
			strings.ReplaceAll(code, "-", " "),
		} {
			got, err := token.CodeHash(typed)
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%q is not read as %q: %v", typed, code, err)
			}
		}
	})
}

func TestOtherWordsAreNoCodes(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"", "K7QF9", "K7QF9-M2XAB2", "K7QF9-M2XA1", "K7QF9-M2XAO", "K7QF9-M2XAµ", strings.Repeat("-", 99),
	} {
		_, err := token.CodeHash(bad)
		require.ErrorIs(t, err, token.ErrNoLink, bad)
	}
}
