package policy

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// The families of the catalogue: each is a table, and named after it.
const (
	Channels   = "channels"
	Onboarding = "onboarding"
	Rollouts   = "rollouts"
	Surfaces   = "surfaces"
	Limits     = "pay_limits"
	Promotions = "promotions"
	Kinds      = "kinds"

	// What decisions do not look at: a catalogue holds no rows of these.
	BreakerRules = "breaker_rules"
	RiskRules    = "risk_rules"
)

// Families lists them all, in the order in which one may speak of another.
var Families = []string{Kinds, Channels, Onboarding, Rollouts, Surfaces, Limits, Promotions,
	BreakerRules, RiskRules}

// Tables are the rows of a catalogue by their keys, as the history writes them.
type Tables struct {
	Channels   map[string]Channel
	Onboarding map[string]OnboardingRow
	Rollouts   map[string]Rollout
	Surfaces   map[string]SurfaceRow
	Limits     map[string]Limit
	Promotions map[string]Promotion
	Kinds      map[string]KindRow
}

// NewTables are empty ones.
func NewTables() Tables {
	return Tables{
		Channels: map[string]Channel{}, Onboarding: map[string]OnboardingRow{}, Rollouts: map[string]Rollout{},
		Surfaces: map[string]SurfaceRow{}, Limits: map[string]Limit{}, Promotions: map[string]Promotion{},
		Kinds: map[string]KindRow{},
	}
}

// Put lets a row stand for its key; nil takes the row away. A family that this binary
// does not know, or that no decision looks at, is of no concern to it.
func (t Tables) Put(family, key string, row []byte) error {
	switch family {
	case Channels:
		return put(t.Channels, key, row)
	case Onboarding:
		return put(t.Onboarding, key, row)
	case Rollouts:
		return put(t.Rollouts, key, row)
	case Surfaces:
		return put(t.Surfaces, key, row)
	case Limits:
		return put(t.Limits, key, row)
	case Promotions:
		return put(t.Promotions, key, row)
	case Kinds:
		return put(t.Kinds, key, row)
	}
	return nil
}

func put[T any](rows map[string]T, key string, row []byte) error {
	if row == nil {
		delete(rows, key)
		return nil
	}
	var read T
	if err := json.Unmarshal(row, &read); err != nil {
		return fmt.Errorf("read row %s: %w", key, err)
	}
	rows[key] = read
	return nil
}

// Catalogue is all that operators have decided, at one version of its history. It never
// changes once it is made.
type Catalogue struct {
	Version    int64
	channels   map[string][]Channel // by app, in the order to show
	onboarding map[onboardingKey]OnboardingRow
	rollouts   map[rolloutKey]Rollout
	surfaces   map[surfaceKey][]SurfaceRow // the newest first
	limits     map[string][]Limit          // by app
	promotions map[string][]Promotion      // by app, in their order
	kinds      map[kindKey]KindRow
}

type (
	onboardingKey struct{ app, channel, surface string }
	rolloutKey    struct{ feature, channel, app string }
	surfaceKey    struct{ surface, provider, product string }
	kindKey       struct{ app, kind string }
)

// NewCatalogue arranges the rows for looking up.
func NewCatalogue(version int64, t Tables) *Catalogue {
	c := &Catalogue{Version: version}
	c.onboarding = named(t.Onboarding, func(_ string, r OnboardingRow) onboardingKey {
		return onboardingKey{r.App, r.Channel, r.Surface}
	})
	c.rollouts = named(t.Rollouts, func(_ string, r Rollout) rolloutKey {
		return rolloutKey{r.Feature, r.Channel, r.App}
	})
	c.kinds = named(t.Kinds, func(key string, _ KindRow) kindKey {
		app, kind, _ := strings.Cut(key, "/")
		return kindKey{app, kind}
	})
	c.channels = by(t.Channels, func(r Channel) string { return r.App }, func(a, b Channel) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	c.surfaces = by(t.Surfaces,
		func(r SurfaceRow) surfaceKey { return surfaceKey{r.Surface, r.Provider, r.Product} },
		func(a, b SurfaceRow) int { return b.Since.Compare(a.Since) })
	c.limits = by(t.Limits, func(r Limit) string { return r.App }, func(a, b Limit) int {
		return cmp.Or(cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Per, b.Per))
	})
	c.promotions = by(t.Promotions, func(r Promotion) string { return r.App }, func(a, b Promotion) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	return c
}

// by groups rows, each group in its order.
func by[K comparable, T any](rows map[string]T, group func(T) K, order func(a, b T) int) map[K][]T {
	groups := map[K][]T{}
	for _, row := range rows {
		groups[group(row)] = append(groups[group(row)], row)
	}
	for _, list := range groups {
		slices.SortFunc(list, order)
	}
	return groups
}

// named finds rows by what they are about.
func named[K comparable, T any](rows map[string]T, key func(string, T) K) map[K]T {
	found := make(map[K]T, len(rows))
	for name, row := range rows {
		found[key(name, row)] = row
	}
	return found
}

// ChannelsOf lists an app's channels in the order to show, disabled ones too.
func (c *Catalogue) ChannelsOf(app string) []Channel { return c.channels[app] }

// PromotionsOf lists an app's offers in the order in which they come off.
func (c *Catalogue) PromotionsOf(app string) []Promotion { return c.promotions[app] }

// Promotion is an app's offer of that id.
func (c *Catalogue) Promotion(app, id string) (Promotion, bool) {
	for _, p := range c.promotions[app] {
		if p.ID == id {
			return p, true
		}
	}
	return Promotion{}, false
}

// LimitsOf lists what bounds payments in an app.
func (c *Catalogue) LimitsOf(app string) []Limit { return c.limits[app] }
