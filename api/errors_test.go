package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
)

func TestProblems(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	taken := &models.Error{Code: models.Conflict, Reason: "slot_taken", Message: "Busy.", Until: until}
	for name, c := range map[string]struct {
		err    error
		status int
		reason string
	}{
		"a refusal":          {fmt.Errorf("deliver: %w", taken), 409, "slot_taken"},
		"two of them":        {fmt.Errorf("%w: %w", taken, errors.New("wire")), 409, "slot_taken"},
		"gone":               {models.Refuse(models.Gone, "ended", "Over."), 410, "ended"},
		"too often":          {models.Refuse(models.Limited, "too_often", "Wait."), 429, "too_often"},
		"unavailable":        {models.Refuse(models.Unavailable, "down", "Wait."), 503, "down"},
		"a time-out":         {fmt.Errorf("read: %w", context.DeadlineExceeded), 503, "too_busy"},
		"a body too large":   {&http.MaxBytesError{Limit: 1}, 413, "body_too_large"},
		"no such route":      {echo.ErrNotFound, 404, "not_found"},
		"no such method":     {echo.ErrMethodNotAllowed, 405, "method_not_allowed"},
		"an unknown error":   {errors.New("pq: canary"), 500, "internal"},
		"an internal one":    {models.Refuse(models.Internal, "refund_lost", "canary"), 500, "refund_lost"},
		"a code nobody made": {models.Refuse("odd", "odd", "canary"), 500, "odd"},
	} {
		got := problemOf(c.err)
		require.Equal(t, c.status, got.Status, name)
		require.Equal(t, c.reason, got.Reason, name)
		require.NotContains(t, got.Detail, "pq", name)
	}
	require.Equal(t, until, *problemOf(taken).Until)
	require.Equal(t, "Something went wrong on our side.",
		problemOf(models.Refuse(models.Internal, "refund_lost", "canary")).Detail)
}

// Whatever is wrong with an input, its values never come back or reach the log.
func TestInputsAreNeverEchoed(t *testing.T) {
	w := newWorld(t)
	const canary = "13800138000"
	instead := func(old, new string) string { return strings.Replace(orderBody("A1"), old, new, 1) }
	for name, c := range map[string]struct {
		path, body, field string
		status            int
	}{
		"not JSON":       {"/v1/orders", `{"app":"` + canary, "body", 422},
		"another shape":  {"/v1/orders", `["` + canary + `"]`, "body", 422},
		"another type":   {"/v1/orders", `{"app":["` + canary + `"]}`, "app", 422},
		"unknown member": {"/v1/orders", instead(`{"app"`, `{"phone":"`+canary+`","app"`), "phone", 422},
		"a bad time": {"/v1/orders", instead(`"title"`, `"pay_deadline":"`+canary+`","title"`), "pay_deadline",
			422},
		"too long":     {"/v1/orders", instead("Tea", strings.Repeat(canary, 20)), "title", 422},
		"a bad amount": {"/v1/orders", instead("12900", `"`+canary+`"`), "payable.minor", 422},
		"no body":      {"/v1/orders", "", "", 422},
		"a huge body":  {"/v1/orders", `{"app":"` + strings.Repeat(canary, 7000) + `"}`, "", 413},
	} {
		got := w.create(c.path, teaKey, c.body)
		require.Equal(t, c.status, got.Code, "%s: %s", name, got.Body)
		require.Equal(t, "application/problem+json", got.Header().Get("Content-Type"), name)
		require.NotContains(t, got.Body.String(), canary, name)
		if c.field != "" {
			require.Equal(t, c.field, got.text("field"), "%s: %s", name, got.Body)
		}
	}
	require.NotContains(t, w.log.String(), canary)
}

func TestABrowserGetsAPage(t *testing.T) {
	w := newWorld(t)
	page := w.call(get, "/nowhere", "", "", "Accept", "text/html,application/xhtml+xml")
	require.Equal(t, http.StatusNotFound, page.Code)
	require.Contains(t, page.Header().Get("Content-Type"), "text/html")
	require.Contains(t, page.Body.String(), "<h1>")
	program := w.call(get, "/nowhere", "", "")
	require.Equal(t, "not_found", program.text("reason"))
	data := w.call(get, "/v1/requests", "", "", "Accept", "text/html")
	require.Equal(t, "unauthenticated", data.text("reason"), "a JSON route stays JSON")
}

func TestTheTypeOfAProblemIsExplained(t *testing.T) {
	w := newWorld(t)
	page := w.call(get, "/docs/reference", "", "").Body.String()
	for _, e := range docsErrors {
		require.Contains(t, page, `id="`+string(e.Code)+`"`)
	}
	require.Contains(t, page, `id="place-request"`)
	require.NotContains(t, page, "http://")
	require.NotContains(t, page, "<script")
}

// What the call breaks is told by field, in an order that stays, and always with what to do.
func TestAProblemSaysWhatToDo(t *testing.T) {
	w := newWorld(t)
	refused := func(body string) answer {
		got := w.call(post, "/v1/buyer-tokens", teaKey, body)
		require.Equal(t, http.StatusUnprocessableEntity, got.Code, got.Body)
		require.Equal(t, usualFix("invalid_input"), got.text("fix"))
		return got
	}
	require.NotEmpty(t, usualFix("invalid_input"))
	require.Equal(t, "body", refused("").text("field"))
	for range 10 {
		require.Equal(t, "app", refused(`{"zebra":1,"buyer":{"id":7},"app":8}`).text("field"))
	}
	require.NotEmpty(t, w.call(get, "/v1/requests", "", "").text("fix"), "who is nobody hears it, too")
}
