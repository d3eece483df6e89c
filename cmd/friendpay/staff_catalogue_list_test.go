package main

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

func TestAListIsWhole(t *testing.T) {
	withShop(t)
	conn, err := pgx.Connect(t.Context(), os.Getenv("DATABASE_URL"))
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(),
		"INSERT INTO kinds (kind, friend_pay) SELECT 'k' || n, true FROM generate_series(1, 1200) n")
	require.NoError(t, err)
	require.NoError(t, conn.Close(context.Background()))
	whole := strings.Split(strings.TrimSpace(staff(t, "catalogue", "list", "kinds", "--json")), "\n")
	require.Len(t, whole, 1203)
	some := staff(t, "catalogue", "list", "kinds", "--json", "--limit", "7")
	require.Equal(t, 7, strings.Count(some, "\n"))
	require.Contains(t, staff(t, "catalogue", "list"), "limits, promotions")
}
