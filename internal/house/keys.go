package house

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/internal/vault"
)

// FreshKeys makes the settings that hold secrets, for a house that has none yet:
// a development stack, a demo, a test.
func FreshKeys() map[string]string {
	return map[string]string{
		"FRIENDPAY_VAULT_INDEX_KEY": secret(),
		"FRIENDPAY_VAULT_KEYS":      "v1:" + secret(),
		"FRIENDPAY_LINK_KEYS":       secret(),
		"FRIENDPAY_BUYER_KEYS":      "b1:" + secret(),
		"FRIENDPAY_PAYER_KEYS":      "p1:" + secret(),
		"FRIENDPAY_STAFF_KEYS":      "s1:" + secret(),
	}
}

func secret() string {
	key := make([]byte, vault.KeySize)
	_, _ = rand.Read(key) // never fails: it ends the process instead
	return base64.StdEncoding.EncodeToString(key)
}

func (c Config) vault() (*vault.Vault, error) {
	index, err := base64.StdEncoding.DecodeString(c.VaultIndexKey)
	if err != nil {
		return nil, fmt.Errorf("vault index key: %w", err)
	}
	keys, err := vault.ParseKeys(c.VaultKeys)
	if err != nil {
		return nil, err
	}
	return vault.New(index, keys...)
}

// links derives the pepper of their hashes from the one key that never changes.
func (c Config) links(keys *vault.Vault) (*token.Links, error) {
	secrets := make([][]byte, len(c.LinkKeys))
	for i, key := range c.LinkKeys {
		var err error
		if secrets[i], err = base64.StdEncoding.DecodeString(key); err != nil {
			return nil, fmt.Errorf("link key: %w", err)
		}
	}
	return token.NewLinks(keys.Index("links"), secrets...)
}

func (c Config) tokens() (*token.Tokens, error) {
	options := token.Options{Issuer: c.PublicURL, Now: c.now, Keys: map[token.Audience][]token.Key{}}
	for audience, keys := range map[token.Audience][]string{
		token.Buyer: c.BuyerKeys, token.Payer: c.PayerKeys, token.Staff: c.StaffKeys,
	} {
		for _, key := range keys {
			id, encoded, _ := strings.Cut(key, ":")
			seed, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil {
				return nil, fmt.Errorf("%s key %s: %w", audience, id, err)
			}
			signing := token.Key{ID: id, Private: ed25519.NewKeyFromSeed(seed)}
			options.Keys[audience] = append(options.Keys[audience], signing)
		}
	}
	return token.New(options)
}
