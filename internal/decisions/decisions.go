// Package decisions keeps what people were told about who may pay with what, and takes an
// old decision again, so that support can say what somebody saw and why.
package decisions

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// Keeper is where decisions are kept.
type Keeper interface {
	KeepDecision(ctx context.Context, decision store.Decision) error
}

// About says what a decision was about. Request, Invite and Payer are empty where there was
// none yet.
type About struct{ Side, Order, Request, Invite, Payer string }

// Keep stores what was decided, unless the same was told there last.
func Keep(ctx context.Context, in Keeper, about About, f policy.Facts, d policy.Decision) error {
	row, err := record(about, f, d)
	if err != nil {
		return err
	}
	return in.KeepDecision(ctx, row)
}

func record(about About, f policy.Facts, d policy.Decision) (store.Decision, error) {
	facts, err := json.Marshal(f)
	if err != nil {
		return store.Decision{}, fmt.Errorf("write the facts: %w", err)
	}
	outcome, err := json.Marshal(d)
	if err != nil {
		return store.Decision{}, fmt.Errorf("write the decision: %w", err)
	}
	row := store.Decision{
		ID: mint.ID(mint.Decision), Side: about.Side, Order: about.Order, Request: about.Request,
		Invite: about.Invite, Payer: about.Payer, Surface: f.Surface, At: f.Now.UTC(), Rules: policy.RuleSet(),
		Facts: facts, Outcome: outcome,
	}
	if f.Catalogue != nil {
		row.Catalogue = f.Catalogue.Version
	}
	row.Digest, err = digest(row)
	return row, err
}

// digest is over everything that a decision was taken from and came to, but for the moment:
// a page that is looked at twice shows the same.
func digest(d store.Decision) ([]byte, error) {
	facts, err := plain(d.Facts)
	if err != nil {
		return nil, err
	}
	if fields, ok := facts.(map[string]any); ok {
		delete(fields, "now")
	}
	outcome, err := plain(d.Outcome)
	if err != nil {
		return nil, err
	}
	whole, err := json.Marshal([]any{d.Side, d.Catalogue, d.Rules, facts, outcome})
	if err != nil {
		return nil, fmt.Errorf("digest: %w", err)
	}
	sum := sha256.Sum256(whole)
	return sum[:], nil
}

// plain reads JSON so that written again it is the same however its members were ordered.
func plain(text json.RawMessage) (value any, err error) {
	reader := json.NewDecoder(bytes.NewReader(text))
	reader.UseNumber()
	if err := reader.Decode(&value); err != nil {
		return nil, fmt.Errorf("read a stored decision: %w", err)
	}
	return value, nil
}
