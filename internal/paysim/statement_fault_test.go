package paysim_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
)

// rowsOf are the rows of a bill of WeChat Pay's: order number, refund number, total,
// amount that went back, fee.
func rowsOf(text string) (rows [][]string) {
	for _, line := range strings.Split(text, "\r\n") {
		if cells := strings.Split(strings.TrimPrefix(line, "`"), ",`"); len(cells) > 25 {
			rows = append(rows, []string{cells[6], cells[15], cells[24], cells[25], cells[22]})
		}
	}
	return rows
}

func TestWeChatBillsAreSpoiledAsAsked(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{Speed: 1000})
	order, refund := s.paid("native", nowhere), newNumber()
	s.giveBack(back(order, refund, 900))
	s.eventually(refund, "refund_done", 1)
	query := "tradebill?bill_date=" + today()
	paid := []string{order, "0", "129.00", "0.00", "0.77000"}
	gone := []string{order, refund, "0.00", "9.00", "-0.05000"}
	for name, c := range map[string]struct {
		fault members
		rows  [][]string
	}{
		"the first":  {members{"mode": "missing_row"}, [][]string{gone}},
		"the refund": {members{"mode": "missing_row", "number": refund}, [][]string{paid}},
		"nothing":    {members{"mode": "missing_row", "number": newNumber()}, [][]string{paid, gone}},
		"a fen more": {members{"mode": "wrong_amount"},
			[][]string{{order, "0", "129.01", "0.00", "0.77000"}, gone}},
		"another amount": {members{"mode": "wrong_amount", "number": refund, "minor": 1},
			[][]string{paid, {order, refund, "0.00", "0.01", "-0.05000"}}},
		"a fee of more than twice": {members{"mode": "wrong_fee"},
			[][]string{{order, "0", "129.00", "0.00", "1.55000"}, gone}},
		"another fee": {members{"mode": "wrong_fee", "number": refund, "minor": 9},
			[][]string{paid, {order, refund, "0.00", "9.00", "-0.09000"}}},
		"a phantom": {members{"mode": "extra_row", "number": "PHANTOM", "minor": 4200, "value": today()},
			[][]string{paid, gone, {"PHANTOM", "0", "42.00", "0.00", "0.25000"}}},
	} {
		c.fault["op"], c.fault["provider"] = "statement", "wechatpay"
		status, said := s.simulate("/sim/faults", c.fault)
		require.Equal(t, http.StatusCreated, status, said)
		require.Equal(t, c.rows, rowsOf(s.bill(query)), name)
		require.Equal(t, [][]string{paid, gone}, rowsOf(s.bill(query)), "the next one is right again")
	}
	for mode, code := range map[string]string{"missing": "NO_STATEMENT_EXIST", "making": "STATEMENT_CREATING"} {
		s.simulate("/sim/faults", members{"op": "statement", "mode": mode, "value": "2001-01-01"})
		require.Len(t, rowsOf(s.bill(query)), 2, "it is about another day")
		s.simulate("/sim/faults", members{"op": "statement", "mode": mode, "value": today()})
		require.Equal(t, code, s.noBill(query))
	}
	s.simulate("/sim/faults", members{"op": "statement", "mode": "bad_hash"})
	require.Contains(t, s.bill(query), "does not match")
	s.simulate("/sim/faults", members{"op": "statement", "mode": "garbage"})
	require.True(t, strings.HasPrefix(s.bill(query), "\xbd\xbb"), "what is not read is truly what was promised")
}

func TestMockpayStatementsAreSpoiledAsAsked(t *testing.T) {
	t.Parallel()
	m := open(t, paysim.Options{Accounts: accounts(), Speed: 1000})
	order, _ := m.order(nowhere)
	m.pay(order)
	refund := newNumber()
	m.call(http.MethodPost, "/mockpay/v1/refunds", members{
		"number": refund, "order": order, "total": fen(12900), "amount": fen(900)})
	m.eventually(order, "refund_done", 1)
	path := "/mockpay/v1/statements/" + today()
	rows := func() (rows [][]any) {
		status, said := m.call(http.MethodGet, path, nil)
		require.Equal(t, http.StatusOK, status, said)
		for _, line := range said["lines"].([]any) {
			l := line.(members)
			rows = append(rows, []any{
				l["kind"], l["number"], l["refund"], l["amount"].(members)["minor"], l["fee"].(members)["minor"],
			})
		}
		return rows
	}
	paid, gone := []any{"capture", order, nil, 12900.0, 77.0}, []any{"refund", order, refund, 900.0, -5.0}
	for name, c := range map[string]struct {
		fault members
		rows  [][]any
	}{
		"the first":  {members{"mode": "missing_row"}, [][]any{gone}},
		"the refund": {members{"mode": "missing_row", "number": refund}, [][]any{paid}},
		"a fen more": {members{"mode": "wrong_amount"}, [][]any{{"capture", order, nil, 12901.0, 77.0}, gone}},
		"another amount": {members{"mode": "wrong_amount", "number": refund, "minor": 1},
			[][]any{paid, {"refund", order, refund, 1.0, -5.0}}},
		"a fee of more than twice": {members{"mode": "wrong_fee"},
			[][]any{{"capture", order, nil, 12900.0, 155.0}, gone}},
		"another fee": {members{"mode": "wrong_fee", "number": refund, "minor": 9},
			[][]any{paid, {"refund", order, refund, 900.0, -9.0}}},
		"a phantom": {members{"mode": "extra_row", "number": "PHANTOM", "minor": 4200, "value": today()},
			[][]any{paid, gone, {"capture", "PHANTOM", nil, 4200.0, 25.0}}},
	} {
		c.fault["op"], c.fault["provider"] = "statement", "mockpay"
		m.simulate("/sim/faults", c.fault)
		require.Equal(t, c.rows, rows(), name)
		require.Equal(t, [][]any{paid, gone}, rows(), "the next one is right again")
	}
	for mode, code := range map[string]string{"missing": "STATEMENT_MISSING", "making": "STATEMENT_CREATING"} {
		m.simulate("/sim/faults", members{"op": "statement", "mode": mode})
		_, said := m.call(http.MethodGet, path, nil)
		require.Equal(t, code, said["code"])
		require.EqualValues(t, 1, said["retry_after"], "half an hour, a thousand times faster")
	}
}
