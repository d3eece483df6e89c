package store

import "context"

// SeedData is a whole small world of merchants, for dev, the demo and tests.
type SeedData struct {
	Merchants []Merchant
	Apps      []App
	Keys      []APIKey
	Accounts  []Account
	Channels  []Channel
}

// Seed writes the data over what is there under the same ids; again changes nothing.
func (s *Store) Seed(ctx context.Context, data SeedData) error { return errUnwritten }
