package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// stuckOne opens a case that a spreadsheet would run.
func (w *world) stuckOne() store.Case {
	w.t.Helper()
	opened, err := w.store.OpenCase(w.t.Context(), store.Case{
		Request: w.place(), Kind: models.CaseMismatch, Detail: `=HYPERLINK("http://evil")`,
	})
	require.NoError(w.t, err)
	return opened
}

func TestStuckIsToldInBothLanguages(t *testing.T) {
	w := newWorld(t)
	opened := w.stuckOne()
	got := w.call(http.MethodGet, "/v1/staff/stuck?reason=case_open,overdue&app=app_tea", w.as("viewer"), "")
	require.Equal(t, http.StatusOK, got.Code, got.Body)
	line := got.field("items").([]any)[0].(map[string]any)
	require.Equal(t, map[string]any{"zh-CN": "有一个待处理的工单（收款与报价不符）。",
		"en": "A case is open (money that does not match)."}, line["text"])
	require.Equal(t, []any{"case_open", "act", opened.Request, "app_tea", opened.ID, "case_close", opened.ID},
		[]any{line["reason"], line["severity"], line["request_id"], line["app_id"], line["subject"], line["step"],
			line["step_subject"]})
	counts := w.call(http.MethodGet, "/v1/staff/stuck/counts", w.as("viewer"), "").field("counts").([]any)
	require.Len(t, counts, 1)
	require.EqualValues(t, 1, counts[0].(map[string]any)["count"])
	for _, wrong := range []string{"reason=bad_mood", "severity=none", "limit=501", "cursor=x", "age=-1"} {
		got := w.call(http.MethodGet, "/v1/staff/stuck?"+wrong, w.as("viewer"), "")
		require.Contains(t, []int{400, 422}, got.Code, wrong)
		require.NotEmpty(t, got.text("field"), got.Body)
	}
}

// A link's secret or a phone stands in no address, in no log and in no answer.
func TestSearchingKeepsNoSecret(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	secret := f.secret(id)
	for _, words := range []string{secret, "https://pay.example.com/f/" + secret, id} {
		got := f.call(http.MethodPost, "/v1/staff/search", f.as("viewer"), `{"q":"`+words+`"}`)
		require.Equal(t, http.StatusOK, got.Code, got.Body)
		hit := got.field("hits").([]any)[0].(map[string]any)
		require.Equal(t, id, hit["request_id"], words)
		require.NotContains(t, got.Body.String(), secret)
	}
	require.NotContains(t, f.log.String(), secret)
	f.visit(id).logIn("13800138000")
	got := f.call(http.MethodPost, "/v1/staff/search", f.as("viewer"), `{"q":"13800138000"}`)
	require.Contains(t, got.Body.String(), "138****8000")
	require.NotContains(t, got.Body.String()+f.log.String(), "13800138000")
	short := f.call(http.MethodPost, "/v1/staff/search", f.as("viewer"), `{"q":"a"}`)
	require.Equal(t, "words_short", short.text("reason"))
	byAddress := f.call(http.MethodGet, "/v1/staff/search?q=13800138000", f.as("viewer"), "")
	require.NotEqual(t, http.StatusOK, byAddress.Code)
}

func TestFiltersAreSavedEachForHimself(t *testing.T) {
	w := newWorld(t)
	body := `{"name":"mine","filter":{"reason":"refund_failed"}}`
	saved := w.call(http.MethodPost, "/v1/staff/filters", w.as("viewer"), body)
	require.Equal(t, http.StatusOK, saved.Code, saved.Body)
	listed := w.call(http.MethodGet, "/v1/staff/filters", w.as("viewer"), "")
	require.Equal(t, saved.field("filters"), listed.field("filters"))
	gone := w.call(http.MethodPost, "/v1/staff/filters/take-away", w.as("viewer"), `{"name":"mine"}`)
	require.Equal(t, []any{}, gone.field("filters"))
	again := w.call(http.MethodPost, "/v1/staff/filters/take-away", w.as("viewer"), `{"name":"mine"}`)
	require.Equal(t, http.StatusNotFound, again.Code)
}

func TestExportsAreAuditedAndHarmless(t *testing.T) {
	w := newWorld(t)
	opened := w.stuckOne()
	refused := w.call(http.MethodPost, "/v1/staff/exports/cases", w.as("viewer"), "")
	require.Equal(t, http.StatusForbidden, refused.Code, refused.Body)
	require.Equal(t, "agents_only", refused.text("reason"))
	for what, want := range map[string]string{
		"cases": opened.ID + ",capture_mismatch," + opened.Request, "commands": "command,name,subject",
		"stuck": "case_open,act,A case is open (money that does not match).," + opened.Request + ",app_tea,open",
	} {
		got := w.call(http.MethodPost, "/v1/staff/exports/"+what, w.as("agent"), "")
		require.Equal(t, http.StatusOK, got.Code, got.Body)
		require.Equal(t, "text/csv; charset=utf-8", got.Header().Get("Content-Type"))
		require.Contains(t, got.Body.String(), want)
		require.NotRegexp(t, `(?m)(^|,)"?=`, got.Body.String(), "a spreadsheet would run it")
		deeds, err := w.store.Deeds(t.Context(), what)
		require.NoError(t, err)
		require.Len(t, deeds, 1)
		require.Equal(t, "export", deeds[0].Act)
	}
	narrow := w.call(http.MethodPost, "/v1/staff/exports/stuck?reason=refund_failed", w.as("agent"), "")
	require.Len(t, strings.Split(strings.TrimSpace(narrow.Body.String()), "\n"), 1, narrow.Body)
	unknown := w.call(http.MethodPost, "/v1/staff/exports/payers", w.as("agent"), "")
	require.Equal(t, http.StatusNotFound, unknown.Code)
	require.Empty(t, written(time.Time{}))
}
