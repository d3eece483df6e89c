package wechatpay

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/friendpay/friendpay/providers"
)

// mainHost is written into the SDK. The host is not part of a signature, so that
// a call may be led elsewhere.
const (
	mainHost   = "api.mch.weixin.qq.com"
	backupHost = "api2.mch.weixin.qq.com"
)

var errHost = errors.New("the address is not one of WeChat Pay's")

// road leads what is meant for WeChat Pay's hosts to the configured ones, and
// nothing else anywhere: a bill's address comes from outside.
type road struct {
	main, backup *url.URL
	next         http.RoundTripper
}

// RoundTrip does not change the request it is given.
func (r road) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Scheme != "https" || !slices.Contains([]string{mainHost, backupHost}, request.URL.Host) {
		if request.Body != nil {
			request.Body.Close()
		}
		return nil, errHost
	}
	to, host := r.main, mainHost
	if on, _ := request.Context().Value(backupRoad).(bool); on && r.backup != nil {
		to, host = r.backup, backupHost
	}
	if slices.Contains([]string{mainHost, backupHost}, to.Host) {
		host = to.Host
	}
	led := request.Clone(request.Context())
	led.URL.Scheme, led.URL.Host, led.Host = to.Scheme, to.Host, host
	return r.next.RoundTrip(led)
}

// what travels in a call's context.
type note int

const (
	backupRoad note = iota // bool: take the backup domain
	bigAnswer              // bool: a bill's file
)

const (
	maxAnswer = 1 << 20   // bytes of an ordinary answer
	maxFile   = 256 << 20 // bytes of a bill's file as it travels
)

// bounded cuts answers that are too long; the SDK reads whatever comes.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := b.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	limit := int64(maxAnswer)
	if big, _ := request.Context().Value(bigAnswer).(bool); big {
		limit = maxFile
	}
	response.Body = providers.Limit(response.Body, limit, errTooLong)
	return response, nil
}

var errTooLong = errors.New("the answer is too long")

// onBackup is for the second try of a call.
func onBackup(ctx context.Context) context.Context { return context.WithValue(ctx, backupRoad, true) }
