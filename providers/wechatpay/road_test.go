package wechatpay_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/wechatpay"
)

// nowhere is an address of this machine at which nobody listens.
func nowhere(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	return "http://" + listener.Addr().String()
}

// hangUp breaks every connection without an answer.
func hangUp(w http.ResponseWriter, _ *http.Request, _ []byte) {
	if connection, _, err := w.(http.Hijacker).Hijack(); err == nil {
		_ = connection.Close()
	}
}

func TestTheSDKsHostIsLedElsewhere(t *testing.T) {
	t.Parallel()
	s := open(t, says(200, paidOrder)) // which verifies the signature, although it has another host
	_, err := adapter(t, s, nil).Query(t.Context(), ref)
	require.NoError(t, err)
	require.Equal(t, "api.mch.weixin.qq.com", s.calls()[0].Host)
}

func TestACallSaysWhatTheGatewayAsksFor(t *testing.T) {
	t.Parallel()
	s := open(t, says(200, paidOrder))
	_, err := adapter(t, s, nil).Query(t.Context(), ref)
	require.NoError(t, err)
	header := s.calls()[0].Header
	require.NotEmpty(t, header.Get("User-Agent"))
	require.NotEmpty(t, header.Get("Accept"))
	require.Equal(t, keyID, header.Get("Wechatpay-Serial"), "the key that the answer shall be signed with")
}

func TestTheBackupDomainTakesOver(t *testing.T) {
	t.Parallel()
	backup := open(t, says(200, `{"code_url":"weixin://a"}`))
	a := adapter(t, backup, func(s *wechatpay.Settings) { s.BaseURL, s.BackupURL = nowhere(t), backup.URL })
	_, err := a.Create(t.Context(), payment("native"))
	require.NoError(t, err)
	require.Equal(t, "api2.mch.weixin.qq.com", backup.calls()[0].Host)
}

func TestACallWithoutAnAnswerIsMadeAgainSignedAnew(t *testing.T) {
	t.Parallel()
	main := open(t, hangUp)
	backup := open(t, says(204, ""))
	a := adapter(t, main, func(s *wechatpay.Settings) { s.BackupURL = backup.URL })
	require.NoError(t, a.Close(t.Context(), ref))
	require.Len(t, backup.calls(), 1)
	first, second := main.calls()[0].Header, backup.calls()[0].Header
	require.NotEqual(t, first.Get("Authorization"), second.Get("Authorization"))
}

func TestASecondRefusalSaysNothingOfTheFirstTry(t *testing.T) {
	t.Parallel()
	backup := open(t, says(400, `{"code":"INVALID_REQUEST","message":"no"}`))
	for _, main := range []string{open(t, hangUp).URL, nowhere(t)} {
		a := adapter(t, backup, func(s *wechatpay.Settings) { s.BaseURL, s.BackupURL = main, backup.URL })
		_, err := a.Refund(t.Context(), refund())
		want := providers.Ambiguous
		if len(backup.calls()) == 2 {
			want = providers.Definite // nobody was there: only the second can have done it
		}
		classed(t, err, want, "INVALID_REQUEST")
	}
}

func TestWhatWasAnsweredIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	backup := open(t, says(200, paidOrder))
	for _, answer := range []func(http.ResponseWriter, *http.Request, []byte){
		says(500, `{"code":"SYSTEM_ERROR"}`), unsigned(200, paidOrder), says(429, `{"code":"FREQUENCY_LIMITED"}`),
	} {
		a := adapter(t, open(t, answer), func(s *wechatpay.Settings) { s.BackupURL = backup.URL })
		_, err := a.Query(t.Context(), ref)
		require.Error(t, err)
	}
	require.Empty(t, backup.calls())
}

// silent is a main domain of which nothing comes in its time, without the waiting:
// it notes until when each call may last.
type silent struct {
	main  string
	calls []time.Time
}

func (d *silent) RoundTrip(r *http.Request) (*http.Response, error) {
	end, _ := r.Context().Deadline()
	d.calls = append(d.calls, end)
	if r.URL.Host == d.main {
		return nil, context.DeadlineExceeded
	}
	return http.DefaultTransport.RoundTrip(r)
}

func TestASilentMainDomainLeavesTimeForTheBackup(t *testing.T) {
	t.Parallel()
	backup := open(t, says(200, paidOrder))
	settings := good(backup.URL)
	settings.BaseURL, settings.BackupURL = "https://api.mch.weixin.qq.com", backup.URL
	wire := &silent{main: "api.mch.weixin.qq.com"}
	a, err := wechatpay.New(settings, &http.Client{Transport: wire, Timeout: time.Hour})
	require.NoError(t, err)
	before := time.Now()
	_, err = a.Query(t.Context(), ref)
	require.NoError(t, err)
	require.Len(t, wire.calls, 2)
	after := time.Now()
	require.WithinRange(t, wire.calls[0], before.Add(30*time.Minute), after.Add(30*time.Minute))
	require.WithinRange(t, wire.calls[1], before.Add(time.Hour), after.Add(time.Hour))
}

func TestEveryCallHasAnEnd(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	s := open(t, func(http.ResponseWriter, *http.Request, []byte) { <-release })
	t.Cleanup(func() { close(release) })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := adapter(t, s, nil).Query(ctx, ref)
	require.ErrorIs(t, err, context.DeadlineExceeded)

	wire := &silent{main: strings.TrimPrefix(s.URL, "http://")}
	a, err := wechatpay.New(good(s.URL), &http.Client{Transport: wire})
	require.NoError(t, err)
	before := time.Now()
	_, err = a.Query(context.Background(), ref)
	classed(t, err, providers.Ambiguous, "WIRE")
	require.WithinRange(t, wire.calls[0], before.Add(10*time.Second), time.Now().Add(10*time.Second),
		"for callers who set none")
}

func TestAnAnswerWithoutEndIsCut(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat(" ", 2<<20) + paidOrder
	for _, status := range []int{200, 404} {
		_, err := asked(t, status, huge).Query(t.Context(), ref)
		classed(t, err, providers.Ambiguous, "")
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a redirect was followed")
	}))
	t.Cleanup(elsewhere.Close)
	s := open(t, func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		w.Header().Set("Location", elsewhere.URL)
		w.WriteHeader(http.StatusFound)
		_, _ = io.WriteString(w, "{}")
	})
	a := adapter(t, s, nil)
	_, err := a.Query(t.Context(), ref)
	classed(t, err, providers.Ambiguous, "302")
	_, err = a.Login(t.Context(), "code")
	classed(t, err, providers.Ambiguous, "ANSWER")
}

func TestAnUnreachableProviderProvesNothing(t *testing.T) {
	t.Parallel()
	a, err := wechatpay.New(good(nowhere(t)), &http.Client{Transport: &http.Transport{}})
	require.NoError(t, err)
	_, err = a.Create(t.Context(), payment("native"))
	classed(t, err, providers.Ambiguous, "WIRE")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = a.Create(gone, payment("native"))
	require.ErrorIs(t, err, context.Canceled)
}
