package browser

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// From the login over the search and two moments of a request to a command that is done, with no pointer.
func (w *consoleWorld) byKeyboardAlone(t *testing.T) {
	v := stranger(t, w.house, "en")
	v.tabTo("button[value=anna]")
	v.keys(kb.Enter)
	v.sees("button[value=" + subjects["anna"] + "]")
	v.tabTo("button[value=" + subjects["anna"] + "]")
	v.keys(kb.Enter)
	v.sees("[data-row]")
	v.keys("?")
	v.sees("#help[open]")
	v.keys(kb.Escape, "j")
	v.sees("[data-row].here")
	v.finds("C-1001")
	v.keys("j", "o")
	v.sees("iframe")
	for _, moment := range []string{"1", "6"} {
		v.tabTo("a[data-moment='" + moment + "']")
		v.keys(kb.Enter)
		v.sees("a[data-moment='" + moment + "'][aria-current]")
	}
	v.keys("g", "c")
	v.sees("a[href='/staff/cases/" + w.opened.ID + "']")
	v.finds(w.opened.ID)
	v.keys("j", "o")
	v.sees("aside a[data-step]")
	v.tabTo("aside a[data-step]")
	v.keys(kb.Enter)
	v.sees("#preview ol, #preview p")
	v.tabTo("input[name=reason]")
	v.keys("ticket 7")
	v.tabTo("button.main")
	v.keys(kb.Enter)
	v.sees(".tag.done")
	found, err := w.house.Parts.Store.Case(t.Context(), w.opened.ID)
	require.NoError(t, err)
	require.Equal(t, "staff:anna", found.Owner)
}

// What is above the limit waits for another supervisor; its own giver is not offered the decision.
func (w *consoleWorld) secondPerson(t *testing.T) {
	first := colleague(t, w.house, "sofia", "zh-CN")
	first.open(w.house.APIURL + "/staff/do?command=refund&subject=" + w.costly)
	first.sees("#preview .note")
	first.looks("preview", "zh-CN")
	first.fill("input[name=reason]", "顾客退货")
	first.press("form.fields button.main")
	first.sees(".tag.waiting_approval")
	require.Zero(t, first.count("button[formaction$=reject]"), "not his own to decide")
	first.looks("waiting", "zh-CN")

	second := colleague(t, w.house, "otto", "en")
	second.open(first.address())
	second.fill("input[name=reason]", "seen the parcel")
	second.looks("decide", "en")
	second.press("button.main")
	second.sees(".tag.done")
	require.Eventually(t, func() bool {
		r, err := w.house.Parts.Store.Request(t.Context(), w.costly)
		return err == nil && len(r.Refunds) == 1 && r.Refunds[0].State == models.RefundSucceeded
	}, 20*time.Second, 100*time.Millisecond)
}

// Ticked rows are first shown with what would come of each, and done only when that was confirmed.
func (w *consoleWorld) bulk(t *testing.T) {
	v := colleague(t, w.house, "otto", "zh-CN")
	for range 2 {
		_, err := w.house.Parts.Store.OpenCase(t.Context(), store.Case{
			Kind: models.CaseSilence, Provider: "wechatpay", Detail: "no answer",
		})
		require.NoError(t, err)
	}
	v.open(w.house.APIURL + "/staff?reason=case_open")
	v.keys("j", "x", "j", "x")
	require.Equal(t, 2, v.count("input[name=row]:checked"))
	v.press(".foot button")
	v.sees("button[name=confirm]")
	v.looks("bulk", "zh-CN")
	v.fill("input[name=arg_resolution]", "已答复")
	v.fill("input[name=reason]", "工单 7")
	v.press("button[name=confirm]")
	v.sees("a.tag.done")
	require.Equal(t, 2, v.count("a.tag.done"))
}

// A channel is changed: its effect is shown before, and the history names who did it.
func (w *consoleWorld) channel(t *testing.T) {
	v := colleague(t, w.house, "otto", "zh-CN")
	v.open(w.house.APIURL + "/staff/catalogue/channels/row?key=app_demo/mockpay")
	v.fill("input[name=arg_name_en]", " (test)")
	v.keys(kb.Tab) // what was changed shows its effect at once, before any reason is given
	v.sees("#effect > p:not(:has(small))")
	v.looks("effect", "zh-CN")
	v.fill("input[name=reason]", "工单 7")
	v.press("button.main")
	v.sees("#effect .tag.good")
	require.Contains(t, v.text(".notes"), "staff:otto")
}
