package hookcheck_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/hookcheck"
	"github.com/friendpay/friendpay/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const secret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

// shop is a merchant's hook, with what may be wrong about it.
type shop struct {
	believesAll, forgets, takesAll, silent bool
	seen                                   map[string]bool
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	key, err := standard.NewWebhook(secret)
	if err != nil || !s.believesAll && key.Verify(body, r.Header) != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if s.silent {
		<-r.Context().Done()
		return
	}
	var asked struct {
		Type        string `json:"type"`
		OrderNumber string `json:"order_number"`
		Attempt     string `json:"attempt"`
	}
	_ = json.Unmarshal(body, &asked)
	said := `{"accepted":true}`
	switch again := s.seen[asked.Attempt]; {
	case asked.OrderNumber == "gone" && !s.takesAll:
		said = `{"accepted":false,"reason":"order_gone"}`
	case s.forgets && again && asked.Type == "order.apply":
		said = `{"accepted":false,"reason":"duplicate"}`
	}
	s.seen[asked.Attempt] = true
	_, _ = io.WriteString(w, said)
}

func wrong(t *testing.T, s *shop) (names []string) {
	t.Helper()
	s.seen = map[string]bool{}
	server := httptest.NewServer(s)
	defer server.Close()
	hook := hookcheck.Hook{
		URL: server.URL, Secret: secret, Order: "good", Gone: "gone", Minor: 100, HTTP: server.Client(),
		Patience: 300 * time.Millisecond,
	}
	for _, r := range hook.Check(t.Context()) {
		if r.Err != nil {
			names = append(names, r.Name)
		}
	}
	return names
}

func TestEachFaultOfAHookIsFound(t *testing.T) {
	require.Empty(t, wrong(t, &shop{}))
	require.Equal(t, []string{"wrong signature"}, wrong(t, &shop{believesAll: true}))
	require.Equal(t, []string{"repeated id"}, wrong(t, &shop{forgets: true}))
	require.Equal(t, []string{"refusal", "repeated refusal"}, wrong(t, &shop{takesAll: true}))
	require.Equal(t,
		[]string{"apply", "repeated id", "reopen", "freeze_shipment", "refusal", "repeated refusal"},
		wrong(t, &shop{silent: true}), "no answer in time")
}
