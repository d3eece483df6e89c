package paysim_test

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
)

func stamped(t *testing.T, header http.Header) time.Time {
	t.Helper()
	seconds, err := strconv.ParseInt(header.Get("Wechatpay-Timestamp"), 10, 64)
	require.NoError(t, err)
	return time.Unix(seconds, 0)
}

// unseal opens AEAD_AES_256_GCM with an APIv3 key.
func unseal(t *testing.T, key string, sealed members) string {
	t.Helper()
	require.Equal(t, "AEAD_AES_256_GCM", sealed["algorithm"])
	block, err := aes.NewCipher([]byte(key))
	require.NoError(t, err)
	gcm, err := cipher.NewGCM(block)
	require.NoError(t, err)
	text, err := base64.StdEncoding.DecodeString(sealed["ciphertext"].(string))
	require.NoError(t, err)
	nonce, about := sealed["nonce"].(string), sealed["associated_data"].(string)
	plain, err := gcm.Open(nil, []byte(nonce), text, []byte(about))
	require.NoError(t, err)
	return string(plain)
}

// delivery is a callback as it came.
type delivery struct {
	header http.Header
	text   []byte
	said   members
}

// listener takes callbacks, answering the first ones with the given statuses and then 204.
func listener(t *testing.T, statuses ...int) (string, chan delivery) {
	t.Helper()
	came := make(chan delivery, 100)
	seen := 0
	url, _ := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		said := members{}
		_ = json.Unmarshal(text, &said) // it may be cut
		status := http.StatusNoContent
		if seen < len(statuses) {
			status = statuses[seen]
		}
		seen++
		w.WriteHeader(status)
		came <- delivery{r.Header, text, said}
	})
	return url, came
}

func next(t *testing.T, came chan delivery) delivery {
	t.Helper()
	select {
	case d := <-came:
		return d
	case <-time.After(eventual):
		require.FailNow(t, "no callback came")
		return delivery{}
	}
}

func (s *shop) plain(d delivery) members {
	s.t.Helper()
	inside := members{}
	require.NoError(s.t, json.Unmarshal(
		[]byte(unseal(s.t, s.account.APIv3Key, d.said["resource"].(members))), &inside))
	return inside
}

func TestWeChatTellsOfAPayment(t *testing.T) {
	t.Parallel()
	url, came := listener(t, 500, 302)
	s := openShop(t, paysim.Options{Speed: 10_000})
	number := s.paid("jsapi", url)
	first := next(t, came)
	require.True(t, s.verified(first.header, first.text))
	require.Equal(t, "WECHATPAY2-SHA256-RSA2048", first.header.Get("Wechatpay-Signature-Type"))
	require.Equal(t, "TRANSACTION.SUCCESS", first.said["event_type"])
	require.Equal(t, "encrypt-resource", first.said["resource_type"])
	require.Equal(t, "transaction", first.said["resource"].(members)["original_type"])
	inside := s.plain(first)
	require.Equal(t, s.query(number).said, inside, "it tells what a query tells")
	require.Equal(t, members{"openid": "oFriend01"}, inside["payer"])
	for range 2 { // neither 500 nor a redirect is an answer
		again := next(t, came)
		require.Equal(t, first.said["id"], again.said["id"])
		require.True(t, s.verified(again.header, again.text))
	}
	s.eventually(number, "callback_sent", 3)
	require.Empty(t, came)
}

