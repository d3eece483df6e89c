package unionpay_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/providertest"
	"github.com/friendpay/friendpay/providers/unionpay"
)

// opened is an order of the simulator's whose payer has come to the cashier.
func (s scene) opened(
	t *testing.T, a *unionpay.Adapter, product string, life time.Duration,
) providers.Payment {
	t.Helper()
	p := payment(product)
	p.Number, p.CreatedAt, p.ExpiresAt = providertest.Number(), time.Now(), time.Now().Add(life)
	p.NotifyURL, p.ReturnURL = s.base+"/nowhere", s.base+"/nowhere"
	shown, err := a.Create(t.Context(), p)
	require.NoError(t, err)
	require.NoError(t, s.driver().Open(t.Context(), shown))
	return p
}

// pays has the payer press the button, in whatever way.
func (s scene) pays(t *testing.T, body string) {
	t.Helper()
	response, err := s.client.Post(s.base+"/sim/unionpay/pay", "application/json", strings.NewReader(body))
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)
}

func (s scene) fault(t *testing.T, op, mode, number string) {
	t.Helper()
	require.NoError(t, s.driver().Fault(t.Context(), providertest.Fault{Op: op, Mode: mode, Number: number}))
}

func asking(p providers.Payment) providers.Ref {
	return providers.Ref{Number: p.Number, CreatedAt: p.CreatedAt}
}

func TestACardThatFailsLeavesTheOrderToAnother(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	a := s.adapter(t)
	p := s.opened(t, a, "wap", time.Hour)
	for _, outcome := range []string{"declined", "no_funds", "pending"} {
		s.pays(t, `{"number":"`+p.Number+`","outcome":"`+outcome+`"}`)
		status, err := a.Query(t.Context(), asking(p))
		require.NoError(t, err)
		require.Equal(t, providers.Unpaid, status.State, outcome)
	}
	s.pays(t, `{"number":"`+p.Number+`","coupon":500,"funding":"wechat"}`)
	status, err := a.Query(t.Context(), asking(p))
	require.NoError(t, err)
	require.Equal(t, providers.Paid, status.State)
	require.Equal(t, models.CNY(12900), status.Captured)
	require.Equal(t, models.CNY(500), status.Coupon)
	require.Equal(t, "1501/00", status.Funding)
}

func TestLateMoneyThatGoesBackByItselfIsNone(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	a := s.adapter(t)
	for mode, want := range map[string]providers.State{
		"late_kept": providers.Paid, "late_returned": providers.Unpaid,
	} {
		p := s.opened(t, a, "qr", 3*time.Second)
		over := func() bool { return time.Now().After(p.ExpiresAt) }
		require.Eventually(t, over, 5*time.Second, 10*time.Millisecond)
		s.fault(t, providertest.OpPay, mode, p.Number)
		s.pays(t, `{"number":"`+p.Number+`"}`)
		status, err := a.Query(t.Context(), asking(p))
		require.NoError(t, err)
		require.Equal(t, want, status.State, mode)
	}
}

func TestSpoiledStatementsOfTheSimulator(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	a := s.adapter(t)
	p := s.opened(t, a, "pc", time.Hour)
	s.pays(t, `{"number":"`+p.Number+`","coupon":500}`)
	today := time.Now().Add(time.Hour) // of clearing
	for _, mode := range []string{"bad_hash", "garbage", "drop_after", "bad_json", "huge_body", "redirect"} {
		s.fault(t, providertest.OpStatement, mode, "")
		lines, err := providertest.Lines(a.Statement(t.Context(), today))
		classed(t, err, providers.Ambiguous, "")
		require.Empty(t, lines)
	}
	s.fault(t, providertest.OpStatement, "missing", "")
	_, err := providertest.Lines(a.Statement(t.Context(), today))
	classed(t, err, providers.Refused, "98")
	for mode, want := range map[string]int{"extra_row": 2, "missing_row": 0, "wrong_amount": 1} {
		s.fault(t, providertest.OpStatement, mode, "") // genuine, and for the ledger to notice
		lines, err := providertest.Lines(a.Statement(t.Context(), today))
		require.NoError(t, err)
		require.Len(t, lines, want, mode)
	}
	s.fault(t, providertest.OpStatement, "wrong_fee", p.Number)
	lines, err := providertest.Lines(a.Statement(t.Context(), today))
	require.NoError(t, err)
	require.Equal(t, models.CNY(143), lines[0].Fee)
	lines, err = providertest.Lines(a.Statement(t.Context(), today))
	require.NoError(t, err)
	require.Equal(t, p.Number, lines[0].Number)
	require.Equal(t, models.CNY(71), lines[0].Fee)
}

func TestAFormIsPostedOnceAndForAll(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	a := s.adapter(t)
	p := s.opened(t, a, "pc", time.Hour)
	shown, err := a.Create(t.Context(), p)
	require.NoError(t, err)
	require.NoError(t, s.driver().Open(t.Context(), shown), "a browser goes back and posts it again")
	form := url.Values{}
	for key, value := range shown.Fields {
		form.Set(key, value)
	}
	form.Set("txnAmt", "1")
	response, err := s.client.PostForm(shown.URL, form)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusBadRequest, response.StatusCode, "a payer cannot change it")
}
