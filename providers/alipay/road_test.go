package alipay_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/alipay"
)

const waiting = `{"code":"10000","msg":"Success","out_trade_no":"` + number + `","trade_no":"2025",` +
	`"trade_status":"WAIT_BUYER_PAY","total_amount":"129.00"}`

func TestAnAnswerIsOnlyBelievedWhenItIsSigned(t *testing.T) {
	t.Parallel()
	const node, method = waiting, "alipay.trade.query"
	genuine := wrapped(keys().alipay, method, node)
	_, after, _ := strings.Cut(genuine, node)
	for name, answer := range map[string]string{
		"unsigned":         `{"alipay_trade_query_response":` + node + `}`,
		"another's key":    wrapped(keys().stranger, method, node),
		"a changed byte":   strings.Replace(genuine, "129.00", "129.01", 1),
		"null":             `{"alipay_trade_query_response":null}`,
		"signed null":      wrapped(keys().alipay, method, "null"),
		"encrypted":        wrapped(keys().alipay, method, `"bm90aGluZw=="`),
		"of another call":  wrapped(keys().alipay, "alipay.trade.close", node),
		"two nodes":        `{"error_response":{"code":"20000"},` + genuine[1:],
		"a certificate":    `{"alipay_cert_sn":"0123",` + genuine[1:],
		"sign twice spelt": `{"alipay_trade_query_response":` + node + strings.Replace(after, `=="}`, `\n=="}`, 1),
		"no JSON":          "<html>",
		"nothing":          "",
		"a list":           "[]",
	} {
		g := open(t, func(w http.ResponseWriter, _ url.Values) { _, _ = io.WriteString(w, answer) })
		_, err := adapter(t, g.URL, nil).Query(t.Context(), ref)
		failed := classed(t, err, providers.Ambiguous, "ANSWER")
		require.NotEmpty(t, failed.Message, name)
	}
	status, err := asked(t, node).Query(t.Context(), ref)
	require.NoError(t, err)
	require.Equal(t, providers.Unpaid, status.State)
}

func TestARefusalIsOnlyBelievedWhenItIsSigned(t *testing.T) {
	t.Parallel()
	const node = `{"code":"40004","msg":"Business Failed","sub_code":"ACQ.TRADE_NOT_EXIST","sub_msg":"交易不存在"}`
	for _, answer := range []string{
		`{"error_response":` + node + `}`,
		`{"alipay_trade_query_response":` + node + `}`,
		`{"error_response":` + node + `,"sign":"` + sign(keys().stranger, node) + `"}`,
		`{"error_response":null}`,
	} {
		g := open(t, func(w http.ResponseWriter, _ url.Values) { _, _ = io.WriteString(w, answer) })
		_, err := adapter(t, g.URL, nil).Query(t.Context(), ref)
		classed(t, err, providers.Ambiguous, "ANSWER")
	}
	signed := `{"error_response":` + node + `,"sign":"` + sign(keys().alipay, node) + `"}`
	g := open(t, func(w http.ResponseWriter, _ url.Values) { _, _ = io.WriteString(w, signed) })
	status, err := adapter(t, g.URL, nil).Query(t.Context(), ref)
	require.NoError(t, err)
	require.Equal(t, providers.NotCreated, status.State)
}

func TestTheAnswersBytesAreSignedAsTheyStand(t *testing.T) {
	t.Parallel()
	shown, err := asked(t, `{ "code":"10000", "out_trade_no":"`+number+`",`+
		`"qr_code":"https:\/\/qr.alipay.com\/bax00000test" }`).Create(t.Context(), payment("qr"))
	require.NoError(t, err)
	require.Equal(t, "https://qr.alipay.com/bax00000test", shown.URL)
}

func TestAStatusThatIsNot200IsNoAnswer(t *testing.T) {
	t.Parallel()
	elsewhere := open(t, says(waiting))
	for _, status := range []int{302, 400, 429, 500, 502, 503} {
		g := open(t, func(w http.ResponseWriter, form url.Values) {
			w.Header().Set("Location", elsewhere.URL+"/gateway.do")
			w.WriteHeader(status)
			says(waiting)(w, form)
		})
		_, err := adapter(t, g.URL, nil).Query(t.Context(), ref)
		classed(t, err, providers.Ambiguous, fmt.Sprint(status))
	}
	require.Empty(t, elsewhere.calls(), "a redirect was followed")
}

