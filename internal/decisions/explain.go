package decisions

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/friendpay/friendpay/internal/catalogue"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// Rows is what explaining reads.
type Rows interface {
	catalogue.Rows
	Request(ctx context.Context, id string) (models.Request, error)
	Decisions(ctx context.Context, filter store.DecisionFilter) ([]store.Decision, error)
	CatalogueAsOf(ctx context.Context, at time.Time) (int64, error)
}

// Question asks what somebody saw: about a request or an order, at a time.
type Question struct {
	Request, Order string    // one of them
	Side           string    // empty: whichever was told last
	At             time.Time // zero: the newest
}

// Explanation is what was told then, whether it comes out the same again, and what the
// catalogue of that very moment would have said.
type Explanation struct {
	Stored store.Decision `json:"stored"`
	// Shown is what was told, and Again what comes of the stored facts under the catalogue of
	// then and the rules of this binary.
	Shown policy.Decision `json:"shown"`
	Again policy.Decision `json:"again"`
	// Same says that Again is Shown, bit for bit, and that neither was tampered with.
	Same bool `json:"same"`
	// OtherRules says that the rules have changed since: the only honest reason for Same to be false.
	OtherRules bool `json:"other_rules"`
	// Reconstructed is for the moment asked for: nobody was told so by a POST, but a page
	// that was only looked at showed it. nil when no moment was asked for.
	Reconstructed *Reconstruction `json:"reconstructed,omitempty"`
	// Internal are notes for staff by channel, never shown to a buyer or friend.
	Internal map[string][]string `json:"internal,omitempty"`
}

// Reconstruction is what would have been shown at a moment.
type Reconstruction struct {
	At        time.Time       `json:"at"`
	Catalogue int64           `json:"catalogue_version"`
	Decision  policy.Decision `json:"decision"`
}

// Explain finds the decision that was stored last before the moment, and takes it again.
// Not_found "unknown_decision" when none is kept.
func Explain(ctx context.Context, rows Rows, q Question) (Explanation, error) {
	filter := store.DecisionFilter{Order: q.Order, Request: q.Request, Side: q.Side, Until: q.At, Limit: 1}
	if q.Request != "" {
		request, err := rows.Request(ctx, q.Request)
		if err != nil {
			return Explanation{}, err
		}
		filter.Order = request.Order
	}
	found, err := rows.Decisions(ctx, filter)
	if err != nil {
		return Explanation{}, err
	}
	if len(found) == 0 {
		return Explanation{}, models.Refuse(models.NotFound, "unknown_decision",
			"Nothing was told about that until then, or it is forgotten.")
	}
	e, facts, err := retake(ctx, rows, found[0])
	if err != nil {
		return Explanation{}, err
	}
	version := found[0].Catalogue
	if !q.At.IsZero() {
		if version, err = rows.CatalogueAsOf(ctx, q.At); err != nil {
			return Explanation{}, err
		}
		if facts.Catalogue, err = catalogue.At(ctx, rows, version); err != nil {
			return Explanation{}, err
		}
		facts.Now = q.At
		e.Reconstructed = &Reconstruction{At: q.At, Catalogue: version, Decision: policy.Decide(facts)}
	}
	e.Internal, err = internal(ctx, rows, facts.App, version)
	return e, err
}

// retake decides once more from what was stored.
func retake(ctx context.Context, rows catalogue.Rows, d store.Decision) (Explanation, policy.Facts, error) {
	e, facts := Explanation{Stored: d, OtherRules: d.Rules != policy.RuleSet()}, policy.Facts{}
	if err := json.Unmarshal(d.Facts, &facts); err != nil {
		return e, facts, fmt.Errorf("read the facts: %w", err)
	}
	if err := json.Unmarshal(d.Outcome, &e.Shown); err != nil {
		return e, facts, fmt.Errorf("read the decision: %w", err)
	}
	then, err := catalogue.At(ctx, rows, d.Catalogue)
	if err != nil {
		return e, facts, err
	}
	facts.Catalogue = then
	e.Again = policy.Decide(facts)
	again := d
	if again.Outcome, err = json.Marshal(e.Again); err != nil {
		return e, facts, fmt.Errorf("write the decision: %w", err)
	}
	kept, err := digest(d)
	if err != nil {
		return e, facts, err
	}
	taken, err := digest(again)
	e.Same = bytes.Equal(kept, d.Digest) && bytes.Equal(taken, d.Digest)
	return e, facts, err
}

// internal is what the catalogue said of each channel for staff only: how far the app is
// with its provider, and how far it is released.
func internal(
	ctx context.Context, rows catalogue.Rows, app string, version int64,
) (map[string][]string, error) {
	entries, err := rows.CatalogueSince(ctx, 0, version)
	if err != nil {
		return nil, err
	}
	tables := policy.NewTables()
	for _, entry := range entries {
		if err := tables.Put(entry.Family, entry.Key, entry.Body); err != nil {
			return nil, fmt.Errorf("catalogue version %d: %w", entry.Version, err)
		}
	}
	notes := map[string][]string{}
	for _, row := range tables.Onboarding {
		if row.App == app {
			notes[row.Channel] = append(notes[row.Channel], fmt.Sprintf("onboarding %q on surface %q since %s: %s",
				row.State, row.Surface, row.Since.UTC().Format(time.DateOnly), row.Note))
		}
	}
	for _, row := range tables.Rollouts {
		if row.App == "" || row.App == app {
			notes[row.Channel] = append(notes[row.Channel], fmt.Sprintf(
				"release of %s is %q, %d of 10000, killed: %t; ask %s",
				row.Feature, row.State, row.BasisPoints, row.Killed, row.Owner))
		}
	}
	for _, list := range notes {
		slices.Sort(list)
	}
	return notes, nil
}
