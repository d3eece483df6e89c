package store

import (
	"context"
	"slices"

	"gorm.io/gorm"
)

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
	// FeeBasisPoints is what the provider keeps of an amount as it was agreed, in hundredths
	// of a percent; 0: nobody said, and fees are booked but not judged.
	FeeBasisPoints int64
	// Mode is its app's, of an account that was read alone.
	Mode Mode
}

// OnlySimulates says that a live app has it at a provider whose money is none: nothing may be
// paid there. Writing an app refuses this; an upgrade may have made an app live that has one.
func (a Account) OnlySimulates() bool {
	return a.Mode == LiveMode && slices.Contains(Simulated, a.Provider)
}

type accountRecord struct {
	ID             string `gorm:"primaryKey"`
	Provider       string
	App            string `gorm:"column:app_id"`
	SettingsSealed []byte
	State          AccountState
	FeeBasisPoints int64
}

func (accountRecord) TableName() string { return "provider_accounts" }

// Account reads one account; unknown is not_found "unknown_account".
func (s *Store) Account(ctx context.Context, provider, id string) (Account, error) {
	record, err := gorm.G[accountRecord](s.db).Where("id = ? AND provider = ?", id, provider).Take(ctx)
	if err != nil {
		return Account{}, missing("read account", "unknown_account", err)
	}
	account, err := s.account(record)
	if err != nil {
		return Account{}, err
	}
	err = s.read(ctx, &account.Mode, "SELECT mode FROM apps WHERE id = ?", record.App)
	return account, failed("read account", err)
}

// Accounts lists an app's accounts.
func (s *Store) Accounts(ctx context.Context, app string) ([]Account, error) {
	records, err := gorm.G[accountRecord](s.db).Where("app_id = ?", app).Order("id").Find(ctx)
	if err != nil {
		return nil, failed("list accounts", err)
	}
	accounts := make([]Account, len(records))
	for i, record := range records {
		if accounts[i], err = s.account(record); err != nil {
			return nil, err
		}
	}
	return accounts, nil
}

func (s *Store) account(record accountRecord) (Account, error) {
	settings, err := s.vault.Open(record.SettingsSealed, settingsPlace(record.ID))
	return Account{
		ID: record.ID, Provider: record.Provider, App: record.App, Settings: settings, State: record.State,
		FeeBasisPoints: record.FeeBasisPoints,
	}, failed("unseal settings", err)
}

func settingsPlace(account string) string { return "provider_accounts.settings:" + account }
