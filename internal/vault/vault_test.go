package vault_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/vault"
)

func key(id string, b byte) vault.Key {
	return vault.Key{ID: id, Secret: bytes.Repeat([]byte{b}, vault.KeySize)}
}

func open(t testing.TB, keys ...vault.Key) *vault.Vault {
	t.Helper()
	v, err := vault.New(bytes.Repeat([]byte{9}, vault.KeySize), keys...)
	require.NoError(t, err)
	return v
}

func TestSealedOpensInItsPlaceOnly(t *testing.T) {
	t.Parallel()
	v := open(t, key("k1", 1))
	sealed := v.Seal([]byte("13800138000"), "payers:1")
	require.NotContains(t, string(sealed), "138")
	require.NotEqual(t, sealed, v.Seal([]byte("13800138000"), "payers:1"), "the same plain never looks the same")
	plain, err := v.Open(sealed, "payers:1")
	require.NoError(t, err)
	require.Equal(t, "13800138000", string(plain))
	_, err = v.Open(sealed, "payers:2")
	require.ErrorIs(t, err, vault.ErrSealed)
}

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	before := open(t, key("k1", 1))
	sealed := before.Seal([]byte("secret"), "p")
	rotated := open(t, key("k2", 2), key("k1", 1))
	plain, err := rotated.Open(sealed, "p")
	require.NoError(t, err)
	require.Equal(t, "secret", string(plain))
	require.True(t, rotated.Stale(sealed))
	anew := rotated.Seal(plain, "p")
	require.False(t, rotated.Stale(anew))
	_, err = before.Open(anew, "p")
	require.ErrorIs(t, err, vault.ErrSealed, "a key that is not here")
	_, err = open(t, key("k1", 3)).Open(sealed, "p")
	require.ErrorIs(t, err, vault.ErrSealed, "another key of the same name")
}

func TestEveryChangedByteIsRefused(t *testing.T) {
	t.Parallel()
	v := open(t, key("k1", 1), key("k2", 1)) // the same secret: only the id differs
	sealed := v.Seal([]byte("secret"), "p")
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 3 // turns k1 into k2 as well
		_, err := v.Open(changed, "p")
		require.ErrorIs(t, err, vault.ErrSealed, "byte %d", i)
		_, err = v.Open(sealed[:i], "p")
		require.ErrorIs(t, err, vault.ErrSealed, "cut at %d", i)
	}
}

func TestIndexSeparatesPurposesAndParts(t *testing.T) {
	t.Parallel()
	v := open(t, key("k1", 1))
	require.Equal(t, v.Index("phone", "a"), open(t, key("k2", 2)).Index("phone", "a"), "rotation keeps it")
	require.NotEqual(t, v.Index("phone", "a"), v.Index("code", "a"))
	require.NotEqual(t, v.Index("p", "ab", "c"), v.Index("p", "a", "bc"))
	require.Len(t, v.Index("p"), vault.KeySize)
}

func TestBadKeysAreRefused(t *testing.T) {
	t.Parallel()
	index := bytes.Repeat([]byte{9}, vault.KeySize)
	for name, make := range map[string]func() (*vault.Vault, error){
		"short index": func() (*vault.Vault, error) { return vault.New(index[1:], key("k", 1)) },
		"no key":      func() (*vault.Vault, error) { return vault.New(index) },
		"short key": func() (*vault.Vault, error) {
			return vault.New(index, vault.Key{ID: "k", Secret: index[1:]})
		},
		"no id": func() (*vault.Vault, error) { return vault.New(index, key("", 1)) },
		"twice": func() (*vault.Vault, error) { return vault.New(index, key("k", 1), key("k", 2)) },
	} {
		_, err := make()
		require.Error(t, err, name)
	}
}

func TestParseKeys(t *testing.T) {
	t.Parallel()
	secret := bytes.Repeat([]byte{7}, vault.KeySize)
	encoded := base64.StdEncoding.EncodeToString(secret)
	keys, err := vault.ParseKeys("k2:" + encoded + ", k1:" + encoded)
	require.NoError(t, err)
	require.Equal(t, []vault.Key{{ID: "k2", Secret: secret}, {ID: "k1", Secret: secret}}, keys)
	for _, bad := range []string{"", "k1", "k1:!", encoded} {
		_, err := vault.ParseKeys(bad)
		require.Error(t, err)
		require.NotContains(t, err.Error(), encoded, "an error shows no key")
	}
}

// golden was sealed by the first version of this package; what is stored must
// open for ever.
const golden = "01026b31e14f94bc78354a48a4c63fea16b5da67373b40fecdc2c6fc3e6e89b1363288e47d66"

func TestOldBytesStillOpen(t *testing.T) {
	t.Parallel()
	sealed, err := hex.DecodeString(golden)
	require.NoError(t, err)
	plain, err := open(t, key("k1", 1)).Open(sealed, "p")
	require.NoError(t, err)
	require.Equal(t, "secret", string(plain))
}

func FuzzOpen(f *testing.F) {
	v := open(f, key("k1", 1))
	sealed, err := hex.DecodeString(golden)
	require.NoError(f, err)
	f.Add(sealed, "p")
	f.Add(sealed, "q")
	f.Add([]byte{1, 255}, "p")
	f.Add([]byte{}, "")
	f.Fuzz(func(t *testing.T, garbage []byte, place string) {
		v.Stale(garbage)
		plain, err := v.Open(garbage, place)
		if err == nil {
			require.True(t, bytes.Equal(garbage, sealed) && place == "p", "opened %q", plain)
		} else {
			require.ErrorIs(t, err, vault.ErrSealed)
		}
	})
}
