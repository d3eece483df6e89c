package store

import (
	"context"

	"gorm.io/gorm/clause"
)

// SeedData is a whole small world of merchants, for dev, the demo and tests.
type SeedData struct {
	Merchants []Merchant
	Apps      []App
	Keys      []APIKey
	Accounts  []Account
	Channels  []Channel
}

// Seed writes the data over what is there under the same ids; again changes nothing.
func (s *Store) Seed(ctx context.Context, data SeedData) error {
	var apps []appRecord
	for _, app := range data.Apps {
		apps = append(apps, appRecord{app, s.vault.Seal(app.WebhookSecret, secretPlace(app.ID))})
	}
	var accounts []accountRecord
	for _, a := range data.Accounts {
		sealed := s.vault.Seal(a.Settings, settingsPlace(a.ID))
		accounts = append(accounts, accountRecord{a.ID, a.Provider, a.App, sealed, a.State})
	}
	err := s.WithTx(ctx, func(tx *Store) error {
		for _, seed := range []func() error{
			func() error { return plant(ctx, tx, data.Merchants) },
			func() error { return plant(ctx, tx, apps) },
			func() error { return plant(ctx, tx, data.Keys) },
			func() error { return plant(ctx, tx, accounts) },
			func() error { return plant(ctx, tx, data.Channels) },
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
