package wechatpay_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

const fundHead = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额（元）,账户结余（元）," +
	"资金变更提交申请人,备注,业务凭证号\r\n"

func fundRow(kind, way, amount, balance string) string {
	return "`" + strings.Join([]string{
		"2025-01-02 10:02:03", "4200002501", "1900009231", "业务", kind, way, amount, balance, "system", "缺货,退",
		number,
	}, ",`") + "\r\n"
}

func fundEnd(sums ...string) string {
	return "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\r\n`" + strings.Join(sums, ",`") + "\r\n"
}

// flow reads a fund flow bill, and says what was told before there was an error.
func flow(t *testing.T, file string) (told []providers.Movement, path string, err error) {
	t.Helper()
	s := open(t, bank{file: file, hashed: file}.answer)
	for moved, err := range adapter(t, s, nil).FundFlow(t.Context(), billDay) {
		if err != nil {
			return told, "", err
		}
		told = append(told, moved)
	}
	return told, s.calls()[0].RequestURI, nil
}

func TestTheFundFlowTellsWhatMoved(t *testing.T) {
	t.Parallel()
	told, path, err := flow(t, fundHead+fundRow("交易", "收入", "129.00", "129.00")+
		fundRow("扣除交易手续费", "支出", "0.77", "128.23")+fundRow("退款", "支出", "9.00", "119.23")+
		fundRow("退还交易手续费", "收入", "0.05", "119.28")+fundRow("提现", "支出", "200.00", "-80.72")+
		fundEnd("5", "2", "129.05", "3", "209.77"))
	require.NoError(t, err)
	require.Equal(t, "/v3/bill/fundflowbill?account_type=BASIC&tar_type=GZIP&bill_date=2025-01-02", path)
	require.Len(t, told, 5)
	for i, want := range []struct {
		kind            providers.MovementKind
		amount, balance int64
	}{
		{providers.MovedCapture, 12900, 12900}, {providers.MovedFee, -77, 12823},
		{providers.MovedRefund, -900, 11923},
		{providers.MovedFee, 5, 11928}, {providers.MovedOther, -20000, -8072},
	} {
		require.Equal(t, want.kind, told[i].Kind)
		require.Equal(t, models.CNY(want.amount), told[i].Amount)
		require.Equal(t, models.CNY(want.balance), told[i].Balance)
		require.Equal(t, []string{number, "4200002501", "1900009231"},
			[]string{told[i].Number, told[i].Transaction, told[i].Flow})
		require.True(t, told[i].At.Equal(time.Date(2025, 1, 2, 2, 2, 3, 0, time.UTC)))
	}
	require.Equal(t, "提现", told[4].Type)
}

func TestAFundFlowThatIsNotWholeIsNotBelieved(t *testing.T) {
	t.Parallel()
	rows := fundHead + fundRow("交易", "收入", "129.00", "129.00") + fundRow("退款", "支出", "9.00", "120.00")
	right := []string{"2", "1", "129.00", "1", "9.00"}
	for i, wrong := range []string{"3", "2", "129.01", "0", "8.99"} {
		lie := append([]string(nil), right...)
		lie[i] = wrong
		told, _, err := flow(t, rows+fundEnd(lie...))
		classed(t, err, providers.Ambiguous, "ANSWER")
		require.ErrorContains(t, err, "summary", wrong)
		require.Empty(t, told)
	}
	for _, odd := range []string{
		fundRow("交易", "冻结", "1.00", "1.00"), fundRow("交易", "收入", "-1.00", "1.00"),
		fundRow("交易", "收入", "1.001", "1.00"), fundRow("交易", "收入", "1.00", "x"),
		strings.Replace(fundRow("交易", "收入", "1.00", "1.00"), "10:02:03", "10h", 1),
	} {
		_, _, err := flow(t, fundHead+odd+fundEnd("1", "1", "1.00", "0", "0.00"))
		require.ErrorContains(t, err, "expected form", odd)
	}
}
