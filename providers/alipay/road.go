package alipay

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/friendpay/friendpay/providers"
)

const (
	maxAnswer = 1 << 20   // bytes of an ordinary answer
	maxFile   = 256 << 20 // bytes of a bill's file as it travels
)

var (
	errHost    = errors.New("the address is not one of Alipay's")
	errTooLong = errors.New("the answer is too long")
)

// statusError is the status of an answer that is not 200: nobody signed it.
type statusError int

func (s statusError) Error() string { return "status " + strconv.Itoa(int(s)) }

// asked is what travels in a call's context: the name of the node that answers it.
type asked struct{}

func about(ctx context.Context, method string) context.Context {
	return context.WithValue(ctx, asked{}, method)
}

// road leads to the gateway and nowhere else, and hands on only what Alipay signed:
// the library looks at no status, and believes refusals that are not signed.
type road struct {
	gateway *url.URL
	trust   trust
	next    http.RoundTripper
}

// RoundTrip reads the whole answer. A request that is refused is closed.
func (r road) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.String() != r.gateway.String() {
		if request.Body != nil {
			request.Body.Close()
		}
		return nil, errHost
	}
	response, err := r.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, statusError(response.StatusCode)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	method, _ := request.Context().Value(asked{}).(string)
	if err := r.trust.proves(method, body); err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// billHosts are where Alipay keeps bills, besides the gateway's own host.
var billHosts = []string{
	"openapi.alipay.com", "dwbillcenter.alipay.com",
	"openapi-sandbox.dl.alipaydev.com", "dwbillcenter-sandbox.dl.alipaydev.com",
}

// keepsBills says whether an address is where bills are kept: it comes from outside.
func keepsBills(gateway, to *url.URL) bool {
	known := to.Scheme == "https" && slices.Contains(billHosts, to.Host)
	return to.User == nil && (known || to.Scheme == gateway.Scheme && to.Host == gateway.Host)
}

// bounded cuts answers that are too long; the library reads whatever comes.
type bounded struct {
	next  http.RoundTripper
	limit int64
}

func (b bounded) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := b.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	response.Body = providers.Limit(response.Body, b.limit, errTooLong)
	return response, nil
}
