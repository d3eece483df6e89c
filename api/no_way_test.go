package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is true of the order anywhere is told before another app is thought of.
func TestNobodyIsSentToAnotherAppInVain(t *testing.T) {
	const (
		tooMuch = `INSERT INTO pay_limits (app_id, scope, per, minor, currency)
			VALUES ('app_tea', 'payer', 'day', 100, 'CNY')`
		killed = `INSERT INTO rollouts (feature, state, owner, killed)
			VALUES ('friend_pay', 'full', 'bo', true)`
		onlyWeChat = `UPDATE channels SET surfaces = '["wechat"]'`
		closed     = `INSERT INTO surfaces (surface, works) VALUES ('desktop', false)`
		shut       = `INSERT INTO surfaces (surface, works) VALUES ('wechat', false)`
		nothing    = `UPDATE channels SET enabled = false`
	)
	for name, c := range map[string]struct {
		rows        []string
		title, rule string
	}{
		"only another app helps":   {[]string{onlyWeChat}, "请换个地方打开", "no_channel"},
		"above every limit":        {[]string{onlyWeChat, tooMuch}, "金额超过了代付限额", "pay_limit_amount"},
		"stopped":                  {[]string{onlyWeChat, killed}, "代付已暂停", "friend_pay_killed"},
		"switched off everywhere":  {[]string{nothing}, "代付已暂停", "no_channel"},
		"closed here, and stopped": {[]string{closed, killed}, "代付已暂停", "friend_pay_killed"},
		"closed here":              {[]string{closed}, "请换个地方打开", "surface_blocked"},
		"closed here, above it":    {[]string{closed, tooMuch}, "金额超过了代付限额", "surface_blocked"},
		"no other place is open":   {[]string{onlyWeChat, shut}, "", "no_channel"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFriends(t)
			id := f.place()
			v := f.visit(id).logIn("13800138000")
			for _, rows := range c.rows {
				f.exec(rows)
			}
			page := v.get("/pay", "User-Agent", onDesktop)
			if require.Equal(t, http.StatusOK, page.Code); c.title == "" {
				require.NotContains(t, page.Body.String(), "请换个地方打开")
			}
			require.Contains(t, page.Body.String(), c.title)
			told := f.call(get, "/v1/link", "", "", "Cookie", v.cookie, "User-Agent", onDesktop)
			reasons := told.field("reasons").([]any)
			require.Equal(t, c.rule, reasons[0].(map[string]any)["rule"], told.Body)
			require.Len(t, told.field("left_out"), 2)
			require.NotContains(t, told.Body.String(), "bo answers", "that is for staff")
		})
	}
}

// A limit of the day that is used up is met by him who presses the button, too.
func TestWhoIsOverHisDayIsToldToComeTomorrow(t *testing.T) {
	f := newFriends(t)
	f.daily(20_000)
	require.Equal(t, http.StatusSeeOther, f.visit(f.place()).logIn("13800138000").pay().Code)
	f.forgetCodes(t)
	v := f.visit(f.place()).logIn("13800138000")
	f.exec(`UPDATE channels SET surfaces = '["wechat"]'`)
	require.Equal(t, "/pay", v.pay().Header().Get("Location"))
	require.Contains(t, v.get("/pay", "User-Agent", onPhone).Body.String(), "今天的额度用完了")
}
