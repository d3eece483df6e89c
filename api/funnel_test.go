package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// steps are the counts of today, in their order.
func (f *friends) steps(more string) (counts []int) {
	f.t.Helper()
	today := time.Now().In(models.Shanghai).Format(time.DateOnly)
	got := f.call(get, "/v1/staff/funnel?app=app_tea&since="+today+more, f.as("viewer"), "")
	require.Equal(f.t, http.StatusOK, got.Code, got.Body)
	for _, step := range got.field("steps").([]any) {
		counts = append(counts, int(step.(map[string]any)["count"].(float64)))
	}
	return append(counts, int(got.field("newcomers").(float64)), int(got.field("friends_won").(float64)))
}

// made, opened, came in, login begun, logged in, asked, paid; newcomers, friends won.
func TestEveryStepOfAFriendIsCountedOnce(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	page := &visitor{friends: f}
	require.Equal(t, http.StatusOK, page.get("/f/"+f.secret(id)).Code)
	require.Equal(t, []int{1, 0, 0, 0, 0, 0, 0, 0, 0}, f.steps(""), "a look is none: previews look, too")
	page.post("/f/"+f.secret(id), "then", "opened")
	require.Equal(t, []int{1, 1, 0, 0, 0, 0, 0, 0, 0}, f.steps(""))

	v := f.visit(id)
	f.visit(id)
	require.Equal(t, []int{1, 1, 1, 0, 0, 0, 0, 0, 0}, f.steps(""))
	require.Equal(t, http.StatusSeeOther, v.post("/pay/code", "phone", "13800138000").Code)
	require.Equal(t, []int{1, 1, 1, 1, 0, 0, 0, 0, 0}, f.steps(""), "abandoned at the login, if he stays away")
	f.forgetCodes(t)
	v.logIn("13800138000")
	require.Equal(t, []int{1, 1, 1, 1, 1, 0, 0, 1, 0}, f.steps(""))
	require.Equal(t, http.StatusSeeOther, v.pay().Code)
	require.Equal(t, []int{1, 1, 1, 1, 1, 1, 0, 1, 0}, f.steps(""))
	f.happen(id, models.Event{Kind: models.PaymentSucceeded, Spare: mint.Number(),
		Capture: &models.Capture{Money: models.CNY(12900), Transaction: "t", PaidAt: time.Now()}})
	f.happen(id, models.Event{Kind: models.OrderAccepted, Spare: mint.Number()})
	whole := []int{1, 1, 1, 1, 1, 1, 1, 1, 1}
	require.Equal(t, whole, f.steps(""))
	require.Equal(t, whole, f.steps("&channel=mock"))
	require.Zero(t, f.steps("&channel=other")[0])

	f.forgetCodes(t)
	f.visit(f.place()).logIn("13800138000")
	require.Equal(t, []int{2, 2, 2, 2, 2, 1, 1, 1, 1}, f.steps(""), "he is known now")
}

// A wish that the rules or another payer's luck refuse was one, too.
func TestAStepThatFailsIsCountedWhereItCame(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	f.door.refuse, f.door.reason = models.LoginRefused, "daily_limit"
	v := f.visit(id).logIn("13800138000")
	require.NotEqual(t, http.StatusSeeOther, v.pay().Code)
	require.Equal(t, []int{1, 1, 1, 1, 1, 1, 0, 1, 0}, f.steps(""))
}

func TestALoginAtTheProviderIsAStep(t *testing.T) {
	f := newWallet(t)
	v, out, cookies := f.chosen(f.place())
	require.Equal(t, []int{1, 1, 1, 1, 0}, f.steps("")[:5])
	v.keep(f.call(get, "/pay/login/return?code=ada&state="+out.state(), "", "", "Cookie", cookies,
		"Accept", "text/html", "User-Agent", inWeChat))
	require.Equal(t, []int{1, 1, 1, 1, 1, 0, 0, 1, 0}, f.steps(""))
}

func TestTheFunnelIsForColleaguesAndForSomeDays(t *testing.T) {
	f := newFriends(t)
	path := "/v1/staff/funnel?since=2026-01-01"
	require.Equal(t, http.StatusUnauthorized, f.call(get, path, teaKey, "").Code)
	long := f.call(get, path+"&until=2026-12-31", f.as("viewer"), "")
	require.Equal(t, "bad_range", long.text("reason"))
	require.Equal(t, "since", long.text("field"))
	require.Equal(t, http.StatusUnprocessableEntity,
		f.call(get, "/v1/staff/funnel?since=yesterday", f.as("viewer"), "").Code)
	require.Equal(t, http.StatusUnprocessableEntity, f.call(get, "/v1/staff/funnel", f.as("viewer"), "").Code)
}

func TestAFriendGoesOnWhereCountingFails(t *testing.T) {
	f := newFriends(t)
	f.exec("ALTER TABLE invites ADD CONSTRAINT broken CHECK (exchanged_at IS NULL AND logged_in_at IS NULL)")
	f.visit(f.place()).logIn("13800138000")
	require.Equal(t, []int{1, 1, 1, 1, 0}, f.steps("")[:5])
	require.Contains(t, f.log.String(), "is not counted")
	_, err := f.store.Funnel(t.Context(), store.FunnelFilter{})
	require.Error(t, err)
}
