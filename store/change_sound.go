package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/friendpay/friendpay/policy"
)

// sound judges a row as it now stands against what it was before (nil: not there): the
// table's own rules have let it pass, and know neither the words nor whose account it is.
// What stood so already is let be: a slip of old must not keep anybody from a switch.
func (s *Store) sound(ctx context.Context, of shape, was, is []byte) error {
	before, after := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	if len(was) > 0 {
		if err := json.Unmarshal(was, &before); err != nil {
			return fmt.Errorf("read the row: %w", err)
		}
	}
	if err := json.Unmarshal(is, &after); err != nil {
		return fmt.Errorf("read the row: %w", err)
	}
	turned := func(fields ...string) bool {
		for _, field := range fields {
			if !bytes.Equal(before[field], after[field]) {
				return true
			}
		}
		return false
	}
	if err := wellWorded(of.table, after, turned); err != nil || of.table != policy.Channels {
		return err
	}
	var c Channel
	if err := json.Unmarshal(is, &c); err != nil {
		return fmt.Errorf("read the channel: %w", err)
	}
	if c.Enabled || turned("account_id", "provider", "kind") {
		return s.ownAccount(ctx, c)
	}
	return nil
}

// ownAccount refuses a channel through which money would go to another seller, or to a
// provider that does not know the account. Only a mere way to ask needs none.
func (s *Store) ownAccount(ctx context.Context, c Channel) error {
	if c.Account == "" {
		if c.Kind == policy.KindAsk {
			return nil
		}
		return wrongField("account_id", "missing_field",
			"Money has to go somewhere: this channel names no account.",
			"Name an account of the app; only a channel of the kind ask needs none.")
	}
	const query = "SELECT EXISTS (SELECT FROM provider_accounts WHERE id = ? AND app_id = ? AND provider = ?)"
	var own bool
	if err := s.read(ctx, &own, query, c.Account, c.App, c.Provider); err != nil || own {
		return err
	}
	return wrongField("account_id", "foreign_account",
		"This account is another app's, or one at another provider.",
		"Name an account of the channel's own app at the channel's own provider.")
}
