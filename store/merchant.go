package store

import (
	"context"

	"github.com/friendpay/friendpay/models"
)

// Merchant is who sells.
type Merchant struct {
	ID   string `gorm:"primaryKey"` // mer_…
	Name string
}

// App is one of a merchant's apps.
type App struct {
	ID                   string `gorm:"primaryKey"` // app_…
	Merchant             string `gorm:"column:merchant_id"`
	Name                 string
	MerchantName         string `gorm:"->"` // read only
	WebhookURL           string // empty: none wanted
	WebhookSecret        []byte `gorm:"-"` // sealed in the database, signs the order hook too
	HookURL              string // the order hook; empty: the order row decides
	AcceptLateSeconds    int64
	DefaultExpirySeconds int64
	BuyerMayPayOwn       bool
	ReturnOrigins        []string     `gorm:"serializer:json"`
	DailyLimit           models.Money `gorm:"embedded;embeddedPrefix:daily_limit_"`   // per payer; zero: none
	PaymentLimit         models.Money `gorm:"embedded;embeddedPrefix:payment_limit_"` // per payment; zero: none
}

// APIKey is a merchant's key, known by its hash only.
type APIKey struct {
	Hash     []byte   `gorm:"primaryKey"` // SHA-256, 32 bytes
	Merchant string   `gorm:"column:merchant_id"`
	Apps     []string `gorm:"serializer:json"`
	Scopes   []string `gorm:"serializer:json"`
	Mode     string   // "test" or "live"
}

// Principal is who an API key stands for.
type Principal struct {
	Merchant string
	Apps     []string
	Scopes   []string
	Mode     string
}

// MerchantByKey finds whose key it is; unknown or revoked is unauthenticated "unknown_key".
func (s *Store) MerchantByKey(ctx context.Context, keyHash []byte) (Principal, error) {
	return Principal{}, errUnwritten
}

// App reads an app with its webhook secret; unknown is not_found "unknown_app".
func (s *Store) App(ctx context.Context, id string) (App, error) { return App{}, errUnwritten }
