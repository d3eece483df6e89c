package api

import (
	"context"
	"encoding/hex"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/store"
)

// counted is the rows, with a list of what a look at a link asks them.
type counted struct {
	*store.Store
	asked []string
}

func (c *counted) InviteByHash(ctx context.Context, hash []byte) (store.Link, error) {
	c.asked = append(c.asked, "token")
	return c.Store.InviteByHash(ctx, hash)
}

func (c *counted) ShareCode(ctx context.Context, hash []byte) (string, error) {
	c.asked = append(c.asked, "code")
	return c.Store.ShareCode(ctx, hash)
}

func (c *counted) Hit(
	ctx context.Context, bucket string, limit int, window time.Duration,
) (time.Time, bool, error) {
	c.asked = append(c.asked, "hit")
	return c.Store.Hit(ctx, bucket, limit, window)
}

func (c *counted) Spent(ctx context.Context, bucket string, limit int) (time.Time, bool, error) {
	c.asked = append(c.asked, "spent")
	return c.Store.Spent(ctx, bucket, limit)
}

// Unknown and malformed secrets take the same time because they take the same way:
// the same questions to the rows in the same order. A clock would prove less.
func TestUnknownAndMalformedSecretsTakeTheSameWay(t *testing.T) {
	rows := &counted{}
	f := newFriends(t, func(d *Deps) { rows.Store, d.Store = d.Store.(*store.Store), rows })
	known := f.secret(f.place())
	v := &visitor{friends: f}
	for prefix, kind := range map[string]struct {
		unknown, way string
		malformed    []string
	}{
		"/f/": {strings.Repeat("A", 43), "token hit hit", []string{
			"x", known[:42], known + "A", strings.Repeat("a", 4000), strings.Repeat("%C3%A9", 43), "%00",
		}},
		"/c/": {"23456-23456", "spent spent code hit hit", []string{
			"x", "23456", strings.Repeat("2", 400), "%00", "-",
		}},
	} {
		for _, secret := range append(kind.malformed, kind.unknown) {
			rows.asked = nil
			require.Equal(t, http.StatusNotFound, v.get(prefix+secret).Code, secret)
			require.Equal(t, kind.way, strings.Join(rows.asked, " "), secret)
		}
	}
}

// Guessers with many addresses share one limit. It closes the short codes only: the
// long tokens cannot be guessed, and whoever holds one is not kept from paying.
func TestGuessingIsLimitedOverAllAddresses(t *testing.T) {
	f := newFriends(t, func(d *Deps) {
		d.Config.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	})
	id := f.place()
	v := &visitor{friends: f}
	from := func(address, path string) answer { return v.get(path, "X-Forwarded-For", address) }
	require.Equal(t, http.StatusNotFound, from("198.51.100.1", "/c/23456-23456").Code)
	bucket := hex.EncodeToString(newVault(t).Index("bucket", missesOfAll))
	f.exec(`UPDATE limits SET count = 1999 WHERE bucket = '\x` + bucket + `'`)
	require.Equal(t, http.StatusNotFound, from("198.51.100.2", "/f/x").Code, "the last of all guesses")
	paths := []string{"/c/" + f.code(id), "/c/23456-23456", "/f/" + strings.Repeat("A", 43), "/f/x"}
	for i, path := range paths {
		got := from("203.0.113."+string(rune('1'+i)), path)
		require.Equal(t, http.StatusTooManyRequests, got.Code, path)
		require.NotContains(t, got.Body.String(), "¥129.00", path)
	}
	require.Equal(t, http.StatusOK, from("203.0.113.9", "/f/"+f.secret(id)).Code)
	require.Contains(t, f.log.String(), "guessed from many addresses")
}

// One address cannot close the codes for everybody: past its own share it no longer
// counts among all.
func TestOneGuesserDoesNotSpendTheShareOfAll(t *testing.T) {
	f := newFriends(t)
	v := &visitor{friends: f}
	for range missesPerMinute + 10 {
		v.get("/f/x")
	}
	_, spent, err := f.store.Spent(t.Context(), missesOfAll, missesPerMinute)
	require.NoError(t, err)
	require.True(t, spent)
	_, spent, err = f.store.Spent(t.Context(), missesOfAll, missesPerMinute+1)
	require.NoError(t, err)
	require.False(t, spent)
}
