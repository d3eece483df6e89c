package alipay_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// trade is an answer to a query about a paid trade; replace changes it.
func trade(replace ...string) string {
	return strings.NewReplacer(replace...).Replace(`{"code":"10000","msg":"Success","out_trade_no":"` + number +
		`","trade_no":"2025010122001","trade_status":"TRADE_SUCCESS","total_amount":"129.00",` +
		`"send_pay_date":"2025-01-01 10:02:03","buyer_open_id":"` + payer + `","fund_bill_list":` +
		`[{"fund_channel":"COUPON","amount":"5.00"},{"fund_channel":"PCREDIT","amount":24,"real_amount":24.0},` +
		`{"fund_channel":"BANKCARD","bank_code":"ICBC","amount":"100.00"}]}`)
}

func TestAPaidOrderTellsAllOfIt(t *testing.T) {
	t.Parallel()
	g := open(t, says(trade()))
	status, err := adapter(t, g.URL, nil).Query(t.Context(), ref)
	require.NoError(t, err)
	require.Equal(t, time.Date(2025, 1, 1, 2, 2, 3, 0, time.UTC), status.PaidAt.UTC())
	status.PaidAt = time.Time{}
	require.Equal(t, providers.Status{
		State: providers.Paid, Number: number, Account: seller, App: app, Captured: models.CNY(12900),
		Coupon: models.CNY(500), Funding: "BANKCARD", Transaction: "2025010122001", Payer: payer,
	}, status)
	require.Equal(t, map[string]any{
		"out_trade_no": number, "query_options": []any{"fund_bill_list", "voucher_detail_list"},
	}, content(t, g.calls()[0]))
}

func TestWhereTheMoneyCameFrom(t *testing.T) {
	t.Parallel()
	const funds = `"fund_bill_list":[{"fund_channel":"COUPON","amount":"5.00"},{"fund_channel":"PCREDIT",` +
		`"amount":24,"real_amount":24.0},{"fund_channel":"BANKCARD","bank_code":"ICBC","amount":"100.00"}]`
	for told, want := range map[string]struct {
		coupon  int64
		funding string
	}{
		`"fund_bill_list":[{"fund_channel":"DISCOUNT","amount":"129.00"}]`:      {12900, "DISCOUNT"},
		`"fund_bill_list":[{"fund_channel":"POINT","amount":"129"}]`:            {0, "POINT"},
		`"fund_bill_list":[],"voucher_detail_list":[{"amount":"1.50"}]`:         {150, ""},
		`"voucher_detail_list":[{"id":"1","amount":"1.50"},{"amount":"0.5"}]`:   {200, ""},
		`"buyer_user_id":"2088000000000009"`:                                    {0, ""},
		`"fund_bill_list":[{"fund_channel":"MCOUPON","amount":null}],"body":""`: {-1, ""},
		`"fund_bill_list":[{"fund_channel":"COUPON","amount":"129.01"}]`:        {-1, ""},
		`"fund_bill_list":[{"fund_channel":"COUPON","amount":"0.005"}]`:         {-1, ""},
	} {
		status, err := asked(t, trade(funds, told)).Query(t.Context(), ref)
		if want.coupon < 0 {
			classed(t, err, providers.Ambiguous, "ANSWER")
			continue
		}
		require.NoError(t, err, told)
		require.Equal(t, want.coupon, status.Coupon.Minor, told)
		require.Equal(t, want.funding, status.Funding, told)
	}
}

func TestTradeStatesAreTranslated(t *testing.T) {
	t.Parallel()
	const unpaid = `"send_pay_date":"2025-01-01 10:02:03",`
	for word, want := range map[string][2]providers.State{ // with and without the time of a payment
		"TRADE_SUCCESS":  {providers.Paid, ""},
		"TRADE_FINISHED": {providers.Paid, ""},
		"TRADE_CLOSED":   {providers.Paid, providers.Closed}, // given back in full, and never paid
		"WAIT_BUYER_PAY": {providers.Unpaid, providers.Unpaid},
		"TRADE_PENDING":  {providers.Unknown, providers.Unknown},
		"trade_success":  {providers.Unknown, providers.Unknown},
		"":               {providers.Unknown, providers.Unknown},
	} {
		for i, node := range []string{trade("TRADE_SUCCESS", word), trade("TRADE_SUCCESS", word, unpaid, "")} {
			status, err := asked(t, node).Query(t.Context(), ref)
			if want[i] == "" {
				classed(t, err, providers.Ambiguous, "ANSWER")
				continue
			}
			require.NoError(t, err)
			require.Equal(t, want[i], status.State, word)
			require.Equal(t, want[i] == providers.Paid, status.Captured.Minor == 12900, word)
		}
	}
}

