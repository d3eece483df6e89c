package accounts_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/accounts"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const canary = "canary-key"

// adapter is one that remembers what it was opened with.
type adapter struct {
	providers.Adapter
	settings string
}

func open(settings []byte, _ *http.Client) (providers.Adapter, error) {
	if string(settings) == "broken" {
		return nil, errors.New("a setting is missing")
	}
	return &adapter{settings: string(settings)}, nil
}

// bank is the store and the clock of a test.
type bank struct {
	mu    sync.Mutex
	rows  map[string]store.Account
	reads atomic.Int64
	now   time.Time
}

func (b *bank) Account(_ context.Context, provider, id string) (store.Account, error) {
	b.reads.Add(1)
	b.mu.Lock()
	defer b.mu.Unlock()
	row, ok := b.rows[provider+"/"+id]
	if !ok {
		return row, models.Refuse(models.NotFound, "unknown_account", "Nobody has it.")
	}
	return row, nil
}

func (b *bank) set(id, settings string, state store.AccountState) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rows["mock/"+id] = store.Account{ID: id, Provider: "mock", Settings: []byte(settings), State: state}
}

func (b *bank) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *bank) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

func newAccounts() (*accounts.Accounts, *bank) {
	b := &bank{rows: map[string]store.Account{}, now: time.Unix(0, 0)}
	registry := providers.NewRegistry(map[string]providers.Factory{"mock": open}, nil)
	return accounts.New(b, registry, b.clock), b
}

func TestAnAccountIsOpenedOnceAWhile(t *testing.T) {
	a, b := newAccounts()
	b.set("acc_1", "old", store.AccountActive)
	for range 5 {
		opened, err := a.Open(t.Context(), "mock", "acc_1")
		require.NoError(t, err)
		require.Equal(t, "old", opened.(*adapter).settings)
	}
	require.EqualValues(t, 1, b.reads.Load())

	b.set("acc_1", "new", store.AccountRetired)
	b.pass(30*time.Second - 1)
	opened, err := a.Open(t.Context(), "mock", "acc_1")
	require.NoError(t, err)
	require.Equal(t, "old", opened.(*adapter).settings)
	b.pass(1)
	opened, err = a.Open(t.Context(), "mock", "acc_1")
	require.NoError(t, err, "a retired account still takes refunds")
	require.Equal(t, "new", opened.(*adapter).settings, "a rotated key arrives everywhere")
}

func TestWhatIsNotOpenedIsNotKept(t *testing.T) {
	a, b := newAccounts()
	b.set("acc_off", canary, store.AccountDisabled)
	b.set("acc_bad", "broken", store.AccountActive)
	for range 2 {
		for _, id := range []string{"acc_nobody", "acc_off"} {
			_, err := a.Open(t.Context(), "mock", id)
			require.Equal(t, models.NotFound, models.CodeOf(err), id)
			require.NotContains(t, err.Error(), canary)
		}
		_, err := a.Open(t.Context(), "mock", "acc_bad")
		require.Error(t, err)
	}
	require.EqualValues(t, 6, b.reads.Load())
	b.set("acc_off", "on", store.AccountActive)
	_, err := a.Open(t.Context(), "mock", "acc_off")
	require.NoError(t, err, "and one that is enabled again works at once")

	b.pass(30 * time.Second)
	b.set("acc_off", "off", store.AccountDisabled)
	_, err = a.Open(t.Context(), "mock", "acc_off")
	require.Equal(t, models.NotFound, models.CodeOf(err))
}

func TestAProviderThatIsNotBuiltIn(t *testing.T) {
	a, b := newAccounts()
	b.rows["other/acc_1"] = store.Account{Settings: []byte(canary), State: store.AccountActive}
	_, err := a.Open(t.Context(), "other", "acc_1")
	require.ErrorContains(t, err, "other")
	require.NotContains(t, err.Error(), canary)
}

func TestManyOpenAtOnce(t *testing.T) {
	a, b := newAccounts()
	b.set("acc_1", "x", store.AccountActive)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			_, err := a.Open(t.Context(), "mock", "acc_1")
			require.NoError(t, err)
		})
	}
	all.Wait()
}

// Whoever made an app live made its account at a simulator useless: settling by it would be for money
// that nobody paid.
func TestALiveAppOpensNoAccountThatOnlySimulates(t *testing.T) {
	b := &bank{now: time.Now(), rows: map[string]store.Account{
		"mockpay/acc_live": {ID: "acc_live", Provider: "mockpay", Mode: store.LiveMode, State: store.AccountActive},
		"mockpay/acc_test": {ID: "acc_test", Provider: "mockpay", Mode: store.TestMode, State: store.AccountActive},
	}}
	registry := providers.NewRegistry(map[string]providers.Factory{"mockpay": open}, nil)
	a := accounts.New(b, registry, func() time.Time { return b.now })
	_, err := a.Open(t.Context(), "mockpay", "acc_live")
	require.ErrorContains(t, err, "live_app_test_provider")
	require.Equal(t, models.Conflict, models.CodeOf(err))
	_, err = a.Open(t.Context(), "mockpay", "acc_test")
	require.NoError(t, err)
}
