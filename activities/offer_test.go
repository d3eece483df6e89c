package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// discounted is a payer whom nothing speaks against, quoted 5.00 less by an offer.
func discounted(t *testing.T, change func(*policy.Promotion)) (*world, models.Call) {
	w := welcome(t)
	offer := policy.Promotion{
		ID: "rail", App: "app_1", Sponsor: "channel", FixedMinor: 500, BudgetMinor: 9000, Currency: "CNY",
		Since: w.now.Add(-time.Hour), Until: w.now.Add(time.Hour), Enabled: true,
	}
	change(&offer)
	tables := policy.NewTables()
	tables.Promotions["/rail"] = offer
	tables.Channels["mock"] = policy.Channel{ID: "mock", Enabled: true}
	w.rows.offers = func() (*policy.Catalogue, error) { return policy.NewCatalogue(1, tables), nil }
	w.rows.order = func() (store.Order, error) { return store.Order{}, nil }
	w.rows.budgets = func(attempt string, shares []store.BudgetShare) (bool, error) {
		require.Equal(t, number, attempt)
		require.Equal(t, []store.BudgetShare{{Promotion: "rail", Minor: 500, Budget: 9000}}, shares)
		return true, nil
	}
	r := request(models.NewAttempt)
	r.Attempts[0].Quoted = models.CNY(12400)
	r.Attempts[0].Discounts = []models.Discount{{Promotion: "rail", Sponsor: "channel", Minor: 500}}
	return w, models.Call{Request: r, Ref: number}
}

func TestAnOfferThatNoLongerStandsIsNotCharged(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*policy.Promotion)
		full   bool
		reason string
	}{
		"it stands":           {func(*policy.Promotion) {}, false, ""},
		"it was switched off": {func(p *policy.Promotion) { p.Enabled = false }, false, "price_changed"},
		"it is over": {func(p *policy.Promotion) {
			p.Until = p.Since.Add(time.Minute)
		}, false, "price_changed"},
		"it is another":      {func(p *policy.Promotion) { p.ID = "shop" }, false, "price_changed"},
		"it is not for him":  {func(p *policy.Promotion) { p.Channel = "other" }, false, "price_changed"},
		"its budget is gone": {func(*policy.Promotion) {}, true, "price_changed"},
	} {
		t.Run(name, func(t *testing.T) {
			w, call := discounted(t, c.change)
			if c.full {
				w.rows.budgets = func(string, []store.BudgetShare) (bool, error) { return false, nil }
			}
			got, err := w.run("CheckLogin", call)
			require.NoError(t, err)
			want := models.Event{Kind: models.LoginPassed, Attempt: number, Actor: "rules"}
			if c.reason != "" {
				want.Kind, want.Reason = models.LoginRefused, c.reason
			}
			require.Equal(t, want, got)
		})
	}
}
