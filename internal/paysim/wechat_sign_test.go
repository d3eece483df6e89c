package paysim_test

import (
	"crypto/rand"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
)

func TestWeChatHearsOnlyWhatIsSigned(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	number, _ := s.made("native", nowhere)
	path := numbers + number + "?mchid=" + s.account.MchID
	swap := func(old, by string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, by, 1))
		}
	}
	at := func(shift time.Duration) func(*http.Request) {
		return func(r *http.Request) { s.authorize(r, "", time.Now().Add(shift), rand.Text()) }
	}
	for name, spoil := range map[string]func(*http.Request){
		"no header":     func(r *http.Request) { r.Header.Del("Authorization") },
		"other scheme":  swap("WECHATPAY2-SHA256-RSA2048", "WECHATPAY2-SM2-WITH-SM3"),
		"no nonce":      swap("nonce_str=", "nonce="),
		"twice":         swap("mchid=", `mchid="1900000100",mchid=`),
		"mchid":         swap(`mchid="1900000100"`, `mchid="1900000199"`),
		"other mchid":   swap(`mchid="1900000100"`, `mchid="1900000101"`),
		"serial":        swap(`serial_no="`, `serial_no="00`),
		"no agent":      func(r *http.Request) { r.Header.Set("User-Agent", "") },
		"no accept":     func(r *http.Request) { r.Header.Del("Accept") },
		"method":        func(r *http.Request) { r.Method = http.MethodHead },
		"query":         func(r *http.Request) { r.URL.RawQuery += "&x=1" },
		"no query":      func(r *http.Request) { r.URL.RawQuery = "" },
		"padding":       swap(`=="`, `"`),
		"nonce":         swap(`nonce_str="`, `nonce_str="x`),
		"timestamp":     swap(`timestamp="`, `timestamp="0`),
		"old":           at(-302 * time.Second),
		"of the future": at(302 * time.Second),
	} {
		r := s.request(http.MethodGet, path, nil)
		spoil(r)
		answer := s.send(r)
		require.Equal(t, http.StatusUnauthorized, answer.status, name)
		if name != "method" { // HEAD has no body
			require.Equal(t, "SIGN_ERROR", answer.code(), name)
		}
	}
	for _, shift := range []time.Duration{-295 * time.Second, 295 * time.Second} {
		r := s.request(http.MethodGet, path, nil)
		s.authorize(r, "", time.Now().Add(shift), rand.Text())
		require.Equal(t, http.StatusOK, s.send(r).status)
	}
}

