package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
)

func TestARefusalIsToldWithItsFieldAndTheWayOut(t *testing.T) {
	withShop(t)
	set := func(fields ...string) string {
		args := append([]string{"staff", "catalogue", "set", "channels", "app_id=app_1", "id=mock"}, fields...)
		_, _, err := run(t, append(args, hand...)...)
		require.Error(t, err, fields)
		return told(err)
	}
	require.Contains(t, set("kind=walet"), "(field kind; fix: One of wallet, ")
	require.Contains(t, set("product=wapp"), "unknown_product")
	require.Contains(t, set("product=wapp"), "(field product; fix: One of wap, qr.)")
	require.Contains(t, set(`funding=["pcredit"]`), "(field funding; fix: ")
	require.Contains(t, set("provider=alipay"), "(field account_id; fix: ")

	file := filepath.Join(t.TempDir(), "c.yaml")
	text := "kinds:\n  - {kind: a, friend_pay: true}\n  - {kind: b}\n"
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	_, _, err := run(t, byHand("staff", "catalogue", "import", file)...)
	require.Contains(t, told(err), "kinds /b: missing_field")
	require.Contains(t, told(err), "field friend_pay")

	require.Equal(t, "x: y", told(models.Refuse(models.Invalid, "x", "y")))
	forced := models.Error{Reason: "strands_requests", Field: "force", Fix: "send force"}
	require.Contains(t, told(inFlags(&forced)), "say --force if it is meant")
}

// An account that stopped working is heard of by whoever turns its channel on again.
func TestAChannelIsNotTurnedOnWithADisabledAccount(t *testing.T) {
	withShop(t)
	set := byHand("staff", "catalogue", "set", "channels", "app_id=app_1", "id=mock")
	_, _, err := run(t, append(set, "enabled=false")...)
	require.NoError(t, err)
	conn, err := pgx.Connect(t.Context(), os.Getenv("DATABASE_URL"))
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), "UPDATE provider_accounts SET state = 'disabled'")
	require.NoError(t, err)
	require.NoError(t, conn.Close(context.Background()))
	_, _, err = run(t, append(set, "position=4")...)
	require.NoError(t, err)
	_, _, err = run(t, append(set, "enabled=true")...)
	require.ErrorContains(t, err, "account_unusable")
}
