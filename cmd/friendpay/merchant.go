package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/api"
	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// merchantFile is what an operator writes about one merchant with one app.
type merchantFile struct {
	ID      string `json:"id"` // mer_…
	Name    string `json:"name"`
	App     string `json:"app"` // app_…
	AppName string `json:"app_name"`
	Webhook string `json:"webhook_url"` // empty: none wanted
	Hook    string `json:"hook_url"`    // empty: our order row decides
	Expiry  int64  `json:"default_expiry_seconds"`
	MaxFen  int64  `json:"payment_limit_fen"` // per payment; 0: none
	DayFen  int64  `json:"daily_limit_fen"`   // per payer; 0: none
	Mode    string `json:"mode"`              // test or live
	Check   string `json:"name_check"`        // always: friends say first who asks; empty: never

	Accounts []accountFile `json:"accounts"`
	Channels []channelFile `json:"channels"`
}

type accountFile struct {
	ID       string `json:"id"` // acc_…
	Provider string `json:"provider"`
	// Fee is what the provider keeps of an amount; 0: not known, and fees are not judged.
	Fee      int64           `json:"fee_basis_points"`
	Settings json.RawMessage `json:"settings"` // as the provider's adapter wants them
}

type channelFile struct {
	ID       string   `json:"id"`
	Account  string   `json:"account"`
	Provider string   `json:"provider"`
	Product  string   `json:"product"`
	Kind     string   `json:"kind"`
	NameZH   string   `json:"name_zh"`
	NameEN   string   `json:"name_en"`
	Brand    string   `json:"brand"` // what the payer sees at the till; empty: name_zh
	MinFen   int64    `json:"min_fen"`
	MaxFen   int64    `json:"max_fen"`
	Close    int64    `json:"min_close_seconds"`
	Surfaces []string `json:"surfaces"` // what a link must be open in; empty: anything
}

// merchantExample is a whole merchant, to be changed: amounts are in fen.
const merchantExample = `  friendpay merchant add - <<'END'
  {"id": "mer_tea", "name": "Tea House", "app": "app_tea", "app_name": "Tea House App", "mode": "test",
   "default_expiry_seconds": 1800, "accounts": [{"id": "acc_tea", "provider": "mockpay",
     "fee_basis_points": 60, "settings": {
       "base_url": "http://127.0.0.1:8399", "app_id": "...", "merchant": "...", "key_id": "...",
       "secret": "...", "callback_secret": "..."}}],
   "channels": [{"id": "mockpay", "account": "acc_tea", "provider": "mockpay", "product": "wap",
     "kind": "wallet", "name_zh": "模拟支付", "name_en": "Mockpay", "min_fen": 1, "max_fen": 5000000}]}
  END`

func merchantCommand() *cobra.Command {
	var fresh bool
	command := &cobra.Command{
		Use: "add FILE", Short: "Write a merchant, his app, accounts and channels from a JSON file (- for stdin)",
		Long: "Prints a fresh API key and webhook secret, once: only the key's hash is kept. Adding a merchant\n" +
			"again writes over what is there, and leaves key and secret as they are.",
		Example: merchantExample, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := readMerchant(args[0], cmd.InOrStdin())
			if err != nil {
				return err
			}
			config, err := settings()
			if err != nil {
				return err
			}
			if err := file.leadsOutside(config); err != nil {
				return err
			}
			return withStore(cmd, func(ctx context.Context, s *store.Store) error {
				return add(ctx, cmd.OutOrStdout(), s, file, fresh)
			})
		},
	}
	command.Flags().BoolVar(&fresh, "new-keys", false, "make a new API key and webhook secret for a known app")
	return group("merchant", "Register merchants, and see to their keys, endpoints and hooks", command,
		merchantKeyCommand(), merchantEndpointCommand(), hookCommand())
}

// add writes the merchant. Secrets are made for a new app, or when asked for: the
// merchant's server must not fall silent because an account's key was changed.
func add(ctx context.Context, out io.Writer, s *store.Store, file merchantFile, fresh bool) error {
	if err := file.keepsSellers(ctx, s); err != nil {
		return err
	}
	known, err := s.App(ctx, file.App)
	if err != nil && models.CodeOf(err) != models.NotFound {
		return err
	}
	if err == nil && !fresh {
		if err := s.Seed(ctx, file.seed(string(known.WebhookSecret))); err != nil {
			return err
		}
		_, err := fmt.Fprintln(out, "written; API keys and webhook secret stay (--new-keys makes new ones)")
		return err
	}
	key, row := api.NewKey(store.APIKey{
		Merchant: file.ID, Apps: []string{file.App}, Mode: file.Mode, Scopes: api.Scopes,
	})
	secret := api.NewWebhookSecret()
	if err := s.Seed(ctx, file.seed(secret, row)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "api_key=%s\nwebhook_secret=%s\n", key, secret)
	return err
}

func readMerchant(path string, in io.Reader) (merchantFile, error) {
	if path != "-" {
		opened, err := os.Open(path)
		if err != nil {
			return merchantFile{}, fmt.Errorf("read the merchant: %w", err)
		}
		defer opened.Close()
		in = opened
	}
	decoder := json.NewDecoder(io.LimitReader(in, 1<<20))
	decoder.DisallowUnknownFields()
	var file merchantFile
	if err := decoder.Decode(&file); err != nil {
		return file, usageError{fmt.Errorf("read the merchant: %w", err)}
	}
	if file.ID == "" || file.App == "" || file.Expiry < 60 || file.Mode != "test" && file.Mode != "live" {
		return file, usageError{
			errors.New("a merchant has id, app, mode (test or live) and default_expiry_seconds from 60"),
		}
	}
	return file, file.check()
}

// leadsOutside refuses addresses that production would never call.
func (f merchantFile) leadsOutside(config house.Config) error {
	for name, address := range map[string]string{"webhook_url": f.Webhook, "hook_url": f.Hook} {
		if err := config.CheckWebhook(address); err != nil {
			return usageError{fmt.Errorf("%s: %w", name, err)}
		}
	}
	return nil
}

// seed is the file as rows, with fresh keys if there are any.
func (f merchantFile) seed(secret string, keys ...store.APIKey) store.SeedData {
	data := store.SeedData{
		Merchants: []store.Merchant{{ID: f.ID, Name: f.Name}}, Keys: keys,
		Apps: []store.App{{
			ID: f.App, Merchant: f.ID, Name: f.AppName, Mode: store.Mode(f.Mode),
			WebhookURL: f.Webhook, HookURL: f.Hook,
			WebhookSecret: []byte(secret), DefaultExpirySeconds: f.Expiry,
			PaymentLimit: models.CNY(f.MaxFen), DailyLimit: models.CNY(f.DayFen),
			NameCheck: store.NameCheck(f.Check),
		}},
	}
	for _, a := range f.Accounts {
		data.Accounts = append(data.Accounts, store.Account{
			ID: a.ID, Provider: a.Provider, App: f.App, Settings: a.Settings, State: store.AccountActive,
			FeeBasisPoints: a.Fee,
		})
	}
	for i, c := range f.Channels {
		data.Channels = append(data.Channels, store.Channel{
			ID: c.ID, App: f.App, Provider: c.Provider, Account: c.Account, Product: c.Product, Kind: c.Kind,
			NameZH: c.NameZH, NameEN: c.NameEN, Brand: c.Brand, Position: i + 1,
			Min: models.CNY(c.MinFen), Max: models.CNY(c.MaxFen), MinCloseSeconds: c.Close,
			Surfaces: c.Surfaces, Enabled: true,
		})
	}
	return data
}
