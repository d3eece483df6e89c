package local

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/friendpay/friendpay/api"
	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers/mockpay"
	"github.com/friendpay/friendpay/store"
)

// The demo merchant's ids.
const (
	DemoMerchant = house.DemoMerchant
	DemoApp      = house.DemoApp
	DemoChannel  = house.DemoChannel
	DemoAccount  = "acc_demo"
)

// Merchant is what the demo merchant knows of himself.
type Merchant struct {
	APIKey        string `json:"api_key"`
	WebhookSecret string `json:"webhook_secret"`
}

// secrets is what a house keeps beside its data, for its next start.
type secrets struct {
	Keys     map[string]string `json:"keys"`
	Merchant Merchant          `json:"merchant"`
}

// keys reads the house's secrets, or makes them when it starts for the first time.
func (h *House) keys() (map[string]string, error) {
	known, err := h.readSecrets()
	if errors.Is(err, fs.ErrNotExist) {
		known = secrets{Keys: house.FreshKeys(), Merchant: Merchant{
			APIKey:        "fpk_test_" + random(),
			WebhookSecret: "whsec_" + base64.StdEncoding.EncodeToString([]byte(random())),
		}}
		err = h.writeSecrets(known)
	}
	h.Demo = known.Merchant
	return known.Keys, err
}

func (h *House) secretsFile() string { return filepath.Join(h.options.Dir, "secrets.json") }

func (h *House) readSecrets() (secrets, error) {
	if h.options.Dir == "" {
		return secrets{}, fs.ErrNotExist
	}
	text, err := os.ReadFile(h.secretsFile())
	if err != nil {
		return secrets{}, err
	}
	var known secrets
	if err := json.Unmarshal(text, &known); err != nil {
		return secrets{}, fmt.Errorf("read the house's secrets: %w", err)
	}
	return known, nil
}

func (h *House) writeSecrets(known secrets) error {
	if h.options.Dir == "" {
		return nil
	}
	text, err := json.MarshalIndent(known, "", "  ")
	if err != nil {
		return fmt.Errorf("write the house's secrets: %w", err)
	}
	return os.WriteFile(h.secretsFile(), text, 0o600)
}

// random is 256 bits in base64url.
func random() string {
	bytes := make([]byte, 32)
	_, _ = rand.Read(bytes) // never fails: it ends the process instead
	return base64.RawURLEncoding.EncodeToString(bytes)
}

// seed writes the demo merchant, his app, key, account and channel.
func (h *House) seed(ctx context.Context) error {
	settings, err := h.accountSettings()
	if err != nil {
		return err
	}
	rails, err := h.rails()
	if err != nil {
		return err
	}
	accounts := []store.Account{{
		ID: DemoAccount, Provider: "mockpay", App: DemoApp, Settings: settings, State: store.AccountActive,
		FeeBasisPoints: 60,
	}}
	channels := []store.Channel{{
		ID: DemoChannel, App: DemoApp, Provider: "mockpay", Account: DemoAccount, Product: "wap", Kind: "wallet",
		NameZH: "模拟支付", NameEN: "Mockpay", Brand: "模拟支付", Position: 9, Enabled: true,
		Min: models.CNY(1), Max: models.CNY(5_000_000),
	}}
	for _, r := range rails {
		accounts, channels = append(accounts, r.row()), append(channels, r.channels()...)
	}
	hash := sha256.Sum256([]byte(h.Demo.APIKey))
	return h.Parts.Store.Seed(ctx, store.SeedData{
		Merchants: []store.Merchant{{ID: DemoMerchant, Name: "良品小店"}},
		Apps: []store.App{{
			ID: DemoApp, Merchant: DemoMerchant, Name: "良品小店 App", BuyerMayPayOwn: true,
			WebhookURL: h.options.WebhookURL, WebhookSecret: []byte(h.Demo.WebhookSecret), HookURL: h.options.HookURL,
			DefaultExpirySeconds: 30 * 60, DailyLimit: models.CNY(5_000_000), PaymentLimit: models.CNY(5_000_000),
			ReturnOrigins: []string{h.APIURL}, NameCheck: h.options.NameCheck,
		}},
		Keys: []store.APIKey{{
			Hash: hash[:], Merchant: DemoMerchant, Apps: []string{DemoApp}, Mode: "test",
			Scopes: api.Scopes,
		}},
		Accounts: accounts, Channels: channels,
	})
}

func (h *House) accountSettings() ([]byte, error) {
	sim := h.Sim.Accounts()[0]
	settings, err := json.Marshal(mockpay.Settings{ //nolint:gosec // sealed in the account's row
		BaseURL: h.simRoad, AppID: sim.AppID, Merchant: sim.Merchant, KeyID: sim.KeyID,
		Secret: sim.Secret, CallbackSecret: sim.CallbackSecret,
	})
	if err != nil {
		return nil, fmt.Errorf("write the demo account: %w", err)
	}
	return settings, nil
}
