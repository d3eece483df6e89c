package wechatpay_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/providertest"
	"github.com/friendpay/friendpay/providers/wechatpay"
)

// delivered pays an order whose callback is spoiled by mode, and is what came.
func (s scene) delivered(t *testing.T, a *wechatpay.Adapter, mode string) providertest.Delivery {
	t.Helper()
	came := make(chan providertest.Delivery, 1)
	inbox := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			came <- providertest.Delivery{Header: r.Header.Clone(), Body: body}
		}
	}))
	t.Cleanup(inbox.Close)
	p := payment("native")
	p.Number, p.NotifyURL = providertest.Number(), inbox.URL
	_, err := a.Create(t.Context(), p)
	require.NoError(t, err)
	fault := providertest.Fault{Op: providertest.OpCallback, Mode: mode, Number: p.Number}
	require.NoError(t, s.driver().Fault(t.Context(), fault))
	require.NoError(t, s.driver().Pay(t.Context(), p.Number))
	return <-came
}

func TestBothKindsOfKeysAreBelievedDuringAMigration(t *testing.T) {
	t.Parallel()
	s := newScene(t, nil)
	publicOnly := s.adapter(t, nil)
	d := s.delivered(t, publicOnly, "cert_serial")
	_, err := publicOnly.ParseNotice(d.Header, d.Body, time.Now())
	require.ErrorIs(t, err, providers.ErrForged)
	both := s.adapter(t, func(s *wechatpay.Settings) { s.Certificates = true })
	_, err = both.ParseNotice(d.Header, d.Body, time.Now())
	require.NoError(t, err)
	d = s.delivered(t, both, "double")
	_, err = both.ParseNotice(d.Header, d.Body, time.Now())
	require.NoError(t, err)
}

func TestARotatedKeyIsBelievedOnlyWhileItIsSet(t *testing.T) {
	t.Parallel()
	s := newScene(t, nil)
	rotating := s.adapter(t, nil)
	d := s.delivered(t, rotating, "previous_key")
	_, err := rotating.ParseNotice(d.Header, d.Body, time.Now())
	require.NoError(t, err)
	rotated := s.adapter(t, func(s *wechatpay.Settings) { s.PreviousAPIv3Key = "" })
	_, err = rotated.ParseNotice(d.Header, d.Body, time.Now())
	require.ErrorIs(t, err, providers.ErrForged)
}

func TestAnUnsignedWordOfTheSimulatorIsNotBelieved(t *testing.T) {
	t.Parallel()
	s := newScene(t, nil)
	a := s.adapter(t, nil)
	unknown := providers.Ref{Number: providertest.Number()}
	fault := providertest.Fault{Op: providertest.OpQuery, Mode: "unsigned_errors", Number: unknown.Number}
	require.NoError(t, s.driver().Fault(t.Context(), fault))
	_, err := a.Query(t.Context(), unknown)
	classed(t, err, providers.Ambiguous, "404")
	status, err := a.Query(t.Context(), unknown)
	require.NoError(t, err)
	require.Equal(t, providers.NotCreated, status.State)
}

func TestAnAbnormalRefundOfTheSimulatorEndsAfterAll(t *testing.T) {
	t.Parallel()
	s := newScene(t, nil)
	a := s.adapter(t, nil)
	p, r := payment("native"), refund()
	p.NotifyURL, r.NotifyURL = s.base+"/nowhere", ""
	_, err := a.Create(t.Context(), p)
	require.NoError(t, err)
	require.NoError(t, s.driver().Pay(t.Context(), number))
	fault := providertest.Fault{Op: providertest.OpRefund, Mode: "abnormal", Number: refundNo}
	require.NoError(t, s.driver().Fault(t.Context(), fault))
	_, err = a.Refund(t.Context(), r)
	require.NoError(t, err)
	reads := func(want providers.RefundState) {
		t.Helper()
		require.Eventually(t, func() bool {
			status, err := a.QueryRefund(t.Context(), r)
			return err == nil && status.State == want
		}, 10*time.Second, time.Millisecond)
	}
	reads(providers.RefundAbnormal)
	status, err := a.ApplyAbnormalRefund(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, providers.RefundProcessing, status.State)
	reads(providers.RefundDone)
}

func TestALoginAtTheSimulator(t *testing.T) {
	t.Parallel()
	s := newScene(t, nil)
	a := s.adapter(t, nil)
	browser := &http.Client{
		Transport:     s.client.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := browser.Get(a.LoginURL("https://pay.example.cn/back?a=b", "State1"))
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	back, err := url.Parse(response.Header.Get("Location"))
	require.NoError(t, err)
	require.Equal(t, "State1", back.Query().Get("state"))
	who, err := a.Login(t.Context(), back.Query().Get("code"))
	require.NoError(t, err)
	require.NotEmpty(t, who.Subject)
	require.Equal(t, app, who.App)
	for _, spent := range []string{back.Query().Get("code"), "never-given-out"} {
		_, err = a.Login(t.Context(), spent)
		require.ErrorIs(t, err, providers.ErrLogin)
	}
}
