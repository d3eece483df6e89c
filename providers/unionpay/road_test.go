package unionpay_test

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
	"github.com/friendpay/friendpay/providers/providertest"
	"github.com/friendpay/friendpay/providers/unionpay"
)

// everyCall makes each kind of call and is what came of it.
func everyCall(ctx context.Context, a *unionpay.Adapter) map[string]error {
	failed := map[string]error{}
	_, failed["qr"] = a.Create(ctx, payment("qr"))
	_, failed["app"] = a.Create(ctx, payment("app"))
	_, failed["query"] = a.Query(ctx, ref)
	_, failed["refund"] = a.Refund(ctx, refund())
	_, failed["query_refund"] = a.QueryRefund(ctx, refund())
	_, failed["statement"] = providertest.Lines(a.Statement(ctx, fileDay))
	return failed
}

func TestEachCallGoesToItsAddress(t *testing.T) {
	t.Parallel()
	g := open(t, desk(paid, form{"respCode": "99"}))
	everyCall(t.Context(), adapter(t, g, nil))
	var paths []string
	for _, c := range g.calls() {
		paths = append(paths, strings.TrimPrefix(c.path, "/gateway/api"))
	}
	require.Equal(t, []string{
		"/backTransReq.do", "/appTransReq.do", "/queryTrans.do", "/queryTrans.do", "/backTransReq.do",
		"/queryTrans.do", "/files/",
	}, paths)
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a redirect was followed")
	}))
	t.Cleanup(elsewhere.Close)
	for _, status := range []int{http.StatusFound, http.StatusTemporaryRedirect} {
		g := open(t, func(w http.ResponseWriter, _ form) {
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(status)
		})
		for _, err := range everyCall(t.Context(), adapter(t, g, nil)) {
			classed(t, err, providers.Ambiguous, "30"+string(rune('0'+status%10)))
		}
	}
}

func TestWhatIsNotSignedIsNotBelieved(t *testing.T) {
	t.Parallel()
	for status, class := range map[int]providers.Class{
		200: providers.Ambiguous, 400: providers.Ambiguous, 404: providers.Ambiguous, 429: providers.Refused,
		500: providers.Ambiguous, 502: providers.Ambiguous, 503: providers.Ambiguous,
	} {
		for _, body := range []string{
			"", "<html>", "respCode=34&respMsg=no", "respCode=00&origRespCode=00", `{"respCode":"34"}`, "=&=", "&",
		} {
			for op, err := range everyCall(t.Context(), adapter(t, open(t, raw(status, body)), nil)) {
				failed := classed(t, err, class, "")
				require.NotContains(t, failed.Message, "respCode", op)
			}
		}
	}
}

func TestAnAnswerWithoutEndIsCut(t *testing.T) {
	t.Parallel()
	endless := func(w http.ResponseWriter, _ form) {
		part := []byte("x=" + strings.Repeat("x", 1<<20))
		for range 40 {
			if _, err := w.Write(part); err != nil {
				return
			}
		}
	}
	for _, err := range everyCall(t.Context(), adapter(t, open(t, endless), nil)) {
		classed(t, err, providers.Ambiguous, "ANSWER")
	}
}

func TestNoAnswerIsAmbiguous(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	nowhere := "http://" + listener.Addr().String()
	require.NoError(t, listener.Close())
	nobody := func(s *unionpay.Settings) { s.Gateway, s.StatementURL = nowhere, nowhere }
	hangUp := func(w http.ResponseWriter, _ form) {
		if connection, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = connection.Close()
		}
	}
	half := func(w http.ResponseWriter, _ form) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, "respCode=34")
	}
	for _, a := range []*unionpay.Adapter{
		adapter(t, nil, nobody), adapter(t, open(t, hangUp), nil), adapter(t, open(t, half), nil),
	} {
		for _, err := range everyCall(t.Context(), a) {
			classed(t, err, providers.Ambiguous, "WIRE")
		}
	}
}

func TestEveryCallHasAnEnd(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	g := open(t, func(http.ResponseWriter, form) { <-release })
	t.Cleanup(func() { close(release) })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := adapter(t, g, nil).Query(ctx, ref)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	gone, stop := context.WithCancel(t.Context())
	stop()
	for _, product := range []string{"wap", "qr"} {
		_, err = adapter(t, g, nil).Create(gone, payment(product))
		require.ErrorIs(t, err, context.Canceled)
		classed(t, err, providers.Ambiguous, "WIRE")
	}
	for patience, timeout := range map[time.Duration]time.Duration{10 * time.Second: 0, time.Hour: time.Hour} {
		wire := &ends{}
		a, err := unionpay.New(good(g.URL), &http.Client{Transport: wire, Timeout: timeout})
		require.NoError(t, err)
		before := time.Now()
		_, err = a.Query(context.Background(), ref)
		classed(t, err, providers.Ambiguous, "WIRE")
		require.WithinRange(t, wire.at, before.Add(patience), time.Now().Add(patience), "for callers who set none")
	}
}

// ends notes until when a call may last, and makes none.
type ends struct{ at time.Time }

func (e *ends) RoundTrip(r *http.Request) (*http.Response, error) {
	e.at, _ = r.Context().Deadline()
	return nil, io.ErrUnexpectedEOF
}
