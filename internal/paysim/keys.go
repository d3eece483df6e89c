package paysim

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/friendpay/friendpay/internal/paysim/mockpay"
)

// keys is what keys.json in the state folder holds, readable by its owner only.
type keys struct {
	Accounts []mockpay.Account `json:"mockpay_accounts"`
	SMSKey   string            `json:"sms_key"`
}

// loadKeys takes given keys, else those of an earlier run, else makes new ones.
// Made ones are written down before they are used.
func loadKeys(options Options) (keys, error) {
	k, path := keys{}, filepath.Join(options.StateDir, "keys.json")
	if options.StateDir != "" {
		if err := readKeys(path, &k); err != nil {
			return keys{}, err
		}
	}
	before := len(k.Accounts) > 0 && k.SMSKey != ""
	if len(options.Accounts) > 0 {
		k.Accounts = options.Accounts
	}
	if options.SMSKey != "" {
		k.SMSKey = options.SMSKey
	}
	if len(k.Accounts) == 0 {
		k.Accounts = []mockpay.Account{mockpay.NewAccount("友付演示商店", "app-demo", "m-demo")}
	}
	if k.SMSKey == "" {
		k.SMSKey = "sms_" + rand.Text()
	}
	if options.StateDir == "" || before {
		return k, nil
	}
	return k, writeKeys(path, k)
}

func readKeys(path string, into *keys) error {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("keys in %s: %w", path, err)
	}
	return nil
}

// writeKeys replaces the file whole, so that a crash leaves the old or the new.
func writeKeys(path string, k keys) error {
	text, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if err := os.WriteFile(path+".new", append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}