func TestMoneyWithoutProofIsNone(t *testing.T) {
	t.Parallel()
	for _, replace := range [][]string{
		{`"129.00"`, `""`}, {`"129.00"`, `"0.00"`}, {`"129.00"`, `"-1.00"`}, {`"129.00"`, `"1e3"`},
		{`"129.00"`, `"129.001"`}, {`"129.00"`, `null`}, {"2025010122001", ""}, {"10:02:03", "soon"},
		{number, "ZZZZZZZZZZZZZZZZZZZZZZZZZZ"}, {`"129.00"`, `{}`},
	} {
		_, err := asked(t, trade(replace...)).Query(t.Context(), ref)
		classed(t, err, providers.Ambiguous, "ANSWER")
	}
	// What the answer does name is told, for the engine to compare.
	status, err := asked(t, trade(`"trade_no"`,
		`"seller_id":"2088000000000099","app_id":"2021","trans_currency":"USD","trade_no"`)).Query(t.Context(), ref)
	require.NoError(t, err)
	require.Equal(t, []string{"2088000000000099", "2021", "USD"},
		[]string{status.Account, status.App, status.Captured.Currency})
}

func TestAnUnknownTradeIsNotCreatedAndStaysPayable(t *testing.T) {
	t.Parallel()
	a := adapter(t, open(t, refuses("40004", "ACQ.TRADE_NOT_EXIST")).URL, nil)
	status, err := a.Query(t.Context(), ref)
	require.NoError(t, err)
	want := providers.Status{State: providers.NotCreated, Number: number, Account: seller, App: app}
	require.Equal(t, want, status)
	require.ErrorIs(t, a.Close(t.Context(), ref), providers.ErrNotSupported)
}

// closing answers a close with a refusal, and queries with a node.
func closing(sub, node string) func(http.ResponseWriter, url.Values) {
	return func(w http.ResponseWriter, form url.Values) {
		if form.Get("method") == "alipay.trade.close" {
			refuses("40004", sub)(w, form)
			return
		}
		says(node)(w, form)
	}
}

func TestClosingTellsHowTheOrderEnded(t *testing.T) {
	t.Parallel()
	closed := trade("TRADE_SUCCESS", "TRADE_CLOSED", `"send_pay_date":"2025-01-01 10:02:03",`, "")
	for _, sub := range []string{
		"ACQ.TRADE_STATUS_ERROR", "ACQ.REASON_TRADE_STATUS_INVALID", "ACQ.REASON_ILLEGAL_STATUS",
		"ACQ.TRADE_HAS_SUCCESS",
	} {
		paid := adapter(t, open(t, closing(sub, trade())).URL, nil)
		require.ErrorIs(t, paid.Close(t.Context(), ref), providers.ErrPaid)
		require.NoError(t, adapter(t, open(t, closing(sub, closed)).URL, nil).Close(t.Context(), ref))
		for _, node := range []string{
			waiting, trade("TRADE_SUCCESS", "ODD"), `{"code":"40004","sub_code":"ACQ.SYSTEM_ERROR"}`,
		} {
			err := adapter(t, open(t, closing(sub, node)).URL, nil).Close(t.Context(), ref)
			classed(t, err, providers.Ambiguous, "ANSWER")
		}
		gone := closing(sub, `{"code":"40004","sub_code":"ACQ.TRADE_NOT_EXIST"}`)
		require.ErrorIs(t, adapter(t, open(t, gone).URL, nil).Close(t.Context(), ref), providers.ErrNotSupported)
	}
	g := open(t, says(`{"code":"10000","out_trade_no":"`+number+`","trade_no":"2025"}`))
	require.NoError(t, adapter(t, g.URL, nil).Close(t.Context(), ref))
	require.Equal(t, map[string]any{"out_trade_no": number}, content(t, g.calls()[0]))
	err := asked(t, `{"code":"10000","out_trade_no":"ANOTHER"}`).Close(t.Context(), ref)
	classed(t, err, providers.Ambiguous, "ANSWER")
}

func TestNumbersThatAreNotOursAreNotSent(t *testing.T) {
	t.Parallel()
	g := open(t, nil)
	a := adapter(t, g.URL, nil)
	_, err := a.Query(t.Context(), providers.Ref{Number: `","trade_no":"1`})
	classed(t, err, providers.Definite, "NUMBER")
	classed(t, a.Close(t.Context(), providers.Ref{}), providers.Definite, "NUMBER")
	_, err = a.QueryRefund(t.Context(), providers.Refund{Number: refundNo})
	classed(t, err, providers.Definite, "NUMBER")
	require.Empty(t, g.calls())
}
