package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/sink"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// asMerchant calls `merchant …`, which must work.
func asMerchant(t *testing.T, args ...string) string {
	t.Helper()
	out, _, err := run(t, append([]string{"merchant"}, args...)...)
	require.NoError(t, err, args)
	return out
}

// named is the value of a line "name=value".
func named(t *testing.T, out, name string) string {
	t.Helper()
	for line := range strings.Lines(out) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), name+"="); ok {
			return value
		}
	}
	require.Fail(t, name+" is missing", out)
	return ""
}

// withApps adds a live app beside the test app of a shop.
func withApps(t *testing.T) {
	t.Helper()
	withShop(t)
	inRows(t, func(s *store.Store) {
		require.NoError(t, s.Seed(t.Context(), store.SeedData{Apps: []store.App{{
			ID: "app_2", Merchant: "mer_1", Name: "Tea for real", Mode: store.LiveMode, DefaultExpirySeconds: 600,
		}}}))
	})
}

func TestKeysByHand(t *testing.T) {
	withApps(t)
	out := asMerchant(t, "key", "add", "mer_1", "--label", "server")
	first, text := named(t, out, "id"), named(t, out, "api_key")
	require.True(t, strings.HasPrefix(text, "fpk_test_"))
	live := named(t, asMerchant(t, "key", "add", "mer_1", "--mode", "live", "--scope", "requests:read"), "id")
	listed := asMerchant(t, "key", "list", "mer_1")
	require.Contains(t, listed, first+" test "+text[:13]+"…"+text[len(text)-4:]+" app_1 ")
	require.Contains(t, listed, live+" live ")
	require.Contains(t, listed, " app_2 requests:read works")
	require.NotContains(t, listed, text)

	second := named(t, asMerchant(t, "key", "rotate", first, "--overlap", "1h"), "id")
	listed = asMerchant(t, "key", "list", "mer_1")
	require.Regexp(t, first+`.* expires \d`, listed)
	require.Regexp(t, second+`.* works`, listed)
	asMerchant(t, "key", "revoke", second)
	require.Regexp(t, second+`.* revoked \d`, asMerchant(t, "key", "list", "mer_1"))
	_, _, err := run(t, "merchant", "key", "rotate", second)
	require.ErrorContains(t, err, "key_over")
}

// What would be found out by the merchant, late, is a mistake of the call; what is not there is a
// failure.
func TestKeysAndEndpointsThatCannotBe(t *testing.T) {
	withApps(t)
	var usage usageError
	for _, args := range [][]string{
		{"key", "add", "mer_1", "--mode", "real"}, {"key", "add", "mer_1", "--scope", "requests:all"},
		{"key", "add", "mer_1", "--app", "app_2"}, {"key", "add", "mer_1", "--app", "app_9"},
		{"key", "add", "mer_9"}, {"key", "rotate", "key_1", "--overlap", "721h"},
		{"key", "rotate", "key_1", "--overlap", "-1h"},
		{"endpoint", "add", "app_1", "https://shop.example.com", "--event", "request.sold"},
		{"endpoint", "rotate", "whe_1", "--overlap", "721h"}, {"endpoint", "replay", "whe_1", "--state", "queued"},
		{"hook", "check", "http://127.0.0.1:1"}, {"hook", "check", "shop.example", "--secret", "whsec_AAAA"},
		{"hook", "check", "http://127.0.0.1:1", "--secret", "whsec_?"},
		{"hook", "check", "http://127.0.0.1:1", "--secret", "whsec_AAAA", "--fen", "0"},
	} {
		_, _, err := run(t, append([]string{"merchant"}, args...)...)
		require.ErrorAs(t, err, &usage, args)
	}
	for _, args := range [][]string{
		{"key", "rotate", "key_1"}, {"key", "revoke", "key_1"},
		{"endpoint", "add", "app_9", "https://a.example.com"},
		{"endpoint", "enable", "whe_1"}, {"endpoint", "disable", "whe_1"}, {"endpoint", "test", "whe_1"},
		{"endpoint", "delete", "whe_1"}, {"endpoint", "rotate", "whe_1"}, {"endpoint", "replay", "whe_1"},
	} {
		_, _, err := run(t, append([]string{"merchant"}, args...)...)
		require.Equal(t, models.NotFound, models.CodeOf(err), args)
		require.NotErrorAs(t, err, &usage, args)
	}
	t.Setenv("FRIENDPAY_MODE", "production")
	t.Setenv("FRIENDPAY_PUBLIC_URL", "https://pay.example.com")
	t.Setenv("FRIENDPAY_SMS_URL", "https://sms.example.com")
	t.Setenv("FRIENDPAY_SMS_KEY", "k")
	_, _, err := run(t, "merchant", "endpoint", "add", "app_1", "https://169.254.169.254/")
	require.ErrorAs(t, err, &usage)
	require.ErrorContains(t, err, "does not lead to a public https server")
}

