package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A slip in the kind of an order is told, and refused where the operators want it so.
func TestAKindThatNobodyKnowsIsTold(t *testing.T) {
	w := newWorld(t)
	ask := func(kind string) answer {
		body := strings.Replace(orderBody("K1"), `"physical"`, `"`+kind+`"`, 1)
		got := w.call(http.MethodPost, "/v1/eligibility", teaKey, `{"order":`+body+`}`)
		require.Equal(t, http.StatusOK, got.Code, got.Body)
		return got
	}
	require.Nil(t, ask("top_up").field("warnings"))
	slip := ask("topup")
	require.Equal(t, "enabled", slip.text("state"))
	warned := slip.field("warnings").([]any)[0].(map[string]any)
	require.Equal(t, []any{"unknown_kind", "order.kind"}, []any{warned["code"], warned["field"]})
	require.Contains(t, warned["fix"], "top_up")

	made := w.changeAs(w.as("operator"), "kinds", `{"kind":"*","friend_pay":false}`, 0, "")
	require.Equal(t, http.StatusOK, made.Code, made.Body)
	made = w.changeAs(w.as("operator"), "kinds", `{"kind":"physical","friend_pay":true}`, 0, "")
	require.Equal(t, http.StatusOK, made.Code, made.Body)
	require.Equal(t, "disabled", ask("topup").text("state"))
	require.Equal(t, "enabled", ask("physical").text("state"))
}
