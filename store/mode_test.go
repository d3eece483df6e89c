package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/store"
)

// An app that is live has nothing to do with a provider that only simulates, whoever made it live.
func TestALiveAppsSimulatedAccountIsKnown(t *testing.T) {
	w := open(t)
	const account = "SELECT id FROM provider_accounts WHERE provider = 'mockpay' AND app_id = 'app_1' LIMIT 1"
	id := value[string](w, account)
	read, err := w.Account(t.Context(), "mockpay", id)
	require.NoError(t, err)
	require.False(t, read.OnlySimulates())
	faults, err := w.ModeFaults(t.Context(), 9)
	require.NoError(t, err)
	require.Empty(t, faults)

	require.NoError(t, w.exec("UPDATE apps SET mode = 'live' WHERE id = 'app_1'"))
	key := w.key(9, "test")
	read, err = w.Account(t.Context(), "mockpay", id)
	require.NoError(t, err)
	require.True(t, read.OnlySimulates())
	faults, err = w.ModeFaults(t.Context(), 9)
	require.NoError(t, err)
	require.Contains(t, faults, store.ModeFault{App: "app_1", Mode: store.LiveMode, Account: id})
	require.Contains(t, faults, store.ModeFault{App: "app_1", Mode: store.LiveMode, Key: key.ID})
	require.NoError(t, w.RevokeAPIKey(t.Context(), key.ID))
	require.NoError(t, w.exec("UPDATE provider_accounts SET state = 'disabled'"))
	faults, err = w.ModeFaults(t.Context(), 9)
	require.NoError(t, err)
	require.NotContains(t, faults, store.ModeFault{App: "app_1", Mode: store.LiveMode, Key: key.ID})
	for _, fault := range faults {
		require.Empty(t, fault.Account)
	}
}

// before are merchants as the release before kept them: an app with keys of both modes, one with a
// live key that was revoked, one without a webhook, and a message on its way.
const before = `
	INSERT INTO merchants (id, name) VALUES ('mer_1', 'Tea');
	INSERT INTO apps (id, merchant_id, name, webhook_url, default_expiry_seconds) VALUES
		('app_test', 'mer_1', 'Test', 'https://shop.example/test', 600),
		('app_live', 'mer_1', 'Live', 'https://shop.example/live', 600),
		('app_mute', 'mer_1', 'Mute', '', 600);
	INSERT INTO api_keys (hash, merchant_id, apps, scopes, mode, revoked_at) VALUES
		(sha256('test'), 'mer_1', '["app_test", "app_mute"]', '["requests"]', 'test', NULL),
		(sha256('live'), 'mer_1', '["app_live"]', '[]', 'live', NULL),
		(sha256('both'), 'mer_1', '["app_live"]', '[]', 'test', NULL),
		(sha256('over'), 'mer_1', '["app_mute"]', '[]', 'live', now())`

// What a merchant had before this release he has after it.
func TestTheReleaseBeforesRowsGoOn(t *testing.T) {
	t.Parallel()
	w := reach(t, testkit.Database(t, nil))
	require.NoError(t, store.MigrateTo(t.Context(), w.dsn, 30))
	require.NoError(t, w.exec(before))
	require.NoError(t, store.Migrate(t.Context(), w.dsn))
	w.Store = w.another()

	modes := value[[]string](w, "SELECT array_agg(id || ' ' || mode ORDER BY id) FROM apps")
	require.Equal(t, []string{"app_live live", "app_mute test", "app_test test"}, modes,
		"a key that was revoked makes nothing live")
	endpoints := value[[]string](w, `SELECT array_agg(app_id || ' ' || url || ' ' || state ORDER BY app_id)
		FROM webhook_endpoints WHERE of_app AND events = '[]'`)
	require.Equal(t, []string{
		"app_live https://shop.example/live enabled", "app_test https://shop.example/test enabled",
	}, endpoints)
	for name, apps := range map[string][]string{
		"test": {"app_mute", "app_test"}, "live": {"app_live"}, "both": {},
	} {
		hash := value[[]byte](w, "SELECT sha256('"+name+"')")
		who, err := w.MerchantByKey(t.Context(), hash)
		require.NoError(t, err)
		require.Equal(t, apps, append([]string{}, who.Apps...), name)
		require.Empty(t, who.Scopes, "it may what it could: everything but keys")
	}
	faults, err := w.ModeFaults(t.Context(), 9)
	require.NoError(t, err)
	require.Len(t, faults, 1, "the test key of an app that is live now: the doctor names it")
	require.NotEmpty(t, faults[0].Key)
}

// While both releases run, the one before leaves messages half way, with tries and a time for the
// next; they reach every endpoint, and what the new one told is over for the old one.
func TestMessagesOfTheReleaseBeforeReachEndpoints(t *testing.T) {
	w := open(t)
	l := w.opened()
	w.endpoint("request.settled")
	m := w.message(l, "request.settled")
	require.NoError(t, w.exec(`UPDATE messages SET tries = 3, next_try_at = now() - interval '1 second',
		last_error = 'the receiver answered 500' WHERE id = $1`, m.ID))
	taken, err := w.TakeMessages(t.Context(), 100, 0)
	require.NoError(t, err)
	found := 0
	for _, one := range taken {
		if one.ID == m.ID {
			found++
			require.NoError(t, w.FanOut(t.Context(), one))
		}
	}
	require.Equal(t, 1, found)
	told := 0
	for _, d := range w.deliveries(store.DeliveryFilter{Request: l.request.ID}) {
		if d.Message == m.ID {
			told++
		}
	}
	require.Equal(t, 2, told)
	require.Equal(t, "sent", value[string](w, "SELECT status FROM messages WHERE id = '"+m.ID+"'"))
}
