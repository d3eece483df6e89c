package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// daily lets each payer of the app pay so much on a day.
func (f *friends) daily(fen int64) {
	f.t.Helper()
	data := seed()
	data.Apps[0].DailyLimit = models.CNY(fen)
	require.NoError(f.t, f.store.Seed(f.t.Context(), store.SeedData{Apps: data.Apps}))
}

func TestWhatIsLeftOfTheDayIsShownBeforePaying(t *testing.T) {
	f := newFriends(t)
	f.daily(20_000)
	v := f.visit(f.place()).logIn("13800138000")
	view := v.json(get, "/v1/link", "")
	first := view.field("channels").([]any)[0].(map[string]any)
	require.Equal(t, map[string]any{"minor": 20_000.0, "currency": "CNY"}, first["remaining_today"])
	require.Contains(t, v.get("/pay").Body.String(), "今日还可代付 ¥200.00")
	v.pay()

	f.exec("UPDATE login_codes SET issued_at = issued_at - interval '2 minutes'")
	again := f.visit(f.place()).logIn("13800138000") // what is being paid is used up
	require.Contains(t, again.get("/pay").Body.String(), "今天的额度用完了")
	got := again.json(post, "/v1/link/attempts", wantsTea)
	require.Equal(t, http.StatusForbidden, got.Code)
	require.Equal(t, "daily_limit", got.text("reason"))
	require.Equal(t, policy.Tomorrow(time.Now()).Format(time.RFC3339), got.text("until"))
	require.NotEmpty(t, got.text("fix"))
	require.NotEmpty(t, got.Header().Get("Retry-After"))

	other := f.visit(f.place()).logIn("13900139000")
	require.Contains(t, other.get("/pay").Body.String(), "今日还可代付 ¥200.00", "another friend has his own day")
}
