package paysim_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
)

func TestWeChatRefusesWrongParameters(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	zone := time.FixedZone("", 8*3600)
	soon := time.Now().Add(time.Hour)
	type wrong struct {
		product, field string
		change         members
	}
	for _, w := range []wrong{
		{"native", "/appid", members{"appid": ""}},
		{"native", "/description", members{"description": strings.Repeat("长", 128)}},
		{"native", "/description", members{"description": ""}},
		{"native", "/out_trade_no", members{"out_trade_no": "short"}},
		{"native", "/out_trade_no", members{"out_trade_no": strings.Repeat("A", 33)}},
		{"native", "/time_expire", members{"time_expire": soon.UTC().Format(time.RFC3339)}},
		{"native", "/time_expire", members{"time_expire": soon.In(zone).Format("2006-01-02T15:04:05.000-07:00")}},
		{"native", "/time_expire", members{"time_expire": "2025-13-01T00:00:00+08:00"}},
		{"native", "/attach", members{"attach": strings.Repeat("a", 129)}},
		{"native", "/notify_url", members{"notify_url": "http://shop.example/notify"}},
		{"native", "/notify_url", members{"notify_url": "https://shop.example/notify?a=1"}},
		{"native", "/notify_url", members{"notify_url": "https://shop.example/" + strings.Repeat("n", 250)}},
		{"native", "/notify_url", members{"notify_url": ""}},
		{"native", "/amount/total", members{"amount": members{"total": 0}}},
		{"native", "/amount/total", members{"amount": members{"total": 1.5}}},
		{"native", "/amount/total", members{"amount": members{"total": "1"}}},
		{"native", "/amount/currency", members{"amount": members{"total": 1, "currency": "USD"}}},
		{"jsapi", "/payer/openid", members{"payer": nil}},
		{"jsapi", "/payer/openid", members{"payer": members{"openid": "a b"}}},
		{"h5", "/scene_info", members{"scene_info": nil}},
		{"h5", "/scene_info/payer_client_ip", members{"scene_info": members{"h5_info": members{"type": "Wap"}}}},
		{"h5", "/scene_info/h5_info/type", members{"scene_info": members{"payer_client_ip": "::1"}}},
		{"h5", "/scene_info/h5_info/type", members{"scene_info": members{
			"payer_client_ip": "203.0.113.9", "h5_info": members{"type": "PC"}}}},
	} {
		body := s.desired(w.product, newNumber(), nowhere)
		for name, value := range w.change {
			body[name] = value
		}
		answer := s.ask(http.MethodPost, trades+w.product, body)
		require.Equal(t, http.StatusBadRequest, answer.status, w)
		require.Equal(t, "PARAM_ERROR", answer.code(), w)
		require.Equal(t, w.field, answer.said["detail"].(members)["field"], w)
	}
	fits := s.desired("native", strings.Repeat("A", 32), "https://shop.example/notify")
	fits["description"] = strings.Repeat("长", 127)
	require.Equal(t, http.StatusOK, s.ask(http.MethodPost, trades+"native", fits).status)
}

func TestWeChatRefusesForeignIdentities(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	for code, change := range map[string]members{
		"APPID_MCHID_NOT_MATCH": {"appid": shops()[1].AppID}, "INVALID_REQUEST": {"mchid": shops()[1].MchID},
	} {
		body := s.desired("native", newNumber(), nowhere)
		for name, value := range change {
			body[name] = value
		}
		answer := s.ask(http.MethodPost, trades+"native", body)
		require.Equal(t, http.StatusBadRequest, answer.status)
		require.Equal(t, code, answer.code())
	}
	body := s.desired("jsapi", newNumber(), nowhere)
	body["payer"] = members{"openid": "oSnapshotABC"}
	require.Equal(t, "INVALID_REQUEST", s.ask(http.MethodPost, trades+"jsapi", body).code())
}

func TestWeChatMakesTheSameOrderAgain(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	for _, product := range []string{"native", "jsapi", "h5"} {
		number := newNumber()
		body := s.desired(product, number, nowhere)
		first, second := s.ask(http.MethodPost, trades+product, body), s.ask(http.MethodPost, trades+product, body)
		require.Equal(t, http.StatusOK, second.status)
		require.NotEqual(t, first.said, second.said, "a fresh code")
		changes := members{"description": "x", "attach": "x", "support_fapiao": true,
			"amount": members{"total": 1, "currency": "CNY"}}
		for name, value := range changes {
			other := s.desired(product, number, nowhere)
			other["time_expire"] = body["time_expire"]
			other[name] = value
			answer := s.ask(http.MethodPost, trades+product, other)
			require.Equal(t, http.StatusBadRequest, answer.status)
			require.Equal(t, "INVALID_REQUEST", answer.code(), name)
		}
		s.eventually(number, "order_created", 1)
		s.eventually(number, "order_repeated", 1)
	}
	both := s.desired("h5", newNumber(), nowhere) // good for native too
	require.Equal(t, http.StatusOK, s.ask(http.MethodPost, trades+"native", both).status)
	require.Equal(t, "INVALID_REQUEST", s.ask(http.MethodPost, trades+"h5", both).code())
	_, old := s.made("native", nowhere)
	number := newNumber()
	body := s.desired("native", number, nowhere)
	stale := s.ask(http.MethodPost, trades+"native", body).said["code_url"]
	s.ask(http.MethodPost, trades+"native", body)
	status, code := s.payment(members{"code_url": stale})
	require.Equal(t, http.StatusConflict, status)
	require.Equal(t, "CODE_EXPIRED", code, "a new code kills the old one")
	status, _ = s.payment(members{"code_url": old})
	require.Equal(t, http.StatusOK, status)
}

