package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// The newest decision about a request may be the engine's, who stands nowhere: what shuts a
// surface is shown all the same.
func TestAChangeIsTriedOnEverySurface(t *testing.T) {
	w := newWorld(t)
	id := w.place()
	shut := w.changeAs(w.as("operator"), "surfaces", `{"surface":"wechat","works":false}`, 0, `,"dry_run":true`)
	require.Equal(t, http.StatusOK, shut.Code, shut.Body)
	require.EqualValues(t, 1, shut.field("effect", "changed"))
	require.Empty(t, shut.field("effect", "stranded"), "elsewhere it can be paid still")
	var where []any
	for _, one := range shut.field("effect", "surfaces").([]any) {
		place := one.(map[string]any)
		where = append(where, place["surface"])
		require.Equal(t, map[string]any{"mock": 1.0}, place["lost"], place)
	}
	require.Equal(t, []any{"wechat", "wechat_group", "wechat_moments"}, where)
	example := shut.field("effect", "examples").([]any)[0].(map[string]any)
	require.Equal(t, where, example["surfaces"])
	require.Equal(t, []any{"enabled", "enabled"}, []any{example["before"], example["after"]})
	require.Equal(t, "surface_blocked", example["lost"].([]any)[0].(map[string]any)["rule"])
	require.Equal(t, "mock", example["lost"].([]any)[0].(map[string]any)["channel"])

	token, version := w.as("operator"), w.version("channels", "app_tea/mock")
	only := w.changeAs(token, "channels", `{"app_id":"app_tea","id":"mock","surfaces":["wechat"]}`, version, "")
	require.Equal(t, http.StatusOK, only.Code, only.Body)
	last := w.changeAs(token, "surfaces", `{"surface":"wechat","works":false}`, 0, "")
	require.Equal(t, "strands_requests", last.text("reason"), last.Body)
	require.Contains(t, last.text("detail"), id)
}

func TestADeepDiscountIsMeantOrRefused(t *testing.T) {
	w := newWorld(t)
	id, token := w.place(), w.as("operator")
	offer := func(off, since string) string {
		return `{"app_id":"app_tea","id":"tea","name_zh":"a","name_en":"b","sponsor":"merchant","fixed_minor":` +
			off + `,"budget_minor":9000000,"currency":"CNY","stack_group":"x","since":"` + since +
			`","until":"2999-01-01T00:00:00Z"}`
	}
	const past, later = "2020-01-01T00:00:00Z", "2998-01-01T00:00:00Z"
	small := w.changeAs(token, "promotions", offer("6450", past), 0, `,"dry_run":true`)
	require.Equal(t, http.StatusOK, small.Code, small.Body)
	require.EqualValues(t, 1, small.field("effect", "repriced"))
	require.Empty(t, small.field("effect", "deep_discounts"), "half is not more than half")
	require.Equal(t, map[string]any{
		"request_id": id, "channel": "mock", "before_minor": 12900.0, "after_minor": 6450.0,
	}, small.field("effect", "largest"))
	for _, since := range []string{past, later} {
		deep := w.changeAs(token, "promotions", offer("6451", since), 0, "")
		require.Equal(t, http.StatusConflict, deep.Code, deep.Body)
		require.Equal(t, "deep_discount", deep.text("reason"))
		require.Contains(t, deep.text("detail"), id)
	}
	forced := w.changeAs(token, "promotions", offer("6451", past), 0, `,"force":true`)
	require.Equal(t, http.StatusOK, forced.Code, forced.Body)
	again := w.changeAs(token, "promotions", offer("6451", past), w.version("promotions", "app_tea/tea"), "")
	require.Equal(t, http.StatusOK, again.Code, again.Body)
	less := w.changeAs(token, "promotions", `{"app_id":"app_tea","id":"tea","fixed_minor":6500,"position":1}`,
		w.version("promotions", "app_tea/tea"), "")
	require.Equal(t, "deep_discount", less.text("reason"), less.Body)
}
