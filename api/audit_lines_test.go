package api

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// auditLine is a line of the audit as it is kept.
type auditLine struct{ Actor, Act, Subject, Reason, Detail string }

// audit is all of the audit, oldest first.
func (w *world) audit() []auditLine {
	w.t.Helper()
	ctx := w.t.Context()
	conn, err := pgx.Connect(ctx, w.dsn)
	require.NoError(w.t, err)
	defer func() { require.NoError(w.t, conn.Close(context.WithoutCancel(ctx))) }()
	found, err := conn.Query(ctx, "SELECT actor, act, subject, reason, detail::text FROM audit ORDER BY id")
	require.NoError(w.t, err)
	lines, err := pgx.CollectRows(found, pgx.RowToStructByPos[auditLine])
	require.NoError(w.t, err)
	return lines
}

func fmtInt(n int64) string { return strconv.FormatInt(n, 10) }