func TestWeChatVerifiesTheBytesOfTheBody(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	path := numbers + newNumber() + "/close"
	same := `{"mchid":"` + s.account.MchID + `"}`
	for body, status := range map[string]int{same: 404, same + "\n": 401, " " + same: 401, "": 401} {
		r, err := http.NewRequest(http.MethodPost, s.base+path, strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Accept", "*/*")
		s.authorize(r, same, time.Now(), rand.Text())
		require.Equal(t, status, s.send(r).status, "%q", body)
	}
}

func TestWeChatTakesANonceOnce(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	r := s.request(http.MethodGet, numbers+newNumber()+"?mchid="+s.account.MchID, nil)
	require.Equal(t, http.StatusNotFound, s.send(r).status)
	answer := s.send(r)
	require.Equal(t, http.StatusUnauthorized, answer.status)
	require.Contains(t, string(answer.text), "随机串重复使用")
}

func TestWeChatSignsWithTheKeyThatIsAskedFor(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	number, _ := s.made("native", nowhere)
	for asked, used := range map[string]string{
		s.account.CertificateSerial: s.account.CertificateSerial, s.account.PublicKeyID: s.account.PublicKeyID,
		"": s.account.PublicKeyID,
	} {
		s.asks = asked
		require.Equal(t, used, s.query(number).header.Get("Wechatpay-Serial"))
	}
	missing := s.query(newNumber()) // errors are signed
	require.Equal(t, http.StatusNotFound, missing.status)
	require.Equal(t, "ORDER_NOT_EXIST", missing.code())
	closed := s.closing(number) // and so is what has no body
	require.Equal(t, http.StatusNoContent, closed.status)
	require.Empty(t, closed.text)
	require.Empty(t, closed.header.Get("Content-Type"))
}

func TestWeChatHandsOutItsCertificate(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	answer := s.ask(http.MethodGet, "/v3/certificates", nil)
	require.Equal(t, s.account.CertificateSerial, answer.header.Get("Wechatpay-Serial"))
	one := answer.said["data"].([]any)[0].(members)
	require.Equal(t, s.account.CertificateSerial, one["serial_no"])
	require.Equal(t, s.account.Certificate, unseal(t, s.account.APIv3Key, one["encrypt_certificate"].(members)))
}

func TestWeChatAnswersGoWrongAsAsked(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	number, _ := s.made("native", nowhere)
	path := numbers + number + "?mchid=" + s.account.MchID
	for mode, broken := range map[string]func(reply) bool{
		"bad_signature": func(r reply) bool { return r.header.Get("Wechatpay-Signature") != "" },
		"wrong_serial":  func(r reply) bool { return r.header.Get("Wechatpay-Serial") != s.account.PublicKeyID },
		"unsigned":      func(r reply) bool { return r.header.Get("Wechatpay-Signature") == "" },
		"signtest": func(r reply) bool {
			return strings.HasPrefix(r.header.Get("Wechatpay-Signature"), "WECHATPAY/SIGNTEST/")
		},
	} {
		s.simulate("/sim/faults", members{"provider": "wechatpay", "op": "query", "mode": mode, "number": number})
		answer := s.send(s.request(http.MethodGet, path, nil))
		require.Equal(t, http.StatusOK, answer.status, mode)
		require.False(t, s.verified(answer.header, answer.text), mode)
		require.True(t, broken(answer), mode)
	}
	for mode, drift := range map[string]time.Duration{"stale": -301, "stale_future": 301} {
		s.simulate("/sim/faults", members{"op": "query", "mode": mode})
		at := stamped(t, s.query(number).header)
		require.InDelta(t, float64(drift), time.Until(at).Seconds(), 3, mode)
	}
	s.simulate("/sim/faults", members{"op": "query", "mode": "unsigned_errors", "count": 1})
	require.Equal(t, http.StatusOK, s.query(number).status, "a good answer is none of its business")
	bare := s.send(s.request(http.MethodGet, numbers+newNumber()+"?mchid="+s.account.MchID, nil))
	require.Equal(t, http.StatusNotFound, bare.status)
	require.Empty(t, bare.header.Get("Wechatpay-Signature"))
	s.simulate("/sim/faults", members{"op": "query", "mode": "say_status", "value": "USERPAYING"})
	require.Equal(t, "USERPAYING", s.query(number).said["trade_state"])
	status, _ := s.simulate("/sim/faults", members{"provider": "mockpay", "op": "query", "mode": "signtest"})
	require.Equal(t, http.StatusBadRequest, status, "what mockpay does not know is refused")
}

func TestWeChatQueriesHaveARate(t *testing.T) {
	t.Parallel()
	at := time.Now()
	s := openShop(t, paysim.Options{QueryRate: 2, Now: func() time.Time { return at }})
	path := numbers + newNumber() + "?mchid=" + s.account.MchID
	for _, want := range []int{404, 404, 429} {
		require.Equal(t, want, s.ask(http.MethodGet, path, nil).status)
	}
	require.Equal(t, "FREQUENCY_LIMITED", s.ask(http.MethodGet, path, nil).code())
	status, _ := s.simulate("/sim/wechatpay/limits", members{"queries_per_second": -1})
	require.Equal(t, http.StatusNoContent, status)
	require.Equal(t, 404, s.ask(http.MethodGet, path, nil).status)
}

func TestWeChatAccountsAreChecked(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*paysim.Options){
		"key":      func(o *paysim.Options) { o.WeChat[0].APIv3Key = "0123456789abcdef" },
		"previous": func(o *paysim.Options) { o.WeChat[0].PreviousAPIv3Key = "short" },
		"pem":      func(o *paysim.Options) { o.WeChat[0].PrivateKey = "no key" },
		"platform": func(o *paysim.Options) { o.WeChat[0].PlatformKey = o.WeChat[0].PublicKey },
		"twice":    func(o *paysim.Options) { o.WeChat[1] = o.WeChat[0] },
		"serial":   func(o *paysim.Options) { o.WeChat[0].SerialNo = "" },
	} {
		options := paysim.Options{WeChat: append(shops()[:0:0], shops()...)}
		spoil(&options)
		_, err := paysim.New(options)
		require.Error(t, err, name)
	}
}
