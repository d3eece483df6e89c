package alipay_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sim "github.com/friendpay/friendpay/internal/paysim/alipay"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/providertest"
)

// pay is a payer who presses the button, with a coupon of so many fen.
func (s scene) pay(t *testing.T, order map[string]any) {
	t.Helper()
	body, err := json.Marshal(order)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.base+"/sim/alipay/pay",
		bytes.NewReader(body))
	require.NoError(t, err)
	response, err := s.client.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
}

func TestACouponIsToldAndGivenBack(t *testing.T) {
	t.Parallel()
	s := newScene(t, nil)
	a := s.adapter(t)
	p := payment("qr")
	shown, err := a.Create(t.Context(), p)
	require.NoError(t, err)
	s.pay(t, map[string]any{"qr_code": shown.URL, "coupon": 2900, "funding": "PCREDIT"})
	status, err := a.Query(t.Context(), ref)
	require.NoError(t, err)
	require.Equal(t, []any{models.CNY(12900), models.CNY(2900), "PCREDIT"},
		[]any{status.Captured, status.Coupon, status.Funding})
	wanted := refund()
	wanted.Amount = models.CNY(12900)
	for range 2 { // at once, and again
		back, err := a.Refund(t.Context(), wanted)
		require.NoError(t, err)
		require.Equal(t, []any{providers.RefundDone, models.CNY(12900), models.CNY(2900)},
			[]any{back.State, back.Refunded, back.Coupon})
	}
	status, err = a.Query(t.Context(), ref)
	require.NoError(t, err)
	require.Equal(t, providers.Paid, status.State, "given back in full is not unpaid")
	entries, err := providertest.Lines(a.Statement(t.Context(), status.PaidAt))
	require.NoError(t, err)
	require.Equal(t, []any{models.CNY(77), models.CNY(-77)}, []any{entries[0].Fee, entries[1].Fee})
}

func TestALinkIsPaidByWhoeverFollowsIt(t *testing.T) {
	t.Parallel()
	s := newScene(t, inCertificateMode)
	a := s.adapter(t)
	shown, err := a.Create(t.Context(), payment("wap"))
	require.NoError(t, err)
	require.ErrorIs(t, a.Close(t.Context(), ref), providers.ErrNotSupported)
	s.pay(t, map[string]any{"url": shown.URL, "openid": payer})
	status, err := a.Query(t.Context(), ref)
	require.NoError(t, err)
	require.Equal(t, payer, status.Payer)
}

func TestALoginEndsInAnOrderForThePerson(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*sim.Account){
		"open id": nil, "user id": func(a *sim.Account) { a.UserIDs = true },
	} {
		s := newScene(t, change)
		a := s.adapter(t)
		client := *s.client
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
			a.LoginURL("http://127.0.0.1:1/back", "state1"), nil)
		require.NoError(t, err)
		if name == "user id" {
			request.AddCookie(&http.Cookie{Name: "paysim_alipay_user", Value: "2088000000000009"})
		}
		response, err := client.Do(request)
		require.NoError(t, err)
		response.Body.Close()
		back, err := url.Parse(response.Header.Get("Location"))
		require.NoError(t, err)
		require.Equal(t, "state1", back.Query().Get("state"))
		identity, err := a.Login(t.Context(), back.Query().Get("auth_code"))
		require.NoError(t, err, name)
		require.Equal(t, name == "user id", strings.HasPrefix(identity.Subject, "2088"))
		_, err = a.Login(t.Context(), back.Query().Get("auth_code"))
		require.ErrorIs(t, err, providers.ErrLogin)
		p := payment("jsapi")
		p.Payer = identity.Subject
		shown, err := a.Create(t.Context(), p)
		require.NoError(t, err)
		s.pay(t, map[string]any{"trade_no": shown.Fields["tradeNO"]})
		status, err := a.Query(t.Context(), ref)
		require.NoError(t, err)
		require.Equal(t, identity.Subject, status.Payer)
	}
}

func TestSpoiledBillsOfTheSimulatorAreNotBelieved(t *testing.T) {
	t.Parallel()
	s := newScene(t, nil)
	a := s.adapter(t)
	_, err := a.Create(t.Context(), payment("jsapi"))
	require.NoError(t, err)
	require.NoError(t, s.driver().Pay(t.Context(), number))
	for _, mode := range []string{"garbage", "expired_url", "redirect", "error_before", "bad_json"} {
		fault := providertest.Fault{Op: "bill_download", Mode: mode}
		require.NoError(t, s.driver().Fault(t.Context(), fault))
		_, err := providertest.Lines(a.Statement(t.Context(), time.Now()))
		require.Error(t, err, mode)
		classed(t, err, providers.Ambiguous, "")
	}
	dear := providertest.Fault{Op: providertest.OpStatement, Mode: "wrong_fee", Number: number}
	require.NoError(t, s.driver().Fault(t.Context(), dear))
	for _, fee := range []int64{155, 77} { // genuine, and for the ledger to notice
		entries, err := providertest.Lines(a.Statement(t.Context(), time.Now()))
		require.NoError(t, err)
		require.Len(t, entries, 1)
		require.Equal(t, models.CNY(fee), entries[0].Fee)
	}
}

func TestAnUnsignedWordOfTheSimulatorIsNotBelieved(t *testing.T) {
	t.Parallel()
	s := newScene(t, nil)
	a := s.adapter(t)
	unknown := providers.Ref{Number: providertest.Number()}
	fault := providertest.Fault{Op: providertest.OpQuery, Mode: "unsigned_errors", Number: unknown.Number}
	require.NoError(t, s.driver().Fault(t.Context(), fault))
	_, err := a.Query(t.Context(), unknown)
	classed(t, err, providers.Ambiguous, "ANSWER")
	status, err := a.Query(t.Context(), unknown)
	require.NoError(t, err)
	require.Equal(t, providers.NotCreated, status.State)
}
