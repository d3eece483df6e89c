package activities_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/workflows"
)

func TestEveryEffectHasItsActivity(t *testing.T) {
	w := newWorld(t)
	require.ElementsMatch(t, models.Effects, slices.Collect(maps.Keys(w.Handlers())))
	require.ElementsMatch(t, []string{workflows.SubmitRefund, workflows.PollRefund},
		slices.Collect(maps.Keys(w.RefundHandlers())))
}

// merchant is a merchant's system: it verifies what it is sent, counts the ids, and
// answers yes with the status it is told to.
type merchant struct {
	*httptest.Server
	status int
	ids    map[string]int
}

func newMerchant(t *testing.T) *merchant {
	m := &merchant{ids: map[string]int{}}
	key, err := standard.NewWebhook(secret)
	require.NoError(t, err)
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || key.Verify(body, r.Header) != nil {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		m.ids[r.Header.Get(standard.HeaderWebhookID)]++
		w.Header().Set("Location", m.URL+"/elsewhere")
		w.WriteHeader(m.status)
		if m.status != http.StatusNoContent {
			_, _ = io.WriteString(w, `{"accepted":true}`)
		}
	}))
	t.Cleanup(m.Close)
	return m
}
