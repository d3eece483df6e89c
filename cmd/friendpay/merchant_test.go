package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/internal/vault"
	"github.com/friendpay/friendpay/store"
)

func newRows(t *testing.T) *store.Store {
	t.Helper()
	key := make([]byte, vault.KeySize)
	keys, err := vault.New(key, vault.Key{ID: "k1", Secret: key})
	require.NoError(t, err)
	dsn := testkit.Database(t, store.Migrate)
	rows, err := store.Open(t.Context(), dsn, store.Options{Vault: keys})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, rows.Close()) })
	return rows
}

// Writing a merchant again changes what the file says and nothing else: his server goes
// on believing our webhooks, and payments under way find their account.
func TestAMerchantWrittenAgainKeepsHisSecretsAndSellers(t *testing.T) {
	rows := newRows(t)
	put := func(text string, fresh bool) (string, error) {
		file, err := readMerchant("-", strings.NewReader(text))
		require.NoError(t, err)
		var out bytes.Buffer
		err = add(t.Context(), &out, rows, file, fresh)
		return out.String(), err
	}
	out, err := put(tea, false)
	require.NoError(t, err)
	require.Contains(t, out, "api_key=fpk_test_")
	before, err := rows.App(t.Context(), "app_tea")
	require.NoError(t, err)

	out, err = put(strings.NewReplacer(`"secret":"s"`, `"secret":"rotated"`, ":60,", ":38,").Replace(tea), false)
	require.NoError(t, err)
	require.NotContains(t, out, "whsec_")
	account, err := rows.Account(t.Context(), "mockpay", "acc_tea")
	require.NoError(t, err)
	require.Contains(t, string(account.Settings), "rotated")
	require.EqualValues(t, 38, account.FeeBasisPoints)
	after, err := rows.App(t.Context(), "app_tea")
	require.NoError(t, err)
	require.Equal(t, before.WebhookSecret, after.WebhookSecret)

	_, err = put(strings.Replace(tea, `"merchant":"m"`, `"merchant":"other"`, 1), false)
	require.ErrorContains(t, err, "needs an id of its own")
	stolen := strings.NewReplacer("mer_tea", "mer_thief", "app_tea", "app_thief").Replace(tea)
	_, err = put(stolen, false)
	require.ErrorContains(t, err, "account of another app")

	out, err = put(tea, true)
	require.NoError(t, err)
	require.Contains(t, out, "whsec_")
}