func TestAnAnswerWithoutEndIsCut(t *testing.T) {
	t.Parallel()
	g := open(t, func(w http.ResponseWriter, _ url.Values) {
		for range 3 << 10 {
			_, _ = io.WriteString(w, strings.Repeat(" ", 1024))
		}
	})
	_, err := adapter(t, g.URL, nil).Query(t.Context(), ref)
	classed(t, err, providers.Ambiguous, "ANSWER")
}

func TestEveryCallHasAnEnd(t *testing.T) {
	t.Parallel()
	held := make(chan struct{})
	g := open(t, func(http.ResponseWriter, url.Values) { <-held })
	t.Cleanup(func() { close(held) })
	client := &http.Client{Timeout: 50 * time.Millisecond, Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	a, err := alipay.New(good(g.URL), client)
	require.NoError(t, err)
	_, err = a.Query(t.Context(), ref)
	failed := classed(t, err, providers.Ambiguous, "WIRE")
	require.ErrorIs(t, &failed, context.DeadlineExceeded)
}

// trapdoor is a wire that gives up.
type trapdoor struct{}

func (trapdoor) RoundTrip(*http.Request) (*http.Response, error) { panic("down") }

func TestThePanicsOfTheLibraryAreCaught(t *testing.T) {
	t.Parallel()
	a, err := alipay.New(good("http://127.0.0.1:1"), &http.Client{Transport: trapdoor{}})
	require.NoError(t, err)
	_, err = a.Query(t.Context(), ref)
	classed(t, err, providers.Ambiguous, "ANSWER")
}

func TestCallsAreStampedInShanghaiAndSayNothingEmpty(t *testing.T) {
	t.Parallel()
	g := open(t, says(waiting))
	_, err := adapter(t, g.URL, nil).Query(t.Context(), ref)
	require.NoError(t, err)
	call := g.calls()[0]
	stamp, err := time.ParseInLocation(time.DateTime, call.Get("timestamp"), time.FixedZone("", 8*60*60))
	require.NoError(t, err)
	require.Less(t, time.Since(stamp).Abs(), time.Minute)
	for name := range call {
		require.NotEmpty(t, call.Get(name), name)
	}
	for name, want := range map[string]string{
		"app_id": app, "method": "alipay.trade.query", "format": "JSON", "charset": "utf-8", "sign_type": "RSA2",
		"version": "1.0",
	} {
		require.Equal(t, want, call.Get(name))
	}
	require.False(t, call.Has("app_cert_sn") || call.Has("alipay_root_cert_sn"))
}

func TestCertificatesAreNamedAndNeverDownloaded(t *testing.T) {
	t.Parallel()
	const ours = "5c5c6f3e"
	serials := []string{"", ours}
	g := open(t, nil)
	g.answer = func(w http.ResponseWriter, form url.Values) {
		node := wrapped(keys().alipay, form.Get("method"), waiting)
		if serial := serials[0]; serial != "" {
			node = `{"alipay_cert_sn":"` + serial + `",` + node[1:]
		}
		_, _ = io.WriteString(w, node)
	}
	a := adapter(t, g.URL, certificateMode)
	for _, serials = range [][]string{{""}, {"0123456789abcdef0123456789abcdef"}} {
		_, err := a.Query(t.Context(), ref)
		classed(t, err, providers.Ambiguous, "ANSWER")
	}
	serials = []string{serialOf("CN=Root of tests,C=CN", 12)}
	_, err := a.Query(t.Context(), ref)
	require.NoError(t, err)
	require.Len(t, g.calls(), 3, "a certificate was asked for")
	require.Equal(t, serialOf("CN=Root of tests,C=CN", 11), g.calls()[0].Get("app_cert_sn"))
	require.Equal(t, serialOf("CN=Root of tests,C=CN", 1), g.calls()[0].Get("alipay_root_cert_sn"))
}
