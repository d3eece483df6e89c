package store

import "context"

// AccountState says what an account is used for.
type AccountState string

// The states of a provider account. A retired one takes callbacks, queries and
// refunds, and no new payments.
const (
	AccountActive   AccountState = "active"
	AccountRetired  AccountState = "retired"
	AccountDisabled AccountState = "disabled"
)

// Account is a merchant's account at a provider.
type Account struct {
	ID       string // acc_…
	Provider string
	App      string
	Settings []byte // the adapter's JSON, sealed in the database
	State    AccountState
}

// Account reads one account; unknown is not_found "unknown_account".
func (s *Store) Account(ctx context.Context, provider, id string) (Account, error) {
	return Account{}, errUnwritten
}

// Accounts lists an app's accounts.
func (s *Store) Accounts(ctx context.Context, app string) ([]Account, error) {
	return nil, errUnwritten
}
