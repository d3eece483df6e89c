package browser

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/store"
)

const payButton = "form[action='/pay/attempts'] button.main"

// Steps from opening the link to the provider's cashier: each press of a button counts, on
// whoever's page it is, and so does each code that has to be fetched and typed.
func TestStepsToTheCashier(t *testing.T) {
	for _, check := range []store.NameCheck{store.NeverCheck, store.AlwaysCheck} {
		t.Run(string(check), func(t *testing.T) {
			house := houseOf(t, local.Options{NameCheck: check})
			for name, c := range map[string]struct {
				browser string
				way     func(*visit)
				taps    int
				codes   int
			}{
				"WeChat":          {inWeChat, (*visit).silently, 2, 0},
				"Alipay":          {inAlipay, (*visit).silently, 2, 0},
				"plain browser":   {onPhone, func(v *visit) { v.login(phone) }, 4, 1},
				"company's login": {onPhone, (*visit).atIssuer, 4, 0},
			} {
				friend := newVisitIn(t, house, c.browser)
				friend.open(newVisit(t, house).ask())
				friend.taps, friend.codes = 0, 0
				friend.saysWhoAsks(check, "王")
				friend.press("form.choices button.main")
				c.way(friend)
				friend.press(payButton)
				friend.sees("button.pay")
				require.LessOrEqual(t, friend.taps, c.taps, "%s: taps", name)
				require.LessOrEqual(t, friend.codes, c.codes, "%s: codes", name)
				t.Logf("%s, name check %s: %d taps, %d codes", name, check, friend.taps, friend.codes)
				friend.press("button.pay")
				friend.sees("article.notice.paid")
			}
		})
	}
}

// saysWhoAsks types the asker's name on the link's page, where it is wanted. Typing is no
// step of its own: the button that follows takes it along.
func (v *visit) saysWhoAsks(check store.NameCheck, name string) {
	v.t.Helper()
	v.fits()
	if check == store.NeverCheck {
		require.Zero(v.t, v.count("input[name=asker]"))
		return
	}
	require.NotContains(v.t, v.text("body"), "王", "the answer is not on the page")
	v.fill("input[name=asker]", name)
}

// silently: the app knows its user, and asks him nothing.
func (v *visit) silently() { v.sees(payButton) }

// atIssuer logs in as one of the company's people.
func (v *visit) atIssuer() {
	v.t.Helper()
	v.press("form[action='/pay/login/openid'] button")
	v.press("button[value=staff-2]")
	v.sees(payButton)
}

// Who is logged in at the shop's app comes with its word, and is asked nothing.
func TestStepsOfWhoIsVouchedFor(t *testing.T) {
	house := openHouse(t)
	friend := newVisit(t, house)
	link := newVisit(t, house).ask()
	word := vouch(t, house, "friend-7")
	friend.open(link + "#voucher=" + word)
	friend.sees("form.choices button.main")
	require.NotContains(t, friend.address(), word)
	friend.press("form.choices button.main")
	friend.press(payButton)
	friend.sees("button.pay")
	require.Equal(t, 2, friend.taps)
}

// vouch is the call of the merchant's server.
func vouch(t *testing.T, house *local.House, person string) string {
	t.Helper()
	var made struct {
		Token string `json:"token"`
	}
	body := `{"app":"` + local.DemoApp + `","person":"` + person + `"}`
	merchantCall(t, house, http.MethodPost, "/v1/payer-tokens", body, &made)
	require.NotEmpty(t, made.Token)
	return made.Token
}

// A stolen chat account asks with the thief's own order: the friend knows another name.
func TestAFriendIsStoppedBeforeAStranger(t *testing.T) {
	house := houseOf(t, local.Options{NameCheck: store.AlwaysCheck})
	friend := newVisit(t, house)
	link := newVisit(t, house).ask()
	friend.open(link)
	for range 3 {
		friend.fill("input[name=asker]", "赵")
		friend.turn("form.choices button.main")
		friend.sees("p.problem")
		friend.fits()
		require.NotContains(t, friend.text("body"), "王")
	}
	friend.fill("input[name=asker]", "王")
	friend.turn("form.choices button.main")
	friend.sees("article.notice.stranger")
	friend.fits()
	friend.press("form[action='/pay/report'] button")
	friend.sees("article.notice.reported")
}
