package store

import (
	"context"
	"time"
)

// sealedSecrets is what an endpoint's signatures are made from.
type sealedSecrets struct {
	ID             string
	App            string `gorm:"column:app_id"`
	SecretSealed   []byte // empty: the app's
	PreviousSealed []byte
	OfAppSealed    []byte // the app's
}

// EndpointSecrets are the secrets that sign for an endpoint, the current one first; the one
// before it for as long as its rotation lets both sign.
func (s *Store) EndpointSecrets(ctx context.Context, id string) ([]string, error) {
	const query = `SELECT e.id, e.app_id, e.secret_sealed, a.webhook_secret_sealed AS of_app_sealed,
			CASE WHEN e.previous_until > clock_timestamp() THEN e.previous_sealed ELSE '' END AS previous_sealed
		FROM webhook_endpoints e JOIN apps a ON a.id = e.app_id WHERE e.id = ?`
	var rows []sealedSecrets
	if err := s.read(ctx, &rows, query, id); err != nil {
		return nil, failed("read endpoint secrets", err)
	}
	if len(rows) == 0 {
		return nil, unknown("unknown_endpoint")
	}
	row := rows[0]
	sealed, place := row.SecretSealed, endpointPlace(id)
	if len(sealed) == 0 {
		sealed, place = row.OfAppSealed, secretPlace(row.App)
	}
	current, err := s.vault.Open(sealed, place)
	if err != nil {
		return nil, failed("unseal endpoint secret", err)
	}
	secrets := []string{string(current)}
	if len(row.PreviousSealed) > 0 {
		before, err := s.vault.Open(row.PreviousSealed, previousPlace(id))
		if err != nil {
			return nil, failed("unseal endpoint secret", err)
		}
		secrets = append(secrets, string(before))
	}
	return secrets, nil
}

// RotateEndpointSecret signs with a fresh secret from now on, and with the one before too,
// until then.
func (s *Store) RotateEndpointSecret(
	ctx context.Context, id, fresh string, until time.Time,
) (Endpoint, error) {
	const rotate = `UPDATE webhook_endpoints SET secret_sealed = ?, previous_sealed = ?, previous_until = ?
		WHERE id = ? AND deleted_at IS NULL`
	err := s.WithTx(ctx, func(tx *Store) error {
		secrets, err := tx.EndpointSecrets(ctx, id)
		if err != nil {
			return err
		}
		now := tx.vault.Seal([]byte(fresh), endpointPlace(id))
		before := tx.vault.Seal([]byte(secrets[0]), previousPlace(id))
		rows, err := tx.write(ctx, rotate, now, before, until.UTC(), id)
		return nothing(rows, failed("rotate endpoint secret", err))
	})
	if err != nil {
		return Endpoint{}, err
	}
	return s.Endpoint(ctx, id)
}

func endpointPlace(id string) string { return "webhook_endpoints.secret:" + id }

func previousPlace(id string) string { return "webhook_endpoints.previous:" + id }
