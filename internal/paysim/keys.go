package paysim

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/friendpay/friendpay/internal/paysim/mockpay"
	"github.com/friendpay/friendpay/internal/paysim/oidc"
	"github.com/friendpay/friendpay/internal/paysim/unionpay"
	"github.com/friendpay/friendpay/internal/paysim/wechatpay"
)

// keys is what keys.json in the state folder holds, readable by its owner only.
type keys struct {
	Accounts []mockpay.Account   `json:"mockpay_accounts"`
	WeChat   []wechatpay.Account `json:"wechatpay_accounts"`
	UnionPay []unionpay.Account  `json:"unionpay_accounts"`
	OIDC     *oidc.Client        `json:"oidc_client"`
	SMSKey   string              `json:"sms_key"`
}

// demoMerchant is who sells in demos, at every provider.
const demoMerchant = "良品小店"

// passing are the WeChat Pay accounts of simulators in memory: keys that are
// kept nowhere may be shared, and take a while to make.
var passing = sync.OnceValues(demoWeChat)

func demoWeChat() (wechatpay.Account, error) {
	return wechatpay.NewAccount(demoMerchant, "wxdemo0000000001", "1900000109")
}

// passingUnionPay are those of UnionPay.
var passingUnionPay = sync.OnceValues(demoUnionPay)

func demoUnionPay() (unionpay.Account, error) {
	return unionpay.NewAccount(demoMerchant, "777290058110048")
}

// passingStaff is the client that staff log in to.
var passingStaff = sync.OnceValues(demoStaff)

func demoStaff() (oidc.Client, error) { return oidc.NewClient("friendpay-staff") }

// loadKeys takes given keys, else those of an earlier run, else makes new ones.
// Made ones are written down before they are used.
func loadKeys(options Options) (keys, error) {
	k, path := keys{}, filepath.Join(options.StateDir, "keys.json")
	if options.StateDir != "" {
		if err := readKeys(path, &k); err != nil {
			return keys{}, err
		}
	}
	before := len(k.Accounts) > 0 && len(k.WeChat) > 0 && len(k.UnionPay) > 0 &&
		k.OIDC != nil && k.SMSKey != ""
	if len(options.Accounts) > 0 {
		k.Accounts = options.Accounts
	}
	if len(options.WeChat) > 0 {
		k.WeChat = options.WeChat
	}
	if len(options.UnionPay) > 0 {
		k.UnionPay = options.UnionPay
	}
	if options.OIDC != nil {
		k.OIDC = options.OIDC
	}
	if options.SMSKey != "" {
		k.SMSKey = options.SMSKey
	}
	if err := k.complete(options.StateDir == ""); err != nil {
		return keys{}, err
	}
	if options.StateDir == "" || before {
		return k, nil
	}
	return k, writeKeys(path, k)
}

// complete makes what is missing; inMemory says that it will be kept nowhere.
func (k *keys) complete(inMemory bool) error {
	if len(k.Accounts) == 0 {
		k.Accounts = []mockpay.Account{mockpay.NewAccount(demoMerchant, "app-demo", "m-demo")}
	}
	if k.SMSKey == "" {
		k.SMSKey = "sms_" + rand.Text()
	}
	weChat, unionPay, staff := demoWeChat, demoUnionPay, demoStaff
	if inMemory {
		weChat, unionPay, staff = passing, passingUnionPay, passingStaff
	}
	if k.OIDC == nil {
		client, err := staff()
		if err != nil {
			return fmt.Errorf("keys: %w", err)
		}
		k.OIDC = &client
	}
	return errors.Join(one(&k.WeChat, weChat), one(&k.UnionPay, unionPay))
}

// one makes an account of a provider where there is none.
func one[A any](accounts *[]A, source func() (A, error)) error {
	if len(*accounts) > 0 {
		return nil
	}
	account, err := source()
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	*accounts = []A{account}
	return nil
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
