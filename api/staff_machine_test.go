package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/api/console"
	"github.com/friendpay/friendpay/internal/shop"
	"github.com/friendpay/friendpay/models"
)

func (r *replay) machine(at time.Time) (view MachineView, raw string) {
	r.t.Helper()
	address := "/v1/staff/requests/" + r.id
	if !at.IsZero() {
		address += "?at=" + url.QueryEscape(at.UTC().Format(time.RFC3339Nano))
	}
	got := r.call(get, address, r.staffToken(r.server.Tokens, "viewer"), "")
	require.Equal(r.t, http.StatusOK, got.Code, got.Body)
	require.NoError(r.t, json.Unmarshal(got.Body.Bytes(), &view))
	return view, got.Body.String()
}

func TestARequestIsShownToColleaguesAtAnyMoment(t *testing.T) {
	r := newReplay(t)
	r.live()
	now, _ := r.machine(time.Time{})
	require.True(t, now.Live)
	require.Equal(t, models.Refunded, now.State)
	require.True(t, now.Books.Agree)
	require.Len(t, now.Money, 1)
	m := now.Money[0]
	require.Equal(t, []int64{12900, 12900, 0, 0, 0},
		[]int64{m.Captured, m.Refunded, m.Applied, m.OnItsWay, m.Gap})
	require.True(t, slices.IsSortedFunc(now.Next, func(a, b NextView) int { return a.At.Compare(*b.At) }))
	last := now.Next[len(now.Next)-1]
	require.Equal(t, "guard_lapsed", last.Code, "after the messages that wait to be sent")

	for _, was := range r.served {
		then, _ := r.machine(was.at)
		require.False(t, then.Live)
		require.True(t, then.Known)
		i := slices.IndexFunc(then.Screens, func(s ScreenView) bool { return s.Side == was.side })
		require.GreaterOrEqual(t, i, 0)
		require.Equal(t, was.kind, then.Screens[i].Kind)
		for _, m := range then.Money {
			require.Equal(t, m.Captured-m.Refunded, m.Applied+m.OnItsWay)
			require.Zero(t, m.Gap)
		}
	}
	early, _ := r.machine(r.served[0].at.Add(-time.Hour))
	require.False(t, early.Known)
	require.Equal(t, "request_state", early.Gaps[0].Code)
	require.Empty(t, early.Screens)
}

// The life is whole and in order, and nothing in any of it is personal or opens anything.
func TestTheLifeOfARequestIsWholeAndNamesNobody(t *testing.T) {
	r := newReplay(t)
	r.live()
	view, raw := r.machine(time.Time{})
	kinds, seq := map[string]int{}, int64(0)
	for i, line := range view.Timeline {
		kinds[line.Kind]++
		require.False(t, i > 0 && line.At.Before(view.Timeline[i-1].At), "out of order")
		if line.Kind == "transition" {
			seq++
		}
	}
	stored, err := r.store.Request(t.Context(), r.id)
	require.NoError(t, err)
	require.Equal(t, stored.Seq, seq, "every transition")
	for _, kind := range []string{"transition", "invite", "told", "message"} {
		require.NotZero(t, kinds[kind], kind)
	}
	for _, canary := range []string{"小明", "13800138000", r.secret(r.id), "capability", shop.BuyerID} {
		require.NotContains(t, raw, canary)
	}
	list := r.call(get, "/v1/staff/requests?app=app_tea&limit=1", r.staffToken(r.server.Tokens, "viewer"), "")
	require.Equal(t, http.StatusOK, list.Code, list.Body)
	require.Contains(t, list.Body.String(), r.id)
	require.NotContains(t, list.Body.String(), shop.BuyerID)
}

// The console frames the very screens, and lets nothing in them run.
func TestTheConsoleShowsTheTimeMachine(t *testing.T) {
	r := newReplay(t)
	r.live()
	cookie := console.Cookie + "=" + r.consoleSession("ada", "viewer", time.Now())
	open := func(path string) answer {
		return r.call(get, path, "", "", "Cookie", cookie, "Accept", "text/html")
	}
	paying := slices.IndexFunc(r.served, func(s served) bool { return s.kind == "result" })
	was := r.served[paying]
	at := "at=" + url.QueryEscape(was.at.UTC().Format(time.RFC3339Nano))
	page := open("/staff/requests/" + r.id + "?" + at)
	require.Equal(t, http.StatusOK, page.Code, page.Body)
	text := page.Body.String()
	frames := regexp.MustCompile(`<iframe sandbox src="([^"]+)"`).FindAllStringSubmatch(text, -1)
	require.Len(t, frames, 3, "buyer and two friends")
	require.Contains(t, text, "/staff/do?command=requery")
	for _, canary := range []string{"小明", "13800138000", r.secret(r.id), "capability"} {
		require.NotContains(t, text, canary)
	}
	screen := open(strings.ReplaceAll(frames[1][1], "&amp;", "&"))
	require.Equal(t, http.StatusOK, screen.Code, screen.Body)
	require.Equal(t, r.veil(was.html), bare(screen.Body.String()))
	policy := screen.Header().Get("Content-Security-Policy")
	for _, part := range []string{
		"sandbox;", "script-src 'none'", "form-action 'none'", "frame-ancestors 'self'",
	} {
		require.Contains(t, policy, part)
	}
	require.Equal(t, http.StatusUnprocessableEntity, open("/staff/requests/"+r.id+"?at=yesterday").Code)
	require.Equal(t, http.StatusOK, open("/staff/requests/"+r.id+"?kind=transition").Code)
	require.Equal(t, http.StatusOK, open("/staff/requests/"+r.id+"?at=2020-01-01T00:00:00Z").Code)
}
