package api

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever has seen what a change would do sends it again under the same key, and means it.
func TestATrialLeavesItsKey(t *testing.T) {
	w := newWorld(t)
	body := func(more string) string {
		return fmt.Sprintf(`{"row":{"app_id":"app_tea","id":"small","enabled":false},"reason":"ticket 7",`+
			`"expected_version":%d%s}`, w.version("channels", "app_tea/small"), more)
	}
	send := func(body string) answer {
		return w.call(http.MethodPost, "/v1/staff/channels", w.as("operator"), body, keyHeader, "change-1")
	}
	trial, meant := body(`,"dry_run":true`), body("")
	for range 2 {
		tried := send(trial)
		require.Equal(t, http.StatusOK, tried.Code, tried.Body)
		require.Equal(t, false, tried.field("saved"))
	}
	done := send(meant)
	require.Equal(t, http.StatusOK, done.Code, done.Body)
	require.Equal(t, true, done.field("saved"))
	require.Equal(t, "true", send(meant).Header().Get(replayedHeader))
}
