package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/decisions"
	"github.com/friendpay/friendpay/internal/facts"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

var hand = []string{"--by", "ada", "--reason", "ticket 7"}

// staff runs a command of support and returns what it said.
func staff(t *testing.T, args ...string) string {
	t.Helper()
	out, _, err := run(t, append([]string{"staff"}, args...)...)
	require.NoError(t, err, args)
	return out
}

func byHand(args ...string) []string { return append(args, hand...) }

// withShop adds an app with a channel and returns an order of it.
func withShop(t *testing.T) (order store.Order) {
	t.Helper()
	inHouse(t)
	inRows(t, func(s *store.Store) {
		require.NoError(t, s.Seed(t.Context(), store.SeedData{
			Merchants: []store.Merchant{{ID: "mer_1", Name: "Tea"}},
			Apps:      []store.App{{ID: "app_1", Merchant: "mer_1", Name: "Tea", DefaultExpirySeconds: 86400}},
			Accounts: []store.Account{
				{ID: "acc_1", Provider: "mockpay", App: "app_1", Settings: []byte(deskOfTea), State: "active"},
			},
			Channels: []store.Channel{{
				ID: "mock", App: "app_1", Provider: "mockpay", Account: "acc_1", Product: "wap", NameZH: "模拟",
				NameEN: "Mock", Kind: "wallet", Min: models.CNY(1), Max: models.CNY(1_000_000), Enabled: true,
			}},
		}))
		var err error
		order, err = s.CreateOrder(t.Context(), store.Order{
			ID: "ord_1", App: "app_1", Merchant: "mer_1", Buyer: "b1", Number: "A1", Title: "Tea",
			Payable: models.CNY(12900), PriceVersion: 1, Kind: "physical",
		})
		require.NoError(t, err)
	})
	return order
}

func TestStaffRampAndKill(t *testing.T) {
	withShop(t)
	_, _, err := run(t, "staff", "rollout", "ramp", "--channel", "mock", "--percent", "10")
	var usage usageError
	require.ErrorAs(t, err, &usage, "somebody answers for it")
	_, _, err = run(t, byHand("staff", "rollout", "ramp", "--channel", "mock", "--percent", "101")...)
	require.ErrorAs(t, err, &usage)
	_, _, err = run(t, byHand("staff", "rollout", "ramp", "--percent", "10")...)
	require.ErrorAs(t, err, &usage)

	_, _, err = run(t, byHand("staff", "rollout", "ramp", "--channel", "mock")...)
	require.ErrorContains(t, err, "--percent is missing")
	for _, odd := range []string{"33.339", "NaN", "Inf", "-1"} {
		_, _, err = run(t, byHand("staff", "rollout", "ramp", "--channel", "mock", "--percent", odd)...)
		require.ErrorAs(t, err, &usage, odd)
	}
	staff(t, byHand("rollout", "ramp", "--channel", "mock", "--percent", "10")...)
	_, _, err = run(t, byHand("staff", "rollout", "ramp", "--channel", "mock", "--percent", "9.99",
		"--seen", "1")...)
	require.ErrorContains(t, err, "row_changed")
	staff(t, byHand("rollout", "ramp", "--channel", "mock", "--percent", "100")...)
	staff(t, byHand("rollout", "kill", "--channel", "mock")...)
	again := []string{"rollout", "ramp", "--channel", "mock", "--percent", "5", "--dry-run"}
	_, _, err = run(t, byHand(append([]string{"staff"}, again...)...)...)
	require.ErrorAs(t, err, &usage, "a kill is lifted by nobody who did not mean to")
	require.ErrorContains(t, err, "it is killed: say --revive")
	trial := staff(t, byHand(append(again, "--revive")...)...)
	require.Contains(t, trial, "nothing is saved")
	out := staff(t, "catalogue", "history", "rollouts", "channel/mock/", "--json")
	var states []string
	for line := range strings.SplitSeq(strings.TrimSpace(out), "\n") {
		var entry struct {
			Author, Reason string
			Row            policy.Rollout
		}
		require.NoError(t, json.Unmarshal([]byte(line), &entry))
		require.Equal(t, "staff:ada", entry.Author)
		require.Equal(t, "ticket 7", entry.Reason)
		states = append(states, entry.Row.State)
		if entry.Row.Killed {
			require.Len(t, states, 1, "the newest")
		}
	}
	require.Equal(t, []string{"full", "full", "grey"}, states)
}

func TestStaffSetAndTakeARow(t *testing.T) {
	withShop(t)
	said := staff(t, byHand("catalogue", "set", "kinds", "kind=books", "friend_pay=false")...)
	require.Contains(t, said, "kinds /books")
	again := staff(t, byHand("catalogue", "set", "kinds", `{"kind":"books","friend_pay":false}`)...)
	require.Contains(t, again, "nothing changes")
	_, _, err := run(t, byHand("staff", "catalogue", "set", "kinds", "kind=books", "friend_pay=true",
		"--seen", "1")...)
	require.ErrorContains(t, err, "row_changed")
	_, _, err = run(t, byHand("staff", "catalogue", "set", "kinds", "kind=books", "colour=red")...)
	require.ErrorContains(t, err, "unknown_field")
	require.Contains(t, staff(t, "catalogue", "show", "kinds", "/books"), `"friend_pay": false`)
	staff(t, byHand("catalogue", "take", "kinds", "/books")...)
	_, _, err = run(t, "staff", "catalogue", "show", "kinds", "/books")
	require.ErrorContains(t, err, "no such row")
	var usage usageError
	_, _, err = run(t, "staff", "catalogue", "list", "cats")
	require.ErrorAs(t, err, &usage)
}

