// Package browser walks through the pages as people do, with a real browser the
// size of a phone, against a whole house.
package browser

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/store"
)

// shots keeps the screenshots of README.
var shots = flag.Bool("shots", false, "write the screenshots to docs/images")

// inParallel is how many tests go on at a time, unless -parallel says: most wait for a house or for each
// other's pages, and leave a processor idle.
const inParallel = "4"

func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", inParallel); err != nil {
		panic(err) // the name of a flag
	}
	testkit.Main(m, testkit.MayLeak("net/http.(*persistConn)"))
}

// openHouse is the one that all tests share who leave each other alone in it: they change no setting and
// no fault of it, bring friends of their own, and look at nobody's request but theirs.
func openHouse(t *testing.T) *local.House {
	t.Helper()
	house, err := sharedHouse()
	require.NoError(t, err)
	return house
}

// sharedHouse is started once and closed by Main. The provider is another site to browsers, as it is in the
// world: they tell sites apart by name, and two ports of one name are the same.
var sharedHouse = sync.OnceValues(func() (*local.House, error) {
	house, err := startHouse(local.Options{SimVia: away})
	if err == nil {
		testkit.AtEnd(house.Close)
	}
	return house, err
})

// carefulHouse is shared like openHouse; its app wants to know of each friend who asks him.
func carefulHouse(t *testing.T) *local.House {
	t.Helper()
	house, err := sharedCarefulHouse()
	require.NoError(t, err)
	return house
}

var sharedCarefulHouse = sync.OnceValues(func() (*local.House, error) {
	house, err := startHouse(local.Options{NameCheck: store.AlwaysCheck})
	if err == nil {
		testkit.AtEnd(house.Close)
	}
	return house, err
})

func away(address string) (string, error) { return elsewhere(address), nil }

// elsewhere is this machine under its other name.
func elsewhere(address string) string { return strings.Replace(address, "127.0.0.1", "localhost", 1) }

func newHouse(t *testing.T) *local.House {
	t.Helper()
	return houseOf(t, local.Options{})
}

// houseOf is a house for one test, with what it wants otherwise.
func houseOf(t *testing.T, options local.Options) *local.House {
	t.Helper()
	house, err := startHouse(options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, house.Close()) })
	return house
}

func startHouse(options local.Options) (*local.House, error) {
	options.Shop, options.Volatile = true, true
	if options.Speed == 0 {
		options.Speed = 10
	}
	house, err := local.Start(context.Background(), options)
	if err != nil {
		return nil, err
	}
	return house, house.StartWorker(context.Background())
}

// phone is the first friend's, in a house of his own; ownPhone is one that nobody else has: codes are limited
// by phone.
const phone = "13800138000"

var phones atomic.Int64

func ownPhone() string { return fmt.Sprintf("137%08d", phones.Add(1)) }
