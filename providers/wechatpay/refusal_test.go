package wechatpay_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
)

func TestARefusalIsOnlyBelievedWhenItIsSigned(t *testing.T) {
	t.Parallel()
	const unknown = `{"code":"ORDER_NOT_EXIST","message":"no"}`
	stale := func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		for name, values := range signedBy(keys().wechat, keyID, unknown, time.Now().Add(-301*time.Second)) {
			w.Header()[name] = values
		}
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, unknown)
	}
	strange := func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		for name, values := range signedBy(keys().stranger, keyID, unknown, time.Now()) {
			w.Header()[name] = values
		}
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, unknown)
	}
	for _, answer := range []func(http.ResponseWriter, *http.Request, []byte){
		unsigned(404, unknown), stale, strange,
	} {
		a := adapter(t, open(t, answer), nil)
		_, err := a.Query(t.Context(), ref)
		classed(t, err, providers.Ambiguous, "404")
		_, err = a.Create(t.Context(), payment("jsapi"))
		classed(t, err, providers.Ambiguous, "404")
		_, err = a.Refund(t.Context(), refund())
		classed(t, err, providers.Ambiguous, "404")
		err = a.Close(t.Context(), ref)
		require.NotErrorIs(t, err, providers.ErrNotCreated)
		classed(t, err, providers.Ambiguous, "404")
	}
}

func TestAnAnswerOutsideTheWindowIsNotBelieved(t *testing.T) {
	t.Parallel()
	// Answers only get older until they are read: a slow machine needs room to one side.
	for age, believed := range map[time.Duration]bool{
		-6 * time.Minute: false, -299 * time.Second: true, 4 * time.Minute: true, 301 * time.Second: false,
	} {
		a := adapter(t, open(t, func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			for name, values := range signedBy(keys().wechat, keyID, paidOrder, time.Now().Add(-age)) {
				w.Header()[name] = values
			}
			_, _ = io.WriteString(w, paidOrder)
		}), nil)
		_, err := a.Query(t.Context(), ref)
		require.Equal(t, believed, err == nil, age)
	}
}

func TestRefusalsAreClassed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		code   string
		class  providers.Class
	}{
		{400, "PARAM_ERROR", providers.Definite},
		{400, "INVALID_REQUEST", providers.Definite}, // the same number with other parameters
		{400, "APPID_MCHID_NOT_MATCH", providers.Definite},
		{400, "MCH_NOT_EXISTS", providers.Definite},
		{401, "SIGN_ERROR", providers.Definite},
		{403, "NO_AUTH", providers.Definite},
		{403, "RULE_LIMIT", providers.Definite},
		{403, "ACCOUNT_ERROR", providers.Definite},
		{400, "ORDER_CLOSED", providers.Definite},
		{400, "ORDERPAID", providers.Ambiguous}, // the order is there, with money in it
		{400, "ORDER_PAID", providers.Ambiguous},
		{403, "OUT_TRADE_NO_USED", providers.Definite}, // by an order with other parameters
		{403, "OUTTRADENOUSED", providers.Definite},
		{429, "FREQUENCY_LIMITED", providers.Refused},
		{429, "RATELIMIT_EXCEEDED", providers.Refused},
		{403, "RATE_LIMIT_EXCEEDED", providers.Refused},
		{500, "OPENID_MISMATCH", providers.Definite},
		{500, "OPENIDMISMATCH", providers.Definite},
		{500, "SYSTEM_ERROR", providers.Ambiguous},
		{400, "SYSTEMERROR", providers.Ambiguous},
		{500, "BANK_ERROR", providers.Ambiguous},
		{502, "BAD_GATEWAY", providers.Ambiguous},
		{503, "SERVICE_UNAVAILABLE", providers.Ambiguous},
		{302, "FOUND", providers.Ambiguous},
	} {
		_, err := asked(t, c.status, `{"code":"`+c.code+`","message":"说明"}`).Create(t.Context(), payment("jsapi"))
		failed := classed(t, err, c.class, c.code)
		require.Equal(t, "说明", failed.Message)
	}
	_, err := asked(t, 401, `{"code":"SIGN_ERROR","message":"随机串重复"}`).Query(t.Context(), ref)
	classed(t, err, providers.Ambiguous, "SIGN_ERROR") // Go may have repeated the question
	_, err = asked(t, 400, `nonsense`).Create(t.Context(), payment("jsapi"))
	classed(t, err, providers.Definite, "400")
}

func TestWhatARefusalQuotesStaysOutOfTheError(t *testing.T) {
	t.Parallel()
	a := asked(t, 400, `{"code":"PARAM_ERROR","message":"wrong",
		"detail":{"field":"/payer/openid","value":"oFriend01"}}`)
	_, err := a.Create(t.Context(), payment("jsapi"))
	classed(t, err, providers.Definite, "PARAM_ERROR")
}

func TestAWaitThatIsAskedForIsTold(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]time.Duration{
		"7": 7 * time.Second, "": 0, "-1": 0, "soon": 0, "99999999": 0,
	} {
		a := adapter(t, open(t, func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			w.Header().Set("Retry-After", said)
			reply(w, 429, `{"code":"FREQUENCY_LIMITED","message":"频率超限"}`)
		}), nil)
		_, err := a.Query(t.Context(), ref)
		require.Equal(t, want, classed(t, err, providers.Refused, "FREQUENCY_LIMITED").RetryAfter)
	}
}
