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

	"github.com/friendpay/friendpay/internal/paysim/alipay"
	"github.com/friendpay/friendpay/internal/paysim/mockpay"
	"github.com/friendpay/friendpay/internal/paysim/oidc"
	"github.com/friendpay/friendpay/internal/paysim/unionpay"
	"github.com/friendpay/friendpay/internal/paysim/wechatpay"
)

// keys is what keys.json in the state folder holds, readable by its owner only.
type keys struct {
	Accounts []mockpay.Account   `json:"mockpay_accounts"`
	WeChat   []wechatpay.Account `json:"wechatpay_accounts"`
	Alipay   []alipay.Account    `json:"alipay_accounts"`
	UnionPay []unionpay.Account  `json:"unionpay_accounts"`
	OIDC     *oidc.Client        `json:"oidc_client"`
	SMSKey   string              `json:"sms_key"`
}

// demoMerchant is who sells in demos, at every provider.
const demoMerchant = "良品小店"

// What accounts simulators in memory share: keys that are kept nowhere may be
// shared, and take a while to make.
var (
	passingWeChat   = sync.OnceValues(demoWeChat)
	passingAlipay   = sync.OnceValues(demoAlipay)
	passingUnionPay = sync.OnceValues(demoUnionPay)
)

func demoWeChat() (wechatpay.Account, error) {
	return wechatpay.NewAccount(demoMerchant, "wxdemo0000000001", "1900000109")
}

func demoAlipay() (alipay.Account, error) {
	return alipay.NewAccount(demoMerchant, "2021000000000109", "2088000000000109")
}

func demoUnionPay() (unionpay.Account, error) {
	return unionpay.NewAccount(demoMerchant, "777290058110048")
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
	before := len(k.Accounts) > 0 && len(k.WeChat) > 0 && len(k.Alipay) > 0 && len(k.UnionPay) > 0 &&
		k.OIDC != nil && k.SMSKey != ""
	if len(options.Accounts) > 0 {
		k.Accounts = options.Accounts
	}
	if len(options.WeChat) > 0 {
		k.WeChat = options.WeChat
	}
	if len(options.Alipay) > 0 {
		k.Alipay = options.Alipay
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
	if k.OIDC == nil {
		client, err := oidc.NewClient("friendpay-staff")
		if err != nil {
			return fmt.Errorf("keys: %w", err)
		}
		k.OIDC = &client
	}
	weChat, ali, union := demoWeChat, demoAlipay, demoUnionPay
	if inMemory {
		weChat, ali, union = passingWeChat, passingAlipay, passingUnionPay
	}
	return errors.Join(complete(&k.WeChat, weChat), complete(&k.Alipay, ali), complete(&k.UnionPay, union))
}

// complete makes one account where there is none.
func complete[T any](list *[]T, source func() (T, error)) error {
	if len(*list) > 0 {
		return nil
	}
	account, err := source()
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	*list = []T{account}
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
