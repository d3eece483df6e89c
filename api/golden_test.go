package api

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, got, 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	was, is := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range min(len(was), len(is)) {
		require.Equal(t, was[i], is[i], "%s:%d is old: go test ./api -update", path, i+1)
	}
	require.Equal(t, len(was), len(is), "%s is old: go test ./api -update", path)
}

func goldenJSON(t *testing.T, path string, view any) string {
	t.Helper()
	raw, err := json.MarshalIndent(view, "", "  ")
	require.NoError(t, err)
	golden(t, path, append(raw, '\n'))
	return string(raw)
}

// TestDescription compares openapi.yaml with what the routes say of themselves.
func TestDescription(t *testing.T) {
	t.Parallel()
	s, err := New(Deps{Clock: time.Now, Metrics: prometheus.NewRegistry(), Store: noStore{}})
	require.NoError(t, err)
	document, err := s.OpenAPI()
	require.NoError(t, err)
	require.Contains(t, string(document), "openapi: 3.1.0")
	golden(t, "openapi.yaml", document)
}

// noStore is a store that nobody asks.
type noStore struct{ Store }

var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

// secrets are what no friend may read, wherever it stands in the rows.
var secrets = []string{
	"buyer-canary", "order-canary", "phone-canary", "ret-canary", "hook-canary", "tx-canary", "acc-canary",
	"pay_2", "label-canary", "stranger",
}

// link is a page with everything set: two friends tried, one paid, a part went back.
func link() store.Link {
	pay := func(number, payer string) models.Pay {
		return models.Pay{Number: number, Invite: "inv_1", Payer: payer, Channel: "mock", Provider: "mockpay",
			Account: "acc-canary", Product: "wap", Quoted: models.CNY(12900), PriceVersion: 1,
			Brand: "云闪付", ReturnContext: "ret-canary"}
	}
	return store.Link{
		Invite: store.Invite{ID: "inv_1", Request: "fpr_1", Label: "label-canary", State: store.InviteLive},
		App:    store.App{ID: "app_1", Name: "Shop", MerchantName: "Tea House", HookURL: "https://hook-canary"},
		Order: store.Order{ID: "ord_1", Number: "order-canary", Title: "Tea", Category: "kind-canary",
			Buyer:     "buyer-canary",
			BuyerName: "王**", Payable: models.CNY(12900),
			Items: []store.Item{{Title: "Tea", Quantity: 2, Price: models.CNY(6450)}}},
		Channels: []store.Channel{
			{ID: "mock", Kind: "wallet", NameZH: "模拟", NameEN: "Mock", Account: "acc-canary"},
		},
		Card:  store.Card{Shows: models.ShowsFull, Message: "Thank you"},
		Payer: &store.Payer{ID: "pay_1", MaskedPhone: "138****8000"},
		Request: models.Request{
			ID: "fpr_1", Order: "ord_1", Merchant: "mer_1", App: "app_1", Buyer: "buyer-canary", Seq: 7,
			Payable: models.CNY(12900), PriceVersion: 1, Agreed: models.CNY(13900), State: models.PartlyRefunded,
			ExpiresAt: noon, EndedAt: noon, SlotUntil: noon, PausedUntil: noon, Winner: "A1",
			Attempts: []models.Attempt{
				{Pay: pay("A0", "pay_2"), State: models.ClosedAttempt, CreatedAt: noon, Reason: "stranger"},
				{Pay: pay("A1", "pay_1"), State: models.SucceededAttempt, Disposition: models.Applied,
					Captured: models.CNY(12900), Coupon: models.CNY(300), Funding: "funding-canary",
					Transaction: "tx-canary", PaidAt: noon, CreatedAt: noon},
			},
			Refunds: []models.Refund{{Number: "R1", Attempt: "A1", Amount: models.CNY(900), Reason: "after_sale",
				Coupon: models.CNY(21), State: models.RefundSucceeded, CreatedAt: noon, ExpectedBy: noon, DoneAt: noon}},
		},
	}
}

func TestTheFriendSeesAnAllowList(t *testing.T) {
	t.Parallel()
	decision := policy.Decision{Channels: []string{"mock", "gone"}}
	view := goldenJSON(t, "testdata/payer.json", viewPayer(link(), decision))
	for _, secret := range secrets {
		require.NotContains(t, view, secret)
	}
	before := link()
	before.Payer = nil
	require.Empty(t, viewPayer(before, policy.Decision{}).Attempts, "nobody is logged in")
}

func TestTheSellerSeesAnAllowList(t *testing.T) {
	t.Parallel()
	view := goldenJSON(t, "testdata/request.json", viewRequest(link().Request, link().Order))
	for _, secret := range []string{
		"pay_1", "pay_2", "funding-canary", "ret-canary", "tx-canary", "acc-canary",
	} {
		require.NotContains(t, view, secret)
	}
	event := goldenJSON(t, "testdata/event.json", viewEvent(link().Request, models.Transition{
		Seq: 3, From: models.Open, To: models.Paying, On: models.PayAsked, At: noon, Actor: "payer:pay_1",
		Attempt: "A1", Refund: "R1", Notices: []models.Notice{models.NoticePaying}, Case: models.CaseSilence,
	}))
	require.NotContains(t, event, "pay_1")
}
