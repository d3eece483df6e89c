package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/catalogue"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// namedAtMost is how many places or breakers one line names.
const namedAtMost = 20

// surfacesOf names the surfaces that seem to block our links, and those that staff have
// shut: these are known, and nothing is ill about them.
func surfacesOf(ctx context.Context, rows *store.Store) finding {
	cases, err := rows.Cases(ctx, store.CaseFilter{Kind: models.CaseSurface, Limit: namedAtMost})
	if err != nil {
		return judge("surfaces", "", err)
	}
	known, err := catalogue.New(rows).Fresh(ctx)
	if err != nil {
		return judge("surfaces", "", err)
	}
	said := []string{}
	for _, c := range cases.Items {
		said = append(said, fmt.Sprintf("%s seems to block our links since %s: case %s", c.Account, c.Day, c.ID))
	}
	for _, shut := range known.ShutSurfaces(time.Now()) {
		said = append(said, "staff have shut "+shut)
	}
	if len(said) == 0 {
		said = []string{"none is blocked"}
	}
	f := judge("surfaces", strings.Join(said, "; "), nil)
	f.OK = len(cases.Items) == 0
	return f
}

// breakersOf names the ways to pay that are taken away because they fail.
func breakersOf(ctx context.Context, rows *store.Store) finding {
	open, err := rows.OpenBreakers(ctx, namedAtMost)
	said := []string{}
	for _, b := range open {
		where, how := "everywhere", "is taken away"
		if b.Surface != "" {
			where = "on " + b.Surface
		}
		if b.State == policy.BreakerHalfOpen {
			how = "is tried by one payer"
		}
		said = append(said, fmt.Sprintf("%s of %s %s %s since %s: %s",
			b.Channel, b.App, how, where, b.Since.UTC().Format(time.RFC3339), b.Reason))
	}
	if len(said) == 0 {
		said = []string{"none is open"}
	}
	f := judge("breakers", strings.Join(said, "; "), err)
	f.OK = f.OK && len(open) == 0
	return f
}

// modesOf names what does not work because test and live are apart: an upgrade makes an app live
// that a live key opens, whatever else it has.
func modesOf(ctx context.Context, rows *store.Store) finding {
	faults, err := rows.ModeFaults(ctx, namedAtMost)
	said := []string{}
	for _, fault := range faults {
		if fault.Account != "" {
			said = append(said, fmt.Sprintf("%s is live, and its account %s only simulates: nothing can be paid there",
				fault.App, fault.Account))
			continue
		}
		said = append(said, fmt.Sprintf("%s is %s, and %s is not: the key does not open it", fault.App, fault.Mode,
			fault.Key))
	}
	if len(said) == 0 {
		said = []string{"test and live are apart"}
	}
	f := judge("modes", strings.Join(said, "; "), err)
	f.OK = f.OK && len(faults) == 0
	return f
}
