package store

import "context"

// ProviderAccounts lists the accounts at a provider that are not disabled, by id.
func (s *Store) ProviderAccounts(ctx context.Context, provider string) ([]string, error) {
	const list = "SELECT id FROM provider_accounts WHERE provider = ? AND state <> 'disabled' ORDER BY id"
	var ids []string
	return ids, failed("list accounts", s.read(ctx, &ids, list, provider))
}
