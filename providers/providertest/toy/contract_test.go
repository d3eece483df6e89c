package toy_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/paysim/journal"
	bank "github.com/friendpay/friendpay/internal/paysim/toy"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/providertest"
	"github.com/friendpay/friendpay/providers/providertest/toy"
)

// driver works the bank from the payer's and the world's side.
type driver struct{ *bank.Bank }

func (d driver) Pay(_ context.Context, number string) error     { return d.Bank.Pay(number, false) }
func (d driver) PayLate(_ context.Context, number string) error { return d.Bank.Pay(number, true) }

// Open is nothing: no order of the toy's waits for its payer to come.
func (d driver) Open(context.Context, providers.Presentation) error { return nil }

// PayWithCoupon is nothing that the toy knows: its traits say so.
func (d driver) PayWithCoupon(context.Context, string, int64) error {
	return errors.New("the toy has no coupons")
}

func (d driver) FinishRefund(_ context.Context, number, state string) error {
	return d.Bank.FinishRefund(number, state)
}

func (d driver) Fault(_ context.Context, f providertest.Fault) error {
	_, err := d.Faults.Add(faults.Rule{
		Op: faults.Op(f.Op), Mode: faults.Mode(f.Mode), Number: f.Number, Count: f.Count,
		MS: f.MS, Minor: f.Minor, Value: f.Value,
	})
	return err
}

func (d driver) ClearFaults(context.Context) error { d.Faults.Clear(); return nil }

func (d driver) Journal(_ context.Context, number string) (effects []providertest.Effect, err error) {
	for _, e := range d.Bank.Journal.Read(journal.Filter{Number: number}).Entries {
		effects = append(effects, providertest.Effect{
			Kind: e.Kind, Number: e.Number, Refund: e.Refund, Minor: e.Minor, Status: e.Status, Note: e.Note,
		})
	}
	return effects, nil
}

// secret is another in each process, as real keys are: what one process of a fuzz run has
// signed means nothing to the next.
var secret = rand.Text()

// subject is a bank on a real port, and the adapter of its only account.
func subject(t testing.TB) providertest.Subject {
	t.Helper()
	b, err := bank.New("shop-1", secret, 1000)
	require.NoError(t, err)
	server := httptest.NewServer(b)
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() {
		b.Faults.Clear()
		client.CloseIdleConnections()
		server.Close()
		require.NoError(t, b.Close())
	})
	settings, err := json.Marshal(toy.Settings{BaseURL: server.URL, Account: b.Account, Secret: b.Secret})
	require.NoError(t, err)
	registry := providers.NewRegistry(map[string]providers.Factory{"toy": toy.Open}, client)
	adapter, err := registry.Open("toy", settings)
	require.NoError(t, err)
	return providertest.Subject{
		Adapter: adapter, Driver: driver{b}, Product: "page", Kind: providers.QR, Secrets: []string{secret},
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	providertest.Run(t, subject(t))
}

func TestContractNoticesBrokenAdapters(t *testing.T) {
	t.Parallel()
	providertest.RunBroken(t, subject(t))
}

func FuzzParseNotice(f *testing.F) {
	s := subject(f)
	genuine, err := providertest.Genuine(f.Context(), s)
	require.NoError(f, err)
	providertest.FuzzNotice(f, s.Adapter, genuine)
}

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	for _, settings := range []string{
		`{}`, `{"base_url":"http://x","account":"a"}`, `{"base_url":"ftp://x","account":"a","secret":"s3cret"}`,
		`{"base_url":"http://x","account":"a","secret":"s3cret","sceret":"s3cret"}`,
	} {
		_, err := toy.Open([]byte(settings), nil)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "s3cret")
	}
}
