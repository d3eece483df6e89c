// Package house puts the parts together: it turns an operator's settings into a
// running API or worker. It is used by the commands, the demo and the tests.
package house

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"github.com/friendpay/friendpay/internal/vault"
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
	ClockOffset   time.Duration `env:"FRIENDPAY_CLOCK_OFFSET" envDefault:"0"`
	BridgeScript  string        `env:"FRIENDPAY_BRIDGE_SCRIPT"`

	VaultIndexKey string   `env:"FRIENDPAY_VAULT_INDEX_KEY" secret:"true"`
	VaultKeys     string   `env:"FRIENDPAY_VAULT_KEYS" secret:"true"`
	LinkKeys      []string `env:"FRIENDPAY_LINK_KEYS" secret:"true"`
	BuyerKeys     []string `env:"FRIENDPAY_BUYER_KEYS" secret:"true"`
	PayerKeys     []string `env:"FRIENDPAY_PAYER_KEYS" secret:"true"`
	StaffKeys     []string `env:"FRIENDPAY_STAFF_KEYS" secret:"true"`
	PlainHistory  bool     `env:"FRIENDPAY_PLAIN_HISTORY" envDefault:"false"`
	TemporalUI    string   `env:"FRIENDPAY_TEMPORAL_UI"`

	SMSURL string `env:"FRIENDPAY_SMS_URL"`
	SMSKey string `env:"FRIENDPAY_SMS_KEY" secret:"true"`

	SMSTemplates    []string `env:"FRIENDPAY_SMS_TEMPLATES"`
	WeChatTemplates []string `env:"FRIENDPAY_WECHAT_TEMPLATES"`
	QuietHours      string   `env:"FRIENDPAY_QUIET_HOURS" envDefault:"22:00-08:00"`

	OIDCIssuer       string `env:"FRIENDPAY_OIDC_ISSUER"`
	OIDCClientID     string `env:"FRIENDPAY_OIDC_CLIENT_ID"`
	OIDCClientSecret string `env:"FRIENDPAY_OIDC_CLIENT_SECRET" secret:"true"`

	StaffOIDCIssuer       string   `env:"FRIENDPAY_STAFF_OIDC_ISSUER"`
	StaffOIDCClientID     string   `env:"FRIENDPAY_STAFF_OIDC_CLIENT_ID"`
	StaffOIDCClientSecret string   `env:"FRIENDPAY_STAFF_OIDC_CLIENT_SECRET" secret:"true"`
	StaffOIDCRolesClaim   string   `env:"FRIENDPAY_STAFF_OIDC_ROLES_CLAIM" envDefault:"roles"`
	StaffHints            []string `env:"FRIENDPAY_STAFF_HINTS"`

	SecondPersonFen int64 `env:"FRIENDPAY_SECOND_PERSON_FEN" envDefault:"100000"`

	TrustedProxies  []string `env:"FRIENDPAY_TRUSTED_PROXIES"`
	WebhookNetworks []string `env:"FRIENDPAY_WEBHOOK_NETWORKS"`
	WorkerListen    string   `env:"FRIENDPAY_WORKER_LISTEN"`
	WorkerBuild     string   `env:"FRIENDPAY_WORKER_BUILD"`
	CallsPerSecond  float64  `env:"FRIENDPAY_PROVIDER_CALLS_PER_SECOND" envDefault:"0"`
	StatementsAt    string   `env:"FRIENDPAY_STATEMENTS_AT" envDefault:"10:10"`
	MetricsToken    string   `env:"FRIENDPAY_METRICS_TOKEN" secret:"true"`
	LogLevel        string   `env:"FRIENDPAY_LOG_LEVEL" envDefault:"info"`
}

// Read takes the settings from an environment and says everything that is wrong
// with them at once.
func Read(environment map[string]string) (Config, error) {
	var config Config
	err := env.ParseWithOptions(&config, env.Options{Environment: environment})
	wrong, names := unreadable(err)
	return config, errors.Join(append(wrong, config.check().without(names)...)...)
}

// Dev says that demo time, plain http and the demo shop are allowed.
func (c Config) Dev() bool { return c.Mode == "dev" }

