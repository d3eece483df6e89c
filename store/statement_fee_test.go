package store_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// agree writes down what the provider keeps, in hundredths of a percent.
func (b *books) agree(basisPoints int64) {
	b.t.Helper()
	require.NoError(b.t, b.exec("UPDATE provider_accounts SET fee_basis_points = $1", basisPoints))
}

// fees is what the ledger says that the provider kept.
func (b *books) fees() int64 {
	return value[int64](b.world, "SELECT sum(minor) FROM ledger_entries WHERE account = 'provider_fees'")
}

// 60 hundredths of a percent of 129 yuan are 77.4 fen, and of 9 yuan 5.4: a fen more or
// less is rounding, and of a refund the provider may keep all.
func TestAFeeIsHeldAgainstWhatWasAgreed(t *testing.T) {
	b := keepBooks(t)
	l, number := b.settled()
	refund, part := mint.Number(), models.CNY(900)
	l.save(models.Event{Kind: models.RefundAsked, Refund: refund, Money: &part})
	l.save(models.Event{Kind: models.RefundDone, Refund: refund})
	found := func(kept, returned int64) []string {
		paid, gone := line(number), back(number, refund, 900)
		paid.Fee.Minor, gone.Fee.Minor = kept, returned
		b.write(paid, gone)
		b.compare()
		again := b.compare()
		require.Zero(t, again.Opened+again.Healed, "a second run changes nothing")
		return b.open()
	}
	const ofCapture, ofRefund = "wrong_fee capture case", "wrong_fee refund case"
	require.Empty(t, found(1000, -1000), "nobody knows what was agreed")
	require.Empty(t, b.cases())
	b.agree(60)
	for _, c := range []struct {
		kept, returned int64
		want           []string
	}{
		{75, -5, []string{ofCapture}}, {76, -5, nil}, {77, -5, nil}, {78, -5, nil}, {79, -5, []string{ofCapture}},
		{0, -5, []string{ofCapture}}, {-77, -5, []string{ofCapture}},
		{77, 1, []string{ofRefund}}, {77, 0, nil}, {77, -3, nil}, {77, -6, nil}, {77, -7, []string{ofRefund}},
		{155, -11, []string{ofCapture, ofRefund}},
	} {
		require.Equal(t, c.want, found(c.kept, c.returned), c)
		cases := b.cases()
		require.Len(t, cases, len(c.want), "what is right again is over")
		if slices.Equal(c.want, []string{ofRefund}) {
			require.Equal(t, refund, cases[0].Refund)
			require.Regexp(t, "gave back -?[0-9] fen of its fee for a refund where at most 5 fen", cases[0].Detail)
		}
	}
	b.agree(0)
	require.Empty(t, found(155, -11))
}

func TestAWrongFeeIsBookedAsItIsAndACaseThatSaysBoth(t *testing.T) {
	b := keepBooks(t)
	b.agree(60)
	_, right := b.settled()
	_, dear := b.settled()
	kept := line(dear)
	kept.Fee.Minor = 155
	b.write(line(right), kept)
	require.EqualValues(t, 1, b.compare().Opened)
	cases := b.cases()
	require.Len(t, cases, 1)
	require.Equal(t, models.CaseStatement, cases[0].Kind)
	require.Equal(t, dear, cases[0].Attempt)
	const said = "The provider kept a fee of 155 fen of a capture where 77 fen were agreed."
	require.Equal(t, said, cases[0].Detail)
	list, err := b.Findings(t.Context(), b.about(b.today), "", 10)
	require.NoError(t, err)
	require.Equal(t, []int64{155, 77}, []int64{list[0].Minor, list[0].LocalMinor})
	require.EqualValues(t, 77+155, b.fees())
	day, err := b.StatementDay(t.Context(), b.about(b.today))
	require.NoError(t, err)
	require.Equal(t, store.StatementDay{
		Provider: "mockpay", Account: "acc_1", Day: b.today, State: store.StatementCompared, Lines: 2,
		Captures: 2, Captured: 2 * 12900, Fees: 77 + 155, Matched: 1,
	}, day)

	// An amount that is wrong has a fee of its own: one thing is said of a line.
	kept.Amount.Minor--
	b.write(line(right), kept)
	b.compare()
	require.Equal(t, []string{"wrong_amount capture case"}, b.open())
	require.EqualValues(t, 0, value[int64](b.world, "SELECT sum(minor) FROM ledger_entries"))
}
