package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// inHouse sets the environment of a house on a database of its own, with a case that
// waits for a human, and a Temporal that is down.
func inHouse(t *testing.T) {
	t.Helper()
	environment := house.FreshKeys()
	environment["DATABASE_URL"] = testkit.Database(t, store.Migrate)
	environment["FRIENDPAY_MODE"] = "dev"
	environment["FRIENDPAY_PUBLIC_URL"] = "http://127.0.0.1:8080"
	environment["FRIENDPAY_LOG_LEVEL"] = "error"
	environment["TEMPORAL_ADDRESS"] = "127.0.0.1:1"
	for name, value := range environment {
		t.Setenv(name, value)
	}
	h, err := open(t.Context())
	require.NoError(t, err)
	_, err = h.Store.OpenCase(t.Context(), store.Case{Request: "fpr_1", Kind: models.CaseSilence})
	require.NoError(t, err)
	require.NoError(t, h.Close())
}

func TestWhatIsStuckIsListedWithoutTemporal(t *testing.T) {
	inHouse(t)
	out, began, err := run(t, "staff", "stuck", "--json")
	require.True(t, began)
	require.ErrorContains(t, err, "Temporal cannot be reached")
	rows := map[string]map[string]string{}
	for line := range strings.Lines(out) {
		var row map[string]string
		require.NoError(t, json.Unmarshal([]byte(line), &row), line)
		rows[row["reason"]] = row
	}
	require.Contains(t, rows, "temporal_down", "what stands still is in the queue, too")
	row := rows["case_open"]
	require.Equal(t, "fpr_1", row["request"])
	require.Contains(t, row["text"], "A case is open")
	for _, name := range []string{"state", "subject", "since", "severity", "step", "step_subject", "next_step"} {
		require.Contains(t, row, name)
	}
}

func TestReasonsAreCountedAndChecked(t *testing.T) {
	inHouse(t)
	out, _, err := run(t, "staff", "stuck", "--counts", "--reason", "case_open", "--lang", "zh-CN")
	require.ErrorContains(t, err, "Temporal cannot be reached")
	require.Regexp(t, `case_open +1 .*待处理工单`, out)
	require.NotContains(t, out, "temporal_down")
	_, _, err = run(t, "staff", "stuck", "--reason", "bad_mood")
	require.ErrorContains(t, err, "no reason")
}

func TestMomentsAreWrittenInSnakeCase(t *testing.T) {
	raw, err := json.Marshal(store.Moment{Kind: "call", Detail: json.RawMessage(`{}`)})
	require.NoError(t, err)
	require.JSONEq(t, `{"at":"0001-01-01T00:00:00Z","kind":"call","ref":"","text":"","detail":{}}`, string(raw))
}
