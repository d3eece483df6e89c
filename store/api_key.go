package store

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
)

// APIKey is a merchant's key, known by its hash only.
type APIKey struct {
	Hash       []byte   `gorm:"primaryKey"` // SHA-256, 32 bytes
	ID         string   // key_…
	Merchant   string   `gorm:"column:merchant_id"`
	Apps       []string `gorm:"serializer:list"`
	Scopes     []string `gorm:"serializer:list"` // none: of a key from before there were any
	Mode       string   // "test" or "live"
	Prefix     string   // what it begins with, "fpk_test_Ab3x"; empty for older ones
	LastFour   string
	Label      string    // the merchant's own word for it
	ExpiresAt  time.Time `gorm:"serializer:moment"` // zero: never
	RevokedAt  time.Time `gorm:"serializer:moment"`
	LastUsedAt time.Time `gorm:"serializer:moment"` // to the hour
	CreatedAt  time.Time `gorm:"->"`
}

// Principal is who an API key stands for.
type Principal struct {
	Key      string // key_…
	Merchant string
	Apps     []string // those of the key that are of its mode
	Scopes   []string
	Mode     string
}

// maxAPIKeys is how many keys of a merchant may work at one time.
const maxAPIKeys = 50

// usedEvery is how exactly the last use of a key is known.
const usedEvery = time.Hour

// TableName is GORM's.
func (APIKey) TableName() string { return "api_keys" }

// MerchantByKey finds whose key it is; unknown, expired or revoked is unauthenticated "unknown_key".
func (s *Store) MerchantByKey(ctx context.Context, keyHash []byte) (Principal, error) {
	const query = `SELECT k.id, k.merchant_id, k.scopes, k.mode, k.last_used_at, coalesce((
			SELECT jsonb_agg(a.id ORDER BY a.id) FROM apps a
			WHERE a.merchant_id = k.merchant_id AND a.mode = k.mode AND jsonb_exists(k.apps, a.id)), '[]') AS apps
		FROM api_keys k
		WHERE hash = ? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())`
	var keys []APIKey
	if err := s.read(ctx, &keys, query, keyHash); err != nil {
		return Principal{}, failed("read key", err)
	}
	if len(keys) == 0 {
		return Principal{}, models.Refuse(models.Unauthenticated, "unknown_key", "We do not know this key.")
	}
	key := keys[0]
	if time.Since(key.LastUsedAt) > usedEvery {
		const used = `UPDATE api_keys SET last_used_at = date_trunc('hour', clock_timestamp()) WHERE hash = ?`
		if _, err := s.write(ctx, used, keyHash); err != nil {
			return Principal{}, failed("note the use of a key", err)
		}
	}
	return Principal{
		Key: key.ID, Merchant: key.Merchant, Apps: key.Apps, Scopes: key.Scopes, Mode: key.Mode,
	}, nil
}

// CreateAPIKey keeps a new key. More than 50 that work are conflict "too_many_keys".
func (s *Store) CreateAPIKey(ctx context.Context, key APIKey) (APIKey, error) {
	const working = `SELECT count(*) FROM api_keys WHERE merchant_id = ? AND revoked_at IS NULL
		AND (expires_at IS NULL OR expires_at > clock_timestamp())`
	var count int
	if err := s.read(ctx, &count, working, key.Merchant); err != nil {
		return key, failed("count keys", err)
	}
	if count >= maxAPIKeys {
		refused := models.Refuse(models.Conflict, "too_many_keys", "So many keys of yours work already.")
		refused.Fix = "Revoke one that you do not use any more."
		return key, refused
	}
	if key.ID == "" {
		key.ID = mint.ID(mint.Key)
	}
	key.CreatedAt = time.Now().UTC()
	return key, failed("create key", s.db.WithContext(ctx).Create(&key).Error)
}

// APIKeys lists a merchant's keys of a mode, the newest first, also those that are over.
func (s *Store) APIKeys(ctx context.Context, merchant, mode string) ([]APIKey, error) {
	keys, err := gorm.G[APIKey](s.db).Where("merchant_id = ? AND mode = ?", merchant, mode).
		Order("created_at DESC, id DESC").Limit(maxLimit).Find(ctx)
	return keys, failed("list keys", err)
}

// APIKey reads one by its id; unknown is not_found "unknown_key".
func (s *Store) APIKey(ctx context.Context, id string) (APIKey, error) {
	key, err := gorm.G[APIKey](s.db).Where("id = ?", id).Take(ctx)
	return key, missing("read key", "unknown_key", err)
}

// RotateAPIKey keeps a fresh key beside an old one, which goes on working until then.
func (s *Store) RotateAPIKey(
	ctx context.Context, old string, fresh APIKey, until time.Time,
) (made APIKey, err error) {
	err = s.WithTx(ctx, func(tx *Store) error {
		const over = `UPDATE api_keys SET expires_at = least(expires_at, ?) WHERE id = ? AND revoked_at IS NULL
			AND (expires_at IS NULL OR expires_at > clock_timestamp())`
		rows, err := tx.write(ctx, over, until.UTC(), old)
		if err != nil {
			return failed("let a key expire", err)
		}
		if rows == 0 {
			return models.Refuse(models.Conflict, "key_over", "This key does not work any more.")
		}
		made, err = tx.CreateAPIKey(ctx, fresh)
		return err
	})
	return made, err
}

// RevokeAPIKey ends a key at once; again changes nothing.
func (s *Store) RevokeAPIKey(ctx context.Context, id string) error {
	const revoke = "UPDATE api_keys SET revoked_at = clock_timestamp() WHERE id = ? AND revoked_at IS NULL"
	_, err := s.write(ctx, revoke, id)
	return failed("revoke key", err)
}

// plantKeys writes keys over what is there under the same hash; they keep their ids.
func (s *Store) plantKeys(ctx context.Context, keys []APIKey) error {
	if len(keys) == 0 {
		return nil
	}
	for i := range keys {
		if keys[i].ID == "" {
			keys[i].ID = mint.ID(mint.Key)
		}
	}
	over := clause.OnConflict{
		Columns:   []clause.Column{{Name: "hash"}},
		DoUpdates: clause.AssignmentColumns([]string{"merchant_id", "apps", "scopes", "mode"}),
	}
	return s.db.WithContext(ctx).Clauses(over).Create(&keys).Error
}