func TestEndpointsByHand(t *testing.T) {
	withApps(t)
	out := asMerchant(t, "endpoint", "add", "app_1", "http://127.0.0.1:1/hooks", "--event", "request.settled")
	id := named(t, out, "id")
	require.True(t, strings.HasPrefix(named(t, out, "webhook_secret"), "whsec_"))
	list := func() string { return asMerchant(t, "endpoint", "list", "app_1") }
	require.Equal(t, id+" enabled http://127.0.0.1:1/hooks request.settled\n", list())

	sent := strings.TrimSpace(asMerchant(t, "endpoint", "test", id))
	require.True(t, strings.HasPrefix(sent, "dlv_"))
	require.Equal(t, "disabled\n", asMerchant(t, "endpoint", "disable", id))
	require.Contains(t, list(), "disabled:by_merchant")
	_, _, err := run(t, "merchant", "endpoint", "test", id)
	require.ErrorContains(t, err, "endpoint_disabled")
	require.Equal(t, "enabled\n", asMerchant(t, "endpoint", "enable", id))

	inRows(t, func(s *store.Store) {
		_, err := s.TakeDeliveries(t.Context(), 9, 9)
		require.NoError(t, err)
		d, _, err := s.Delivery(t.Context(), sent)
		require.NoError(t, err)
		require.NoError(t, s.RecordTry(t.Context(), id, store.Tried{
			Round: d.Round, State: store.DeliveryDead,
			Try: store.DeliveryTry{Delivery: sent, At: time.Now(), Status: 500},
		}))
	})
	require.Contains(t, list(), "failing:")
	require.Equal(t, "deliveries: 1\n", asMerchant(t, "endpoint", "replay", id, "--dry-run"))
	require.Equal(t, "deliveries: 1\n", asMerchant(t, "endpoint", "replay", id))
	require.Equal(t, "deliveries: 0\n", asMerchant(t, "endpoint", "replay", id), "it has its turn already")
	rotated := asMerchant(t, "endpoint", "rotate", id)
	require.True(t, strings.HasPrefix(named(t, rotated, "webhook_secret"), "whsec_"))
	require.Equal(t, "deleted\n", asMerchant(t, "endpoint", "delete", id))
	require.Empty(t, list())
}

func TestAHookIsCheckedByHand(t *testing.T) {
	const secret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	shop, err := sink.Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, shop.Close()) })
	shop.Expect(secret)
	t.Setenv("FRIENDPAY_WEBHOOK_SECRET", secret)
	out, _, err := run(t, "merchant", "hook", "check", shop.HookURL())
	require.ErrorContains(t, err, "2 answers are not as they must be", "it does not know the order that is gone")
	require.Contains(t, out, "refusal")
	shop.Refuse("check-gone")
	out, _, err = run(t, "merchant", "hook", "check", shop.HookURL())
	require.NoError(t, err)
	require.Equal(t, 7, strings.Count(out, "  ok\n"), out)
}

// Each of these commands shows how it is called.
func TestMerchantsCommandsHaveExamples(t *testing.T) {
	for _, group := range merchantCommand().Commands() {
		for _, command := range group.Commands() {
			require.Contains(t, command.Example, command.CommandPath()[len("merchant "):], command.CommandPath())
		}
	}
}
