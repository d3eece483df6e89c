package web_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// captured are the outcomes of a payment whose money came.
var captured = []web.Outcome{
	web.Paid, web.Confirming, web.HeldBack, web.Returning, web.Returned, web.ReturnStuck,
}

var day = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// refunds hold one in each place of its way.
var refunds = []web.Refund{
	{To: "friend", Amount: models.CNY(900), Why: "after_sale", Asked: day, ExpectedBy: day.Add(72 * time.Hour)},
	{To: "buyer", Amount: models.CNY(900), Why: "after_sale", Asked: day, Taken: day},
	{To: "friend", Amount: models.CNY(900), Why: "late", Asked: day, Done: true, DoneAt: day.Add(time.Hour)},
	{Amount: models.CNY(900), Why: "after_sale", Asked: day, Stuck: true},
	{Amount: models.CNY(900), Why: "after_sale", Asked: day, Stuck: true, Stranded: true, Wish: "contact"},
}

// listViews holds the pages of what was asked for and what was paid, in each of their situations.
func listViews() map[string]web.Page {
	asked, paid := web.Asked{Phase: "open", Next: "fpr_1", Later: true}, web.Payments{Next: "1-A"}
	for _, state := range models.States {
		asked.Lines = append(asked.Lines, web.ShopLine{
			ID: "fpr_1", Title: "咖啡", Amount: card.Amount, State: state, At: day,
		})
	}
	for i, outcome := range captured {
		paid.Lines = append(paid.Lines, web.PaymentLine{
			Merchant: "良品小店", Asker: "王**", Amount: card.Amount, At: day, Number: "01HZX3K7W2QN8R5T6V9Y0A1B2C",
			Outcome: outcome, Refunds: refunds[:i%len(refunds)], Here: i == 0,
		})
	}
	request := web.ShopRequest{ID: "fpr_1", Title: "咖啡", Amount: card.Amount, State: models.Settled}
	thank, thanked, wrong := request, request, request
	thank.MayThank, thanked.Thanked = true, day
	wrong.MayThank, wrong.Typed, wrong.Problem = true, "www.x.cn", &web.Problem{Reason: "bad_thanks"}
	back := request
	back.State, back.Refunds = models.Refunding, refunds
	more := request
	more.State, more.More = models.Open, []web.More{{Minutes: 30}, {Minutes: 120}, {Until: day}}
	again := request
	again.State, again.MayAgain = models.Expired, true
	return map[string]web.Page{
		"asked": {Template: web.AskedPage, View: asked}, "asked_none": {Template: web.AskedPage, View: web.Asked{}},
		"asked_none_open": {Template: web.AskedPage, View: web.Asked{Phase: "open"}},
		"asked_over":      {Template: web.AskedPage, View: web.Asked{Later: true}},
		"mine":            {Template: web.PaidPage, View: paid},
		"mine_none":       {Template: web.PaidPage, View: web.Payments{}},
		"mine_over":       {Template: web.PaidPage, View: web.Payments{Later: true}},
		"thank":           {Template: web.RequestPage, View: thank},
		"thanked":         {Template: web.RequestPage, View: thanked},
		"wrong_word":      {Template: web.RequestPage, View: wrong},
		"back":            {Template: web.RequestPage, View: back},
		"more_time":       {Template: web.RequestPage, View: more},
		"again":           {Template: web.RequestPage, View: again},
		"result_said": {Template: web.ResultPage, View: web.Result{
			Card: card, Outcome: web.Paid, Attempt: "01HZX3K7W2QN8R5T6V9Y0A1B2C", Channel: channels[0],
			Captured: card.Amount, PaidAt: day, Thanks: `谢谢<script>"&`,
		}},
	}
}

// One step of a refund is the present one, whatever became of it, and those before it are done.
func TestARefundStandsAtOneStep(t *testing.T) {
	t.Parallel()
	at := []int{0, 1, 2, 1, 1}
	for i, f := range refunds {
		for j, stage := range f.Stages() {
			require.Equal(t, j == at[i], stage.Now, "refund %d, step %d", i, j)
			require.Equal(t, j < at[i] || f.Done, stage.Done, "refund %d, step %d", i, j)
		}
	}
}

// An asker's words are text on the friend's page, and nothing else.
func TestThanksAreEscaped(t *testing.T) {
	t.Parallel()
	pages, err := web.New()
	require.NoError(t, err)
	html, err := pages.HTML(web.Chinese, listViews()["result_said"])
	require.NoError(t, err)
	require.Contains(t, string(html), `<blockquote dir="auto">谢谢&lt;script&gt;&#34;&amp;</blockquote>`)
	require.Contains(t, string(html), "王** 对你说")
}