func TestWhatIsExportedIsImportedWithoutAChange(t *testing.T) {
	withShop(t)
	staff(t, byHand("catalogue", "set", "limits", "app_id=app_1", "scope=pair", "per=day", "minor=500",
		"currency=CNY")...)
	staff(t, byHand("catalogue", "set", "surfaces", "surface=qq", "works=true", "note=0123")...)
	staff(t, byHand("catalogue", "set", "breaker_rules", "errors=3")...)
	staff(t, byHand("catalogue", "set", "risk_rules", "kind=app_strangers", "most=9")...)
	text := staff(t, "catalogue", "export")
	for _, part := range []string{"errors: 3\n", "most: 9\n", "window_seconds: 60\n", "kind: dear_strangers\n"} {
		require.Contains(t, text, part, "what was there before is in it, too")
	}
	require.Equal(t, text, staff(t, "catalogue", "export"))
	file := filepath.Join(t.TempDir(), "catalogue.yaml")
	load := func(text string, more ...string) (string, error) {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		out, _, err := run(t, byHand(append([]string{"staff", "catalogue", "import", file}, more...)...)...)
		return out, err
	}
	out, err := load(text)
	require.NoError(t, err)
	require.Contains(t, out, "nothing changes")
	for _, part := range []string{"app_1", "app_9"} {
		out, err = load(staff(t, "catalogue", "export", "--app", part), "--app", part)
		require.NoError(t, err)
		require.Contains(t, out, "nothing changes")
	}

	changed := strings.Replace(text, "minor: 500\n", "minor: 700\n", 1)
	out, err = load(changed, "--dry-run")
	require.NoError(t, err)
	require.Contains(t, out, `"minor": 700`)
	require.Equal(t, text, staff(t, "catalogue", "export"))
	_, err = load(changed)
	require.NoError(t, err)
	require.Equal(t, changed, staff(t, "catalogue", "export"))
	_, err = load("pay_limits: []\n")
	require.NoError(t, err)
	require.NotContains(t, staff(t, "catalogue", "export"), "minor: 700")

	_, err = load("kinds:\n  - {kind: books, friend_pay: true, colour: red}\n")
	require.ErrorContains(t, err, "unknown_field")
	for _, wrong := range []string{"cats: []\n", "pay_limits: 3\n", "kinds:\n  - kind: a\n  friend"} {
		_, err = load(wrong)
		require.ErrorContains(t, err, "bad_file", wrong)
	}
}

func TestStaffExplainWhatSomebodySaw(t *testing.T) {
	order := withShop(t)
	noon := time.Now().UTC().Add(-time.Hour)
	inRows(t, func(s *store.Store) {
		entries, err := s.CatalogueSince(t.Context(), 0, 1<<40)
		require.NoError(t, err)
		tables := policy.NewTables()
		var newest int64
		for _, e := range entries {
			require.NoError(t, tables.Put(e.Family, e.Key, e.Body))
			newest = max(newest, e.Version)
		}
		asked := facts.Of(order, policy.NewCatalogue(newest, tables), noon, 1)
		about := decisions.About{Side: store.BuyerSide, Order: order.ID}
		require.NoError(t, decisions.Keep(t.Context(), s, about, asked, policy.Decide(asked)))
	})
	staff(t, byHand("catalogue", "set", "channels", "app_id=app_1", "id=mock", "enabled=false")...)
	said := staff(t, "explain", "--order", order.ID)
	require.Contains(t, said, "enabled; channels: mock")
	require.Contains(t, said, "the same, bit for bit", "the catalogue has changed since; what was told has not")

	now := time.Now().UTC().Add(time.Second).Format(time.RFC3339)
	said = staff(t, "explain", "--order", order.ID, "--at", now)
	require.Contains(t, said, "reconstructed for "+now)
	require.Contains(t, said, "not mock: channel_disabled@1  该付款方式暂不可用 / This way to pay is switched off.")
	_, _, err := run(t, "staff", "explain", "--order", order.ID, "--at", "2020-01-01T00:00:00Z")
	require.ErrorContains(t, err, "unknown_decision")

	conn, err := pgx.Connect(t.Context(), os.Getenv("DATABASE_URL"))
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), `UPDATE decisions SET outcome = jsonb_set(outcome, '{state}', '"disabled"')`)
	require.NoError(t, err)
	require.NoError(t, conn.Close(context.Background()))
	said, _, err = run(t, "staff", "explain", "--order", order.ID)
	require.ErrorContains(t, err, "MISMATCH")
	require.Contains(t, said, "TAKEN AGAIN: OTHERWISE, under the same rules")
}
