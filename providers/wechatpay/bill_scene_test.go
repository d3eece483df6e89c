package wechatpay_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/providertest"
)

// sold is a scene with one payment of 129 yuan, and when it was made.
func sold(t *testing.T) (scene, time.Time) {
	t.Helper()
	s := newScene(t, nil)
	a := s.adapter(t, nil)
	p := payment("native")
	p.NotifyURL = s.base + "/nowhere"
	_, err := a.Create(t.Context(), p)
	require.NoError(t, err)
	require.NoError(t, s.driver().Pay(t.Context(), number))
	status, err := a.Query(t.Context(), ref)
	require.NoError(t, err)
	return s, status.PaidAt
}

func TestASpoiledBillOfTheSimulatorIsNotBelieved(t *testing.T) {
	t.Parallel()
	s, day := sold(t)
	a := s.adapter(t, nil)
	for op, modes := range map[string][]string{
		"bill_download": {"bad_hash", "drop_after", "error_before", "redirect", "huge_body", "bad_json"},
		"statement":     {"bad_hash", "garbage"},
	} {
		for _, mode := range modes {
			require.NoError(t, s.driver().Fault(t.Context(), providertest.Fault{Op: op, Mode: mode}))
			_, err := providertest.Lines(a.Statement(t.Context(), day))
			classed(t, err, providers.Ambiguous, "")
		}
	}
	entries, err := providertest.Lines(a.Statement(t.Context(), day))
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

// What a bill says with a right hash and a right summary is what WeChat Pay says:
// that it is not so is for those to find who compare.
func TestABillThatIsWrongInItselfIsToldAsItIs(t *testing.T) {
	t.Parallel()
	s, day := sold(t)
	a := s.adapter(t, nil)
	spoiled := func(fault providertest.Fault) ([]providers.Entry, error) {
		fault.Op = "statement"
		require.NoError(t, s.driver().Fault(t.Context(), fault))
		return providertest.Lines(a.Statement(t.Context(), day))
	}
	entries, err := spoiled(providertest.Fault{Mode: "extra_row", Minor: 4200})
	require.NoError(t, err)
	require.Len(t, entries, 2)
	require.Equal(t, []models.Money{models.CNY(4200), models.CNY(25)},
		[]models.Money{entries[1].Amount, entries[1].Fee})
	entries, err = spoiled(providertest.Fault{Mode: "wrong_amount", Number: number, Minor: 12899})
	require.NoError(t, err)
	require.Equal(t, int64(12899), entries[0].Amount.Minor)
	entries, err = spoiled(providertest.Fault{Mode: "wrong_fee", Number: number})
	require.NoError(t, err, "its summary sums what its rows say")
	require.Equal(t, []models.Money{models.CNY(12900), models.CNY(155)},
		[]models.Money{entries[0].Amount, entries[0].Fee})
	_, err = spoiled(providertest.Fault{Mode: "making"})
	classed(t, err, providers.Refused, "STATEMENT_CREATING")
	for _, mode := range []string{"missing", "missing_row"} { // the only row: then there is no bill
		_, err = spoiled(providertest.Fault{Mode: mode})
		classed(t, err, providers.Refused, "NO_STATEMENT_EXIST")
	}
}

func TestTheFundFlowOfTheSimulator(t *testing.T) {
	t.Parallel()
	s, day := sold(t)
	var told []providers.Movement
	for moved, err := range s.adapter(t, nil).FundFlow(t.Context(), day) {
		require.NoError(t, err)
		told = append(told, moved)
	}
	require.Len(t, told, 2)
	require.Equal(t, providers.MovedCapture, told[0].Kind)
	require.Equal(t, number, told[0].Number)
	require.Equal(t, []models.Money{models.CNY(12900), models.CNY(12900), models.CNY(-77), models.CNY(12823)},
		[]models.Money{told[0].Amount, told[0].Balance, told[1].Amount, told[1].Balance})
	dear := providertest.Fault{Op: "statement", Mode: "wrong_fee", Minor: 100}
	require.NoError(t, s.driver().Fault(t.Context(), dear))
	told = nil
	for moved, err := range s.adapter(t, nil).FundFlow(t.Context(), day) {
		require.NoError(t, err)
		told = append(told, moved)
	}
	require.Equal(t, []models.Money{models.CNY(-100), models.CNY(12800)},
		[]models.Money{told[1].Amount, told[1].Balance})
}
