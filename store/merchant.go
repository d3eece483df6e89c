package store

import (
	"context"

	"gorm.io/gorm"

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
	MerchantName         string `gorm:"->;-:migration"` // read only
	Mode                 Mode   `gorm:"default:test"`
	WebhookURL           string // of the endpoint that stands for it; empty: none
	WebhookSecret        []byte `gorm:"-"` // sealed in the database, signs the order hook too
	HookURL              string // the order hook; empty: the order row decides
	AcceptLateSeconds    int64
	DefaultExpirySeconds int64
	BuyerMayPayOwn       bool
	ReturnOrigins        []string     `gorm:"serializer:list"`
	DailyLimit           models.Money `gorm:"embedded;embeddedPrefix:daily_limit_"`   // per payer; zero: none
	PaymentLimit         models.Money `gorm:"embedded;embeddedPrefix:payment_limit_"` // per payment; zero: none
	NameCheck            NameCheck    `gorm:"default:never"`
}

// NameCheck says whether a friend has to say who asks him, before he may log in or pay.
type NameCheck string

// When an app asks it; empty is never.
const (
	NeverCheck  NameCheck = "never"
	AlwaysCheck NameCheck = "always" // also where the merchant told nothing: then nobody passes
)

// Mode keeps trials apart from what is meant.
type Mode string

// The modes. A key opens only apps of its own; a live app has no provider that only simulates.
const (
	TestMode Mode = "test"
	LiveMode Mode = "live"
)

type appRecord struct {
	App                 `gorm:"embedded"`
	WebhookSecretSealed []byte
}

func (appRecord) TableName() string { return "apps" }

// Simulated are the providers whose money is none.
var Simulated = []string{"mockpay"}

// App reads an app with its webhook secret; unknown is not_found "unknown_app".
func (s *Store) App(ctx context.Context, id string) (App, error) {
	const query = `SELECT apps.*, merchants.name AS merchant_name
		FROM apps JOIN merchants ON merchants.id = apps.merchant_id WHERE apps.id = ?`
	var records []appRecord
	if err := s.read(ctx, &records, query, id); err != nil {
		return App{}, failed("read app", err)
	}
	if len(records) == 0 {
		return App{}, unknown("unknown_app")
	}
	app, sealed := records[0].App, records[0].WebhookSecretSealed
	if len(sealed) == 0 {
		return app, nil
	}
	secret, err := s.vault.Open(sealed, secretPlace(id))
	app.WebhookSecret = secret
	return app, failed("unseal webhook secret", err)
}

func secretPlace(app string) string { return "apps.webhook_secret:" + app }

// AppsOf lists apps of that merchant and mode, without secrets.
func (s *Store) AppsOf(ctx context.Context, merchant string, mode Mode) ([]App, error) {
	apps, err := gorm.G[App](s.db).Where("merchant_id = ? AND mode = ?", merchant, mode).Order("id").Find(ctx)
	return apps, failed("list apps", err)
}
