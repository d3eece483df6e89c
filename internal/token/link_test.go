package token_test

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/friendpay/friendpay/internal/token"
)

func secret(fill byte) []byte { return bytes.Repeat([]byte{fill}, 32) }

func links(t testing.TB, secrets ...[]byte) *token.Links {
	t.Helper()
	l, err := token.NewLinks(secret(9), secrets...)
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
	hash := links(t, secret(2)).Hash(old)
	again, ok := links(t, secret(2), secret(1)).Again("inv_1", 1, hash)
	require.True(t, ok)
	require.Equal(t, old, again)
	_, ok = links(t, secret(2)).Again("inv_1", 1, hash)
	require.False(t, ok)
}

func TestSecretsAreLong(t *testing.T) {
	t.Parallel()
	for _, short := range [][][]byte{
		{secret(9)}, {secret(9), secret(1), secret(2)[:31]}, {secret(9)[:31], secret(1)},
	} {
		_, err := token.NewLinks(short[0], short[1:]...)
		require.Error(t, err)
	}
}

// A dump of the database, which has the hashes and not the pepper, checks no guess.
func TestHashesNeedThePepper(t *testing.T) {
	t.Parallel()
	l := links(t, secret(1))
	other, err := token.NewLinks(secret(8), secret(1))
	require.NoError(t, err)
	text := l.Token("inv_1", 1)
	plain := sha256.Sum256([]byte(text))
	for _, different := range [][]byte{other.Hash(text), plain[:], l.CodeHash(text)} {
		require.NotEqual(t, l.Hash(text), different)
	}
	require.NotEqual(t, l.CodeHash("K7QF9-M2XAB"), other.CodeHash("K7QF9-M2XAB"))
	require.NotEqual(t, l.CodeHash("K7QF9-M2XAB"), l.Hash("K7QF9M2XAB"))
}

// FuzzATokenIsFoundByItselfOnly: whatever is sent has a hash, and no second spelling
// of a token has the token's.
func FuzzATokenIsFoundByItselfOnly(f *testing.F) {
	l := links(f, secret(1))
	good := l.Token("inv_1", 1)
	for _, raw := range []string{
		"", good, good[:42], good + "A", good[:42] + "=", good[:42] + "+", good + "\n", " " + good, good + "=",
		strings.ToLower(good), strings.Repeat("_", 42) + "B", "../../etc/passwd", strings.Repeat("A", 8<<10),
	} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		hash := l.Hash(raw)
		if len(hash) != sha256.Size || bytes.Equal(hash, l.Hash(good)) != (raw == good) {
			t.Fatalf("%q is taken for a token", raw)
		}
		if again, ok := l.Again("inv_1", 1, hash); ok && again != raw {
			t.Fatalf("%q is shown as %q", raw, again)
		}
	})
}

func TestCodesAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	links := links(t, secret(1))
	rapid.Check(t, func(t *rapid.T) {
		code := token.Code(rapid.String().Draw(t, "token"))
		if len(code) != 11 || code[5] != '-' || strings.ContainsAny(code, "01ILO") {
			t.Fatalf("code %q", code)
		}
		want := links.CodeHash(code)
		for _, typed := range []string{
			strings.ToLower(code), strings.ReplaceAll(code, "-", ""), " " + code + " ",
			strings.ReplaceAll(code, "-", " "),
		} {
			if !token.IsCode(typed) || !bytes.Equal(links.CodeHash(typed), want) {
				t.Fatalf("%q is not read as %q", typed, code)
			}
		}
	})
}

func TestOtherWordsAreNoCodes(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"", "K7QF9", "K7QF9-M2XAB2", "K7QF9-M2XA1", "K7QF9-M2XAO", "K7QF9-M2XAµ", strings.Repeat("-", 99),
	} {
		require.False(t, token.IsCode(bad), bad)
	}
}
