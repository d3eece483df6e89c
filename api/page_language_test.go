package api

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
)

// The language of a page is switched where it is, and its address is told to nobody by that.
func TestALinkIsReadInAnotherLanguage(t *testing.T) {
	f := newFriends(t)
	secret := f.secret(f.place())
	v := &visitor{friends: f}
	for _, address := range []string{"/f/" + secret, "/c/" + f.code(f.place())} {
		page := v.get(address + "?from=singlemessage&x=typed")
		require.Contains(t, page.Body.String(), `href="?from=singlemessage&amp;lang=en"`)
		require.NotContains(t, page.Body.String(), "typed")
		english := v.get(address + "?from=singlemessage&lang=en")
		require.Contains(t, english.Body.String(), `<html lang="en">`)
		require.Equal(t, "no-referrer", english.Header().Get("Referrer-Policy"))
		require.NotContains(t, english.Body.String(), secret)
		kept := english.Result().Cookies()
		require.Len(t, kept, 1)
		require.Equal(t, "en", kept[0].Value)
		require.True(t, kept[0].Secure)
		again := f.call(get, address, "", "", "Accept", "text/html", "Cookie", "friendpay-lang=en")
		require.Contains(t, again.Body.String(), `<html lang="en">`)
	}
	require.NotContains(t, f.log.String(), secret)
	posted := f.visit(f.place())
	for path, back := range map[string]string{
		"/pay/code": "/pay?channel=mock&amp;lang=en", "/pay/handoff": "/pay?lang=en", "/pay/blocked": "/pay",
	} {
		page := posted.post(path, "phone", "1", "channel", "mock").Body.String()
		require.Contains(t, page, `href="`+back, path)
	}
	require.Equal(t, http.StatusOK, posted.get("/pay?channel=mock&lang=en").Code)
}

// Times by the clock are such as people have, by our readers' clocks, and well before the end.
func TestAFriendMaySayWhenByTheClock(t *testing.T) {
	t.Parallel()
	said := func(now string, life time.Duration) (offered []string) {
		at, err := time.ParseInLocation(time.DateTime, "2026-11-22 "+now, models.Shanghai)
		require.NoError(t, err)
		for _, moment := range momentsToPay(at, at.Add(life)) {
			text := moment.At.In(models.Shanghai).Format("15:04")
			if moment.Tomorrow {
				text += "+1"
			}
			require.Equal(t, moment.At, at.Add(time.Duration(moment.Minutes)*time.Minute))
			offered = append(offered, text)
		}
		return offered
	}
	require.Equal(t, []string{"20:30", "21:30", "08:30+1"}, said("18:07:00", 24*time.Hour))
	require.Equal(t, []string{"08:30", "12:30", "18:30"}, said("02:00:00", 24*time.Hour))
	require.Equal(t, []string{"20:30"}, said("19:50:00", time.Hour))
	require.Empty(t, said("20:00:00", 30*time.Minute))
	require.Equal(t, []string{"08:30+1", "12:30+1"}, said("23:59:00", 13*time.Hour))
}

// The minutes of a page count from when it was drawn, so that 20:30 stays 20:30.
func TestAPledgeByTheClockIsKept(t *testing.T) {
	f := newFriends(t)
	v := f.visit(f.place())
	since := time.Now().Add(-5 * time.Minute).Truncate(time.Minute)
	sent := v.post("/pay/pledge", "minutes", "60", "since", strconv.FormatInt(since.Unix(), 10))
	require.Equal(t, http.StatusSeeOther, sent.Code)
	kept := f.count("SELECT extract(epoch FROM pledged_for)::int FROM invites WHERE pledged_for IS NOT NULL")
	require.Equal(t, int(since.Add(time.Hour).Unix()), kept)
	for _, nonsense := range []string{"x", "-1", strconv.FormatInt(time.Now().Add(time.Hour).Unix(), 10)} {
		require.InDelta(t, 0, time.Since(f.server.pageTime(nonsense)), float64(time.Minute), nonsense)
	}
}
