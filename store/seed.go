package store

import (
	"context"

	"gorm.io/gorm/clause"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
)

// SeedData is a whole small world of merchants, for dev, the demo and tests.
type SeedData struct {
	Merchants []Merchant
	Apps      []App
	Keys      []APIKey
	Accounts  []Account
	Channels  []Channel

	Promotions []Promotion
}

// Seed writes the data over what is there under the same ids; again changes nothing. An
// id that is another merchant's or another app's already is conflict "foreign_app" or
// "foreign_account". An account keeps the state that it is in.
func (s *Store) Seed(ctx context.Context, data SeedData) error {
	var apps []appRecord
	for _, app := range data.Apps {
		apps = append(apps, appRecord{app, s.vault.Seal(app.WebhookSecret, secretPlace(app.ID))})
	}
	var accounts []accountRecord
	for _, a := range data.Accounts {
		sealed := s.vault.Seal(a.Settings, settingsPlace(a.ID))
		accounts = append(accounts, accountRecord{a.ID, a.Provider, a.App, sealed, a.State, a.FeeBasisPoints})
	}
	err := s.WithTx(ctx, func(tx *Store) error {
		for _, seed := range []func() error{
			func() error { return plant(ctx, tx, data.Merchants) },
			func() error { return tx.ownApps(ctx, data.Apps) },
			func() error { return plant(ctx, tx, apps) },
			func() error { return tx.plantKeys(ctx, data.Keys) },
			func() error { return tx.plantAccounts(ctx, accounts) },
			func() error { return tx.keepLive(ctx, data.Apps) },
			func() error { return plant(ctx, tx, data.Channels) },
			func() error { return plant(ctx, tx, data.Promotions) },
			func() error { return tx.plantLimits(ctx, data.Apps) },
		} {
			if err := seed(); err != nil {
				return err
			}
		}
		return nil
	})
	return failed("seed", err)
}

func plant[T any](ctx context.Context, tx *Store, rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.db.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&rows).Error
}

// ownApps refuses an app that is another merchant's.
func (s *Store) ownApps(ctx context.Context, apps []App) error {
	const query = "SELECT EXISTS (SELECT FROM apps WHERE id = ? AND merchant_id <> ?)"
	for _, app := range apps {
		var foreign bool
		if err := s.read(ctx, &foreign, query, app.ID, app.Merchant); err != nil {
			return err
		}
		if foreign {
			return models.Refuse(models.Conflict, "foreign_app", app.ID+" is another merchant's app.")
		}
	}
	return nil
}

// plantAccounts writes over accounts of the same app and provider only: its id is all
// that payments under way know their account by.
func (s *Store) plantAccounts(ctx context.Context, accounts []accountRecord) error {
	const write = `INSERT INTO provider_accounts AS a (id, provider, app_id, settings_sealed, state,
			fee_basis_points) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE
		SET settings_sealed = excluded.settings_sealed, fee_basis_points = excluded.fee_basis_points
		WHERE a.app_id = excluded.app_id AND a.provider = excluded.provider`
	for _, a := range accounts {
		rows, err := s.write(ctx, write, a.ID, a.Provider, a.App, a.SettingsSealed, a.State, a.FeeBasisPoints)
		if err != nil {
			return err
		}
		if rows == 0 {
			return models.Refuse(models.Conflict, "foreign_account",
				a.ID+" is an account of another app or provider.")
		}
	}
	return nil
}

// keepLive refuses a live app an account at a provider that only simulates: its orders would
// be settled by money that nobody paid.
func (s *Store) keepLive(ctx context.Context, apps []App) error {
	const query = `SELECT EXISTS (SELECT FROM provider_accounts c JOIN apps a ON a.id = c.app_id
		WHERE a.id = ? AND a.mode = 'live' AND c.provider = ANY(?) AND c.state = 'active')`
	for _, app := range apps {
		var simulated bool
		if err := s.read(ctx, &simulated, query, app.ID, textArray(Simulated)); err != nil {
			return err
		}
		if simulated {
			return models.Refuse(models.Conflict, "live_app_test_provider",
				app.ID+" is live, and has an account at a provider that only simulates.")
		}
	}
	return nil
}

// plantLimits writes what an app's settings say of each payer's limits where the limits of
// payments are kept; a setting of zero says nothing of them.
func (s *Store) plantLimits(ctx context.Context, apps []App) error {
	const write = `INSERT INTO pay_limits (app_id, scope, per, minor, currency) VALUES (?, 'payer', ?, ?, ?)
		ON CONFLICT (app_id, scope, channel, per)
		DO UPDATE SET minor = excluded.minor, currency = excluded.currency`
	for _, app := range apps {
		for per, limit := range map[string]models.Money{
			policy.PerDay: app.DailyLimit, policy.PerTransaction: app.PaymentLimit,
		} {
			if limit.Minor == 0 {
				continue
			}
			if _, err := s.write(ctx, write, app.ID, per, limit.Minor, limit.Currency); err != nil {
				return err
			}
		}
	}
	return nil
}