func TestWeChatTellsOfRefunds(t *testing.T) {
	t.Parallel()
	url, came := listener(t)
	s := openShop(t, paysim.Options{Speed: 10_000})
	order := s.paid("native", nowhere)
	for mode, event := range map[string]string{
		"": "REFUND.SUCCESS", "abnormal": "REFUND.ABNORMAL", "closed_no_funds": "REFUND.CLOSED",
	} {
		body := back(order, newNumber(), 100)
		body["notify_url"] = url
		if mode != "" {
			s.simulate("/sim/faults", members{"op": "refund", "mode": mode})
		}
		taken := s.giveBack(body)
		require.Equal(t, "PROCESSING", taken.said["status"])
		d := next(t, came)
		require.True(t, s.verified(d.header, d.text))
		require.Equal(t, event, d.said["event_type"])
		require.Equal(t, "refund", d.said["resource"].(members)["original_type"])
		inside := s.plain(d)
		require.Equal(t, taken.said["refund_id"], inside["refund_id"])
		require.Equal(t, s.account.MchID, inside["mchid"])
		require.Equal(t, event, "REFUND."+inside["refund_status"].(string))
		require.EqualValues(t, 100, inside["amount"].(members)["refund"])
	}
}

func TestWeChatRetriesUntilItGivesUp(t *testing.T) {
	t.Parallel()
	url, came := receiver(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) })
	s := openShop(t, paysim.Options{Speed: 1e7})
	number := s.paid("native", url)
	s.eventually(number, "callback_given_up", 1)
	require.EqualValues(t, 16, came.Load(), "the first, and 15 more; 202 is no acceptance")
}

func TestWeChatCallbacksGoWrongAsAsked(t *testing.T) {
	t.Parallel()
	for mode, check := range map[string]func(*shop, delivery){
		"forged":       func(s *shop, d delivery) { require.False(t, s.verified(d.header, d.text)) },
		"truncated":    func(s *shop, d delivery) { require.False(t, s.verified(d.header, d.text)) },
		"wrong_serial": func(s *shop, d delivery) { require.False(t, s.verified(d.header, d.text)) },
		"signtest":     func(s *shop, d delivery) { require.False(t, s.verified(d.header, d.text)) },
		"unsigned":     func(_ *shop, d delivery) { require.Empty(t, d.header.Get("Wechatpay-Timestamp")) },
		"stale": func(s *shop, d delivery) {
			require.True(t, s.verified(d.header, d.text))
			require.Greater(t, time.Since(stamped(t, d.header)), 300*time.Second)
		},
		"stale_future": func(s *shop, d delivery) {
			require.True(t, s.verified(d.header, d.text))
			require.Greater(t, time.Until(stamped(t, d.header)), 300*time.Second)
		},
		"no_resource": func(s *shop, d delivery) {
			require.True(t, s.verified(d.header, d.text))
			require.NotContains(t, d.said, "resource")
		},
		"cert_serial": func(s *shop, d delivery) {
			require.True(t, s.verified(d.header, d.text))
			require.Equal(t, s.account.CertificateSerial, d.header.Get("Wechatpay-Serial"))
		},
		"previous_key": func(s *shop, d delivery) {
			s.account.APIv3Key = s.account.PreviousAPIv3Key
			s.plain(d)
		},
		"foreign_account": func(s *shop, d delivery) {
			s.become(shops()[1])
			require.True(t, s.verified(d.header, d.text))
			require.Equal(t, s.account.MchID, s.plain(d)["mchid"])
		},
	} {
		url, came := listener(t, 500)
		s := openShop(t, paysim.Options{Speed: 10_000})
		number, _ := s.made("native", url)
		status, said := s.simulate("/sim/faults",
			members{"provider": "wechatpay", "op": "callback", "mode": mode, "number": number})
		require.Equal(t, http.StatusCreated, status, said)
		s.simulate("/sim/wechatpay/pay", members{"number": number})
		check(s, next(t, came))
		s.become(shops()[0])
		genuine := next(t, came)
		require.True(t, s.verified(genuine.header, genuine.text), mode)
		require.Equal(t, number, s.plain(genuine)["out_trade_no"])
	}
}

func TestWeChatCallbacksOfCertificateMerchants(t *testing.T) {
	t.Parallel()
	url, came := listener(t)
	accounts := append(shops()[:0:0], shops()...)
	accounts[0].CertificateCallbacks = true
	s := openShop(t, paysim.Options{WeChat: accounts})
	s.paid("native", url)
	require.Equal(t, s.account.CertificateSerial, next(t, came).header.Get("Wechatpay-Serial"))
}
