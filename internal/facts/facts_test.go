package facts_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/facts"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

var noon = time.Date(2026, 5, 1, 4, 0, 0, 0, time.UTC)

func order() store.Order {
	return store.Order{
		ID: "ord_1", App: "app_1", Buyer: "b1", Payable: models.CNY(12900), Kind: "physical",
		State: store.OrderUnpaid, AllowedChannels: []string{"mock"},
		PayDeadline: noon.Add(time.Hour), StockHoldUntil: noon.Add(2 * time.Hour),
	}
}

var catalogue = policy.NewCatalogue(7, policy.NewTables())

func TestRowsBecomeFacts(t *testing.T) {
	require.Equal(t, policy.Facts{
		Order: policy.Order{
			Payable: models.CNY(12900), Kind: "physical", AllowedChannels: []string{"mock"},
			PayDeadline: noon.Add(time.Hour), StockHoldUntil: noon.Add(2 * time.Hour),
		},
		App: "app_1", Buyer: "b1", Now: noon, Speed: 60, Catalogue: catalogue,
	}, facts.Of(order(), catalogue, noon, 60))
}

func TestAnOldRequestKeepsEverything(t *testing.T) {
	require.Equal(t, []string{"*"}, facts.Made(policy.Facts{}, nil).Released)
	require.Equal(t, []string{}, facts.Made(policy.Facts{}, []string{}).Released)
	require.Equal(t, []string{"friend_pay"}, facts.Made(policy.Facts{}, []string{"friend_pay"}).Released)
}

func TestOnlyAnOrderThatIsOverIsSettled(t *testing.T) {
	for state, settled := range map[store.OrderState]bool{
		store.OrderUnpaid: false, store.OrderReleased: false, store.OrderPaid: true, store.OrderCancelled: true,
	} {
		o := order()
		o.State = state
		require.Equal(t, settled, facts.Of(o, nil, noon, 1).Order.Settled, state)
	}
}

// A field that policy learns to look at must be filled in here.
func TestNoFactIsForgotten(t *testing.T) {
	f := facts.Of(order(), catalogue, noon, 1)
	value := reflect.ValueOf(f.Order)
	for i := range value.NumField() {
		name := value.Type().Field(i).Name
		require.True(t, name == "Settled" || !value.Field(i).IsZero(), name)
	}
}
