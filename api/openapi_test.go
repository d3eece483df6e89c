package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
)

// Whatever HTTP itself finds wrong with a call is described where it is answered.
func TestEveryAnswerIsDescribed(t *testing.T) {
	w := newWorld(t)
	credentials := w.credentials()
	spec := w.server.huma.OpenAPI()
	for _, r := range w.server.allRoutes() {
		op := operationAt(spec, r)
		if r.id == "" || op.Responses["default"] != nil {
			continue
		}
		path := strings.NewReplacer("{id}", "fpr_1", "{", "", "}", "").Replace(r.path)
		send := func(method, kind, body string) int {
			headers := []string{"Content-Type", kind, keyHeader, mint.Number()}
			status := w.call(method, path, "", body, append(headers, credentials[passes[r.who][0]]...)...).Code
			require.Contains(t, op.Responses, strconv.Itoa(status), "%s %s", method, r.path)
			return status
		}
		require.Equal(t, http.StatusMethodNotAllowed, send(http.MethodDelete, "", ""), r.path)
		send(r.method, "application/json", "{}")
		if r.method != post {
			continue
		}
		send(post, "application/json", "\xff")
		large := strings.Repeat(" ", maxBody+1)
		require.Equal(t, http.StatusRequestEntityTooLarge, send(post, "application/json", large), r.path)
		if op.RequestBody != nil {
			require.Equal(t, http.StatusUnsupportedMediaType, send(post, "text/plain", "{}"), r.path)
		}
	}
}

func TestWordsAreDescribedAsEnums(t *testing.T) {
	w := newWorld(t)
	schemas := w.server.huma.OpenAPI().Components.Schemas.Map()
	member := func(schema, name string) []any { return schemas[schema].Properties[name].Enum }
	require.Len(t, member("RequestView", "state"), len(models.States))
	require.Len(t, member("AttemptView", "disposition"), len(models.Dispositions))
	require.Len(t, member("AttemptView", "state"), len(models.AttemptStates))
	require.Len(t, member("RefundView", "state"), len(models.RefundStates))
	require.Len(t, member("Problem", "code"), len(models.Codes))
	require.True(t, slices.Contains(member("PayerView", "invite"), any("revoked")))
	state := schemas["RequestView"].Properties["state"]
	require.Equal(t, "Where it stands, see the state diagram.", state.Description, "and its words stay")
}
