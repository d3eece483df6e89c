package wechatpay

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// wire answers and notes what reached it.
type wire struct{ reached []string }

var errReached = errors.New("reached")

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.reached = append(w.reached, r.URL.String()+" for "+r.Host)
	return nil, errReached
}

type closable struct {
	io.Reader
	closed bool
}

func (c *closable) Close() error { c.closed = true; return nil }

func travel(r road, request *http.Request) error {
	response, err := r.RoundTrip(request)
	if response != nil {
		err = errors.Join(err, response.Body.Close())
	}
	return err
}

func TestTheRoadLeadsToWeChatPayOnly(t *testing.T) {
	t.Parallel()
	next := &wire{}
	r := road{main: &url.URL{Scheme: "http", Host: "127.0.0.1:1"}, next: next}
	for _, address := range []string{
		"https://evil.example/v3/bill", "http://api.mch.weixin.qq.com/v3/bill",
		"https://api.mch.weixin.qq.com.evil.example/", "https://api.mch.weixin.qq.com:444/",
		"https://127.0.0.1:1/", "https:///v3/bill", "file:///etc/passwd",
	} {
		body := &closable{Reader: strings.NewReader("x")}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, body)
		require.NoError(t, err)
		require.ErrorIs(t, travel(r, request), errHost, address)
		require.True(t, body.closed, "as a round tripper must")
		bare, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		require.NoError(t, err)
		require.ErrorIs(t, travel(r, bare), errHost, address)
	}
	require.Empty(t, next.reached)
	for _, host := range []string{mainHost, backupHost} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+host+"/v3/a?b=c", nil)
		require.NoError(t, err)
		require.ErrorIs(t, travel(r, request), errReached)
		require.Equal(t, host, request.URL.Host, "the request itself is not changed")
	}
	require.Equal(t, []string{
		"http://127.0.0.1:1/v3/a?b=c for " + mainHost, "http://127.0.0.1:1/v3/a?b=c for " + mainHost,
	}, next.reached)
}

func TestOnlyAnOrderWithinWeChatIsForOnePerson(t *testing.T) {
	t.Parallel()
	for product, bound := range map[string]bool{"jsapi": true, "h5": false, "native": false, "": false} {
		require.Equal(t, bound, (&Adapter{}).Binds(product), product)
	}
}
