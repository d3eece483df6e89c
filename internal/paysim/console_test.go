package paysim_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
)

func TestFaultsAreSwitchedOverHTTP(t *testing.T) {
	t.Parallel()
	m := open(t, paysim.Options{Accounts: accounts()})
	status, rule := m.simulate("/sim/faults", members{"op": "query", "mode": "hold", "count": 2})
	require.Equal(t, http.StatusCreated, status)
	require.Equal(t, members{"id": "f1", "op": "query", "mode": "hold", "count": 2.0, "hits": 0.0}, rule)
	require.Len(t, sim(m, "/sim/faults")["faults"], 1)
	for _, bad := range []any{members{"op": "query", "mode": "explode"}, members{"surprise": 1}, "x"} {
		require.Equal(t, http.StatusBadRequest, first(m.simulate("/sim/faults", bad)))
	}
	r, err := http.NewRequest(http.MethodDelete, m.base+"/sim/faults", nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusNoContent, first(m.do(r)))
	require.Empty(t, sim(m, "/sim/faults")["faults"])
}

func TestAHeldAnswerIsReleased(t *testing.T) {
	t.Parallel()
	m := open(t, paysim.Options{Accounts: accounts()})
	m.simulate("/sim/faults", members{"op": "query", "mode": "hold"})
	r := m.request(http.MethodGet, "/mockpay/v1/orders/"+newNumber(), nil)
	answered := make(chan int, 1)
	go func() {
		response, err := m.client.Do(r)
		if err != nil {
			answered <- 0
			return
		}
		_ = response.Body.Close() // only the status counts
		answered <- response.StatusCode
	}()
	require.Eventually(t, func() bool { return m.sim.Faults().Held() == 1 }, eventual, tick)
	require.Empty(t, answered)
	_, said := m.simulate("/sim/faults/release", nil)
	require.EqualValues(t, 1, said["released"])
	require.Equal(t, http.StatusNotFound, <-answered)
}

func TestTextMessagesGoInAndComeOut(t *testing.T) {
	t.Parallel()
	m := open(t, paysim.Options{SMSKey: "the key"})
	r := m.request(http.MethodPost, "/sms/v1/messages", members{
		"to": "+8613800000000", "template": "login_code", "params": members{"code": "123456"}})
	r.Header.Set("Authorization", "Bearer the key")
	require.Equal(t, http.StatusAccepted, first(m.do(r)))
	list := sim(m, "/sim/sms?to=%2B8613800000000")["messages"].([]any)
	require.Equal(t, members{"code": "123456"}, list[0].(members)["params"])
	require.Empty(t, sim(m, "/sim/sms?to=123456")["messages"])
}

func TestListsRefuseOddPages(t *testing.T) {
	t.Parallel()
	m := open(t, paysim.Options{})
	for _, query := range []string{"after=-1", "after=x", "limit=0", "limit=10001", "limit=x"} {
		for _, path := range []string{"/sim/journal?", "/sim/totals?"} {
			status, _, _ := m.see(get(t, m.base+path+query))
			require.Equal(t, http.StatusBadRequest, status, path+query)
		}
	}
}