func TestWeChatNumbersServeOnce(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	for end, code := range map[string]string{"pay": "ORDERPAID", "close": "ORDER_CLOSED"} {
		number := newNumber()
		body := s.desired("native", number, nowhere)
		require.Equal(t, http.StatusOK, s.ask(http.MethodPost, trades+"native", body).status)
		if end == "pay" {
			s.payment(members{"number": number})
		} else {
			s.closing(number)
		}
		answer := s.ask(http.MethodPost, trades+"native", body)
		require.Equal(t, http.StatusBadRequest, answer.status)
		require.Equal(t, code, answer.code())
		body["attach"] = "x"
		answer = s.ask(http.MethodPost, trades+"native", body)
		require.Equal(t, http.StatusForbidden, answer.status)
		require.Equal(t, "OUT_TRADE_NO_USED", answer.code())
	}
}

func TestWeChatTellsTheStateOfAnOrder(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{Speed: 1000})
	number, _ := s.made("h5", nowhere)
	open := s.query(number)
	require.Equal(t, "NOTPAY", open.said["trade_state"])
	for _, name := range []string{"transaction_id", "success_time", "payer"} {
		require.NotContains(t, open.said, name)
	}
	s.payment(members{"number": number, "openid": "oMe"})
	paid := s.query(number).said
	require.Equal(t, "SUCCESS", paid["trade_state"])
	require.Equal(t, "MWEB", paid["trade_type"])
	require.Len(t, paid["transaction_id"], 28)
	require.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$`, paid["success_time"])
	require.Equal(t, members{"openid": "oMe"}, paid["payer"])
	require.Equal(t, members{
		"total": 12900.0, "payer_total": 12900.0, "currency": "CNY", "payer_currency": "CNY",
	}, paid["amount"])
	byID := s.ask(http.MethodGet, trades+"id/"+paid["transaction_id"].(string)+"?mchid="+s.account.MchID, nil)
	require.Equal(t, paid, byID.said)
	s.giveBack(back(number, newNumber(), 1))
	require.Equal(t, "REFUND", s.query(number).said["trade_state"])
	require.Equal(t, "PARAM_ERROR", s.ask(http.MethodGet, numbers+number+"?mchid=1900000101", nil).code())
	s.become(shops()[1])
	foreign := s.ask(http.MethodGet, trades+"id/"+paid["transaction_id"].(string)+"?mchid="+s.account.MchID, nil)
	require.Equal(t, "ORDER_NOT_EXIST", foreign.code())
	require.Equal(t, "ORDER_NOT_EXIST", s.query(number).code())
}

func TestWeChatCloses(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	number, lead := s.made("native", nowhere)
	wrong := s.ask(http.MethodPost, numbers+number+"/close", members{"mchid": "x"})
	require.Equal(t, "PARAM_ERROR", wrong.code())
	require.Equal(t, http.StatusNoContent, s.closing(number).status)
	require.Equal(t, http.StatusNoContent, s.closing(number).status, "twice is no error")
	require.Equal(t, "CLOSED", s.query(number).said["trade_state"])
	_, code := s.payment(members{"code_url": lead})
	require.Equal(t, "ORDER_CLOSED", code)
	status, _ := s.payment(members{"number": number, "late": true})
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "SUCCESS", s.query(number).said["trade_state"], "money that came counts")
	_, code = s.payment(members{"number": number, "late": true})
	require.Equal(t, "ORDERPAID", code, "but once")
	require.Equal(t, "ORDERPAID", s.closing(number).code())
	require.Equal(t, "ORDER_NOT_EXIST", s.closing(newNumber()).code())
	number, _ = s.made("native", nowhere)
	s.simulate("/sim/faults", members{"op": "close", "mode": "pay_between_query_and_close", "number": number})
	require.Equal(t, "ORDERPAID", s.closing(number).code())
	s.eventually(number, "captured", 1)
}

func TestWeChatMayInsistOnFiveMinutes(t *testing.T) {
	t.Parallel()
	var clock movable
	s := openShop(t, paysim.Options{Strict: true, Now: clock.now, Speed: 2})
	number, _ := s.made("native", nowhere)
	clock.move(149 * time.Second)
	answer := s.closing(number)
	require.Equal(t, http.StatusBadRequest, answer.status)
	require.Equal(t, "ORDER_CLOSE_TOO_EARLY", answer.code())
	clock.move(2 * time.Second)
	require.Equal(t, http.StatusNoContent, s.closing(number).status)
}

// movable is a clock that a test sets forward.
type movable struct {
	mu    sync.Mutex
	shift time.Duration
}

func (c *movable) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.shift)
}

func (c *movable) move(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shift += by
}

func TestWeChatTakesNoMoneyAfterTheDeadline(t *testing.T) {
	t.Parallel()
	var clock movable
	s := openShop(t, paysim.Options{Now: clock.now, Speed: 10})
	number := newNumber()
	body := s.desired("native", number, nowhere)
	body["time_expire"] = "2025-01-01T00:00:00+08:00" // becomes the shortest life there is: 6 s here
	s.ask(http.MethodPost, trades+"native", body)
	gone := newNumber()
	body = s.desired("native", gone, nowhere)
	body["time_expire"] = "2025-01-01T00:00:00+08:00"
	s.ask(http.MethodPost, trades+"native", body)
	clock.move(2 * time.Second)
	status, _ := s.payment(members{"number": number})
	require.Equal(t, http.StatusOK, status)
	clock.move(5 * time.Second)
	_, code := s.payment(members{"number": gone})
	require.Equal(t, "ORDER_EXPIRED", code)
	require.Equal(t, "NOTPAY", s.query(gone).said["trade_state"], "only closing closes")
}

func TestWeChatOrdersAreOnePersons(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	from := "https://shop.example/pay"
	_, scanned := s.made("native", nowhere)
	_, link := s.made("h5", nowhere)
	_, prepay := s.made("jsapi", nowhere)
	pay := func(body members, openid string) any {
		body["openid"], body["referer"] = openid, from
		_, code := s.payment(body)
		return code
	}
	s.simulate("/sim/faults", members{"op": "pay", "mode": "error_before", "count": 2})
	require.Equal(t, "SYSTEM_ERROR", pay(members{"code_url": scanned}, "oA"), "scanned, but not paid")
	require.Equal(t, "SYSTEM_ERROR", pay(members{"h5_url": link}, "oA"))
	require.Equal(t, "PAYER_MISMATCH", pay(members{"code_url": scanned}, "oB"))
	require.Equal(t, "PAYER_MISMATCH", pay(members{"h5_url": link}, "oB"))
	require.Equal(t, "PAYER_MISMATCH", pay(members{"bridge": s.bridge(prepay)}, "oB"))
	require.Equal(t, "SNAPSHOT_USER", pay(members{"bridge": s.bridge(prepay)}, "oSnapshotX"))
	require.Nil(t, pay(members{"code_url": scanned}, "oA"))
	require.Nil(t, pay(members{"h5_url": link}, "oA"))
	require.Nil(t, pay(members{"bridge": s.bridge(prepay)}, "oFriend01"))
}

func TestWeChatLooksAtWhatLeadsThePayer(t *testing.T) {
	t.Parallel()
	var clock movable
	s := openShop(t, paysim.Options{Now: clock.now})
	_, scanned := s.made("native", nowhere)
	_, link := s.made("h5", nowhere)
	_, prepay := s.made("jsapi", nowhere)
	for _, referer := range []string{"", "https://other.example/", "shop.example"} {
		_, code := s.payment(members{"h5_url": link, "referer": referer})
		require.Equal(t, "REFERER_INVALID", code, referer)
	}
	_, code := s.payment(members{"h5_url": link + "1", "referer": "https://shop.example/"})
	require.Equal(t, "CODE_INVALID", code)
	_, code = s.payment(members{"code_url": "weixin://wxpay/bizpayurl?pr=none"})
	require.Equal(t, "CODE_INVALID", code)
	_, code = s.payment(members{"code_url": "weixin://wxpay/bizpayurl?pr=" + prepay})
	require.Equal(t, "CODE_INVALID", code, "a code of another product")
	for name, want := range map[string]string{
		"paySign": "PAY_SIGN_INVALID", "nonceStr": "PAY_SIGN_INVALID", "timeStamp": "PAY_SIGN_INVALID",
		"appId": "PAY_SIGN_INVALID", "signType": "PARAM_ERROR", "package": "PARAM_ERROR",
	} {
		b := s.bridge(prepay)
		b[name] = "x"
		_, code := s.payment(members{"bridge": b})
		require.Equal(t, want, code, name)
	}
	clock.move(301 * time.Second)
	_, code = s.payment(members{"h5_url": link, "referer": "https://shop.example/"})
	require.Equal(t, "CODE_EXPIRED", code)
	clock.move(2 * time.Hour)
	for _, body := range []members{{"code_url": scanned}, {"bridge": s.bridge(prepay)}} {
		_, code = s.payment(body)
		require.Equal(t, "CODE_EXPIRED", code)
	}
}