func (c Config) check() (wrong complaints) {
	wrong.say(c.Mode != "dev" && c.Mode != "production", "FRIENDPAY_MODE is dev or production")
	wrong.say(!isListen(c.Listen), "FRIENDPAY_LISTEN is a host and a port, like 127.0.0.1:8080 or :8080")
	wrong.say(c.WorkerListen != "" && !isListen(c.WorkerListen),
		"FRIENDPAY_WORKER_LISTEN is a host and a port, like 127.0.0.1:8081 or :8081; empty: none")
	wrong.say(c.Speed < 1, "FRIENDPAY_SPEED is at least 1")
	wrong.say(c.Guard < 0, "FRIENDPAY_GUARD is not below zero")
	wrong.say(!isAddress(c.PublicURL), "FRIENDPAY_PUBLIC_URL is a scheme and a host, without a slash at the end")
	wrong.say(c.TemporalUI != "" && !isAddress(c.TemporalUI),
		"FRIENDPAY_TEMPORAL_UI is a scheme and a host, without a slash at the end; empty: no links")
	wrong.say(c.DatabaseURL == "", "DATABASE_URL is missing")
	wrong.say(c.DatabaseConns < 1, "FRIENDPAY_DATABASE_CONNS is at least 1")
	wrong.say(c.SecondPersonFen < 0, "FRIENDPAY_SECOND_PERSON_FEN is not below zero")
	wrong.say(c.CallsPerSecond < 0, "FRIENDPAY_PROVIDER_CALLS_PER_SECOND is not below zero")
	wrong.say(partly(c.OIDCIssuer, c.OIDCClientID, c.OIDCClientSecret),
		"FRIENDPAY_OIDC_ISSUER, its CLIENT_ID and CLIENT_SECRET are given together, or none of them")
	wrong.say(partly(c.StaffOIDCIssuer, c.StaffOIDCClientID, c.StaffOIDCClientSecret),
		"FRIENDPAY_STAFF_OIDC_ISSUER, its CLIENT_ID and CLIENT_SECRET are given together, or none of them")
	wrong.say(c.StaffOIDCRolesClaim == "", "FRIENDPAY_STAFF_OIDC_ROLES_CLAIM is the name of a claim, like roles")
	_, err := c.statementsAt()
	wrong.say(err != nil, "FRIENDPAY_STATEMENTS_AT is a time of the day, like 10:10")
	c.checkMessages(&wrong)
	_, err = prefixes(c.TrustedProxies)
	wrong.say(err != nil, "FRIENDPAY_TRUSTED_PROXIES are networks like 10.0.0.0/8")
	_, err = prefixes(c.WebhookNetworks)
	wrong.say(err != nil, "FRIENDPAY_WEBHOOK_NETWORKS are networks like 10.0.0.0/8")
	wrong.say(new(slog.Level).UnmarshalText([]byte(c.LogLevel)) != nil,
		"FRIENDPAY_LOG_LEVEL is debug, info, warn or error")
	if !c.Dev() {
		c.checkProduction(&wrong)
	}
	c.checkKeys(&wrong)
	return wrong
}

// partly says that some are given and some are not.
func partly(settings ...string) bool {
	given := slices.DeleteFunc(slices.Clone(settings), func(s string) bool { return s == "" })
	return len(given) > 0 && len(given) < len(settings)
}

func (c Config) checkProduction(wrong *complaints) {
	wrong.say(c.Speed > 1, "FRIENDPAY_SPEED is for dev only")
	wrong.say(c.Guard > 0, "FRIENDPAY_GUARD is for dev only")
	wrong.say(c.ClockOffset != 0, "FRIENDPAY_CLOCK_OFFSET is for dev only")
	wrong.say(c.BridgeScript != "", "FRIENDPAY_BRIDGE_SCRIPT is for dev only")
	wrong.say(c.PlainHistory, "FRIENDPAY_PLAIN_HISTORY is for dev only")
	wrong.say(isAddress(c.PublicURL) && !strings.HasPrefix(c.PublicURL, "https://"),
		"FRIENDPAY_PUBLIC_URL begins with https://")
	wrong.say(c.OIDCIssuer != "" && !strings.HasPrefix(c.OIDCIssuer, "https://"),
		"FRIENDPAY_OIDC_ISSUER begins with https://")
	wrong.say(c.StaffOIDCIssuer != "" && !strings.HasPrefix(c.StaffOIDCIssuer, "https://"),
		"FRIENDPAY_STAFF_OIDC_ISSUER begins with https://")
	wrong.say(len(c.StaffHints) > 0, "FRIENDPAY_STAFF_HINTS is for dev only")
	quiet, err := c.quiet()
	wrong.say(err == nil && quiet.From == quiet.Until, "FRIENDPAY_QUIET_HOURS is none in dev only: people sleep")
	wrong.say(c.SMSKey == "", "FRIENDPAY_SMS_KEY is missing: the bearer key that the gateway gave you")
	wrong.say(!strings.HasPrefix(c.SMSURL, "https://"), "FRIENDPAY_SMS_URL begins with https://")
}

func (c Config) checkKeys(wrong *complaints) {
	wrong.say(!isKey(c.VaultIndexKey), "FRIENDPAY_VAULT_INDEX_KEY is 32 bytes in base64")
	wrong.say(!areVaultKeys(c.VaultKeys), "FRIENDPAY_VAULT_KEYS is id:base64 of 32 bytes, at least one")
	wrong.say(!areSeeds(c.BuyerKeys), "FRIENDPAY_BUYER_KEYS is id:base64 of 32 bytes, at least one")
	wrong.say(!areSeeds(c.PayerKeys), "FRIENDPAY_PAYER_KEYS is id:base64 of 32 bytes, at least one")
	wrong.say(!areSeeds(c.StaffKeys), "FRIENDPAY_STAFF_KEYS is id:base64 of 32 bytes, at least one")
	wrong.say(len(c.LinkKeys) == 0, "FRIENDPAY_LINK_KEYS is missing")
	wrong.say(slices.ContainsFunc(c.LinkKeys, func(key string) bool { return !isKey(key) }),
		"each of FRIENDPAY_LINK_KEYS is 32 bytes in base64")
}

// statementsAt is how long after midnight in Shanghai the books are compared.
func (c Config) statementsAt() (time.Duration, error) {
	at, err := time.Parse("15:04", c.StatementsAt)
	return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, err
}

// isAddress says that paths may be appended to it.
func isAddress(text string) bool {
	at, err := url.Parse(text)
	return err == nil && at.Host != "" && (at.Scheme == "http" || at.Scheme == "https") &&
		at.User == nil && at.Path == "" && at.RawQuery == "" && at.Fragment == ""
}

func areVaultKeys(text string) bool {
	keys, err := vault.ParseKeys(text)
	if err != nil {
		return false
	}
	_, err = vault.New(make([]byte, vault.KeySize), keys...)
	return err == nil
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
