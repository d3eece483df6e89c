// Package house puts the parts together: it turns an operator's settings into a
// running API or worker. It is used by the commands, the demo and the tests.
package house

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// Config is everything an operator may set, all of it from the environment.
// Secrets are never printed. TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY
// and TEMPORAL_TLS_* are read by Temporal's own envconfig.
type Config struct {
	Mode          string        `env:"FRIENDPAY_MODE" envDefault:"production"`
	Listen        string        `env:"FRIENDPAY_LISTEN" envDefault:"127.0.0.1:8080"`
	PublicURL     string        `env:"FRIENDPAY_PUBLIC_URL"`
	DatabaseURL   string        `env:"DATABASE_URL" secret:"true"`
	DatabaseConns int           `env:"FRIENDPAY_DATABASE_CONNS" envDefault:"20"`
	Speed         int64         `env:"FRIENDPAY_SPEED" envDefault:"1"`
	Guard         time.Duration `env:"FRIENDPAY_GUARD" envDefault:"0"`
	Shop          bool          `env:"FRIENDPAY_SHOP" envDefault:"false"`

	VaultIndexKey string   `env:"FRIENDPAY_VAULT_INDEX_KEY" secret:"true"`
	VaultKeys     string   `env:"FRIENDPAY_VAULT_KEYS" secret:"true"`
	LinkKeys      []string `env:"FRIENDPAY_LINK_KEYS" secret:"true"`
	BuyerKeys     []string `env:"FRIENDPAY_BUYER_KEYS" secret:"true"`
	PayerKeys     []string `env:"FRIENDPAY_PAYER_KEYS" secret:"true"`
	StaffKeys     []string `env:"FRIENDPAY_STAFF_KEYS" secret:"true"`
	PlainHistory  bool     `env:"FRIENDPAY_PLAIN_HISTORY" envDefault:"false"`

	SMSURL string `env:"FRIENDPAY_SMS_URL"`
	SMSKey string `env:"FRIENDPAY_SMS_KEY" secret:"true"`

	TrustedProxies []string `env:"FRIENDPAY_TRUSTED_PROXIES"`
	WorkerBuild    string   `env:"FRIENDPAY_WORKER_BUILD"`
	CallsPerSecond float64  `env:"FRIENDPAY_PROVIDER_CALLS_PER_SECOND" envDefault:"0"`
	MetricsToken   string   `env:"FRIENDPAY_METRICS_TOKEN" secret:"true"`
	LogLevel       string   `env:"FRIENDPAY_LOG_LEVEL" envDefault:"info"`
}

// Read takes the settings from an environment and says everything that is wrong
// with them at once.
func Read(environment map[string]string) (Config, error) {
	var config Config
	err := env.ParseWithOptions(&config, env.Options{Environment: environment})
	return config, errors.Join(err, config.check())
}

// Dev says that demo time, plain http and the demo shop are allowed.
func (c Config) Dev() bool { return c.Mode == "dev" }

func (c Config) check() error {
	var wrong []error
	say := func(bad bool, what string) {
		if bad {
			wrong = append(wrong, errors.New(what))
		}
	}
	say(c.Mode != "dev" && c.Mode != "production", "FRIENDPAY_MODE is dev or production")
	say(c.Speed < 1, "FRIENDPAY_SPEED is at least 1")
	if !c.Dev() {
		say(c.Speed != 1, "FRIENDPAY_SPEED is for dev only")
		say(c.Guard != 0, "FRIENDPAY_GUARD is for dev only")
		say(c.Shop, "FRIENDPAY_SHOP is for dev only")
		say(c.PlainHistory, "FRIENDPAY_PLAIN_HISTORY is for dev only")
		say(!strings.HasPrefix(c.PublicURL, "https://"), "FRIENDPAY_PUBLIC_URL begins with https://")
	}
	say(c.DatabaseURL == "", "DATABASE_URL is missing")
	say(!isKey(c.VaultIndexKey), "FRIENDPAY_VAULT_INDEX_KEY is 32 bytes in base64")
	for name, keys := range map[string][]string{
		"FRIENDPAY_BUYER_KEYS": c.BuyerKeys,
		"FRIENDPAY_PAYER_KEYS": c.PayerKeys,
		"FRIENDPAY_STAFF_KEYS": c.StaffKeys,
	} {
		say(!areSeeds(keys), name+" is id:base64 of 32 bytes, at least one")
	}
	say(len(c.LinkKeys) == 0, "FRIENDPAY_LINK_KEYS is missing")
	for _, key := range c.LinkKeys {
		say(!isKey(key), "each of FRIENDPAY_LINK_KEYS is 32 bytes in base64")
	}
	return errors.Join(wrong...)
}

func isKey(text string) bool {
	key, err := base64.StdEncoding.DecodeString(text)
	return err == nil && len(key) == 32
}

func areSeeds(keys []string) bool {
	for _, key := range keys {
		if id, seed, ok := strings.Cut(key, ":"); !ok || id == "" || !isKey(seed) {
			return false
		}
	}
	return len(keys) > 0
}

// Print lists every setting with what it is for; secrets show only whether they are set.
func (c Config) Print(out io.Writer) {
	value, kind := reflect.ValueOf(c), reflect.TypeFor[Config]()
	for i := range kind.NumField() {
		field := kind.Field(i)
		shown := fmt.Sprint(value.Field(i).Interface())
		if field.Tag.Get("secret") != "" && !value.Field(i).IsZero() {
			shown = "(set)"
		}
		_, _ = fmt.Fprintf(out, "%-38s %-28s %s\n", field.Tag.Get("env"), shown, help[field.Tag.Get("env")])
	}
}
