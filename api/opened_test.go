package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
)

// count is what a query of one number says.
func (w *world) count(query string) int {
	w.t.Helper()
	conn, err := pgx.Connect(w.t.Context(), w.dsn)
	require.NoError(w.t, err)
	defer func() { require.NoError(w.t, conn.Close(context.WithoutCancel(w.t.Context()))) }()
	var found int
	require.NoError(w.t, conn.QueryRow(w.t.Context(), query).Scan(&found))
	return found
}

// Whoever has a link writes no more through it than a person would.
func TestALinkIsNoPenToWriteWithoutEnd(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	path := "/f/" + f.secret(id)
	open := func(agent int) int {
		return f.call(post, path, "", "then=opened", "Content-Type", "application/x-www-form-urlencoded",
			"Sec-Fetch-Site", "same-origin", "User-Agent", fmt.Sprintf("%sMicroMessenger/8.0.%d", iPhone, agent)).Code
	}
	for agent := range entriesPerMinute {
		require.Equal(t, http.StatusNoContent, open(agent), agent)
	}
	require.Equal(t, http.StatusTooManyRequests, open(61))
	kept := "SELECT count(*) FROM decisions WHERE payer_id = '' AND side = 'friend'"
	require.Equal(t, 20, f.count(kept))
	require.Contains(t, f.log.String(), "a decision was not kept")
	require.Equal(t, 1, f.count("SELECT opened_count FROM invites WHERE id = '"+
		strings.Replace(id, mint.Request, mint.Invite, 1)+"'"), "one visitor")

	f.exec("DELETE FROM limits")
	v := f.visit(id)
	for range handoffsPerAddress {
		v.handOff()
		require.LessOrEqual(t, f.count("SELECT count(*) FROM handoffs"), 10)
	}
	require.Equal(t, http.StatusTooManyRequests, v.post("/pay/handoff", "channel", "mock").Code)
	last := v.logIn("13800138000").pay()
	require.Equal(t, http.StatusSeeOther, last.Code)
	require.Positive(t, f.count("SELECT count(*) FROM decisions WHERE payer_id <> ''"), "a payer's are kept")
}
