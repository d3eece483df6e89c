package browser

import (
	"fmt"
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/store"
)

const payButton = "form[action='/pay/attempts'] button.main"

// way is how somebody comes from the link to the cashier, and what it may cost him.
type way struct {
	name    string
	browser string
	word    bool // the shop's app vouches for him
	login   func(*visit)
	taps    int
	codes   int
}

var ways = []way{
	{"WeChat", inWeChat, false, (*visit).silently, 2, 0},
	{"Alipay", inAlipay, false, (*visit).silently, 2, 0},
	{"plain browser", onPhone, false, func(v *visit) { v.login(ownPhone()) }, 4, 1},
	{"company's login", onPhone, false, (*visit).atIssuer, 4, 0},
	{"vouched for by the shop's app", onPhone, true, (*visit).silently, 2, 0},
}

// Steps from opening the link to the provider's cashier: each press of a button counts, on
// whoever's page it is, and so does each code that has to be fetched and typed. The table of
// them is in the documents, as it was counted here.
func TestStepsToTheCashier(t *testing.T) { //nolint:tparallel // each adds its line to one table
	t.Parallel() // with nothing else on its houses
	table := "| the friend is in | name check | taps | codes |\n|---|---|---|---|\n"
	for _, check := range []store.NameCheck{store.NeverCheck, store.AlwaysCheck} {
		house := openHouse(t)
		if check == store.AlwaysCheck {
			house = carefulHouse(t)
		}
		for _, w := range ways {
			t.Run(string(check)+" "+w.name, func(t *testing.T) {
				friend := w.walk(t, house, check)
				require.LessOrEqual(t, friend.taps, w.taps, "taps")
				require.LessOrEqual(t, friend.codes, w.codes, "codes")
				table += fmt.Sprintf("| %s | %s | %d | %d |\n", w.name, check, friend.taps, friend.codes)
				friend.press("button.pay")
				friend.sees("article.notice.paid")
			})
		}
	}
	require.NoError(t, os.MkdirAll("out", 0o755))
	require.NoError(t, os.WriteFile("out/taps.md", []byte(table), 0o644))
	documented, err := os.ReadFile("../../docs/taps.md")
	require.NoError(t, err)
	require.Contains(t, string(documented), table, "docs/taps.md has another table")
}

// walk goes from the link to the cashier.
func (w way) walk(t *testing.T, house *local.House, check store.NameCheck) *visit {
	t.Helper()
	friend := newVisitIn(t, house, w.browser)
	link := newVisit(t, house).ask()
	if w.word {
		link += "#voucher=" + vouch(t, house, "friend-7")
	}
	friend.open(link)
	friend.saysWhoAsks(check, "王")
	friend.press("form.choices button.main")
	w.login(friend)
	friend.press(payButton)
	friend.sees("button.pay")
	return friend
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
	t.Parallel()
	house := carefulHouse(t)
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
