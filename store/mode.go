package store

import "context"

// ModeFault is where test and live are not apart, so that something does not work.
type ModeFault struct {
	App     string
	Mode    Mode   // of the app
	Account string // acc_… of a live app at a provider that only simulates; else empty
	Key     string // key_… that names the app and is of the other mode; else empty
}

// ModeFaults lists up to limit of them: accounts of live apps that only simulate, and keys that
// work but for an app of the other mode, which they do not open.
func (s *Store) ModeFaults(ctx context.Context, limit int) ([]ModeFault, error) {
	const query = `(SELECT a.id AS app, a.mode, c.id AS account, '' AS key
			FROM apps a JOIN provider_accounts c ON c.app_id = a.id
			WHERE a.mode = 'live' AND c.provider = ANY(?) AND c.state <> 'disabled' ORDER BY c.id LIMIT ?)
		UNION ALL (SELECT a.id, a.mode, '', k.id
			FROM api_keys k JOIN apps a ON a.merchant_id = k.merchant_id AND jsonb_exists(k.apps, a.id)
			WHERE k.mode <> a.mode AND k.revoked_at IS NULL
				AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp()) ORDER BY k.id LIMIT ?)`
	var faults []ModeFault
	err := s.read(ctx, &faults, query, textArray(Simulated), limit, limit)
	return faults, failed("look for mixed modes", err)
}
