package effects

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// Order is what somebody wants changed.
type Order struct {
	By      store.By
	Changes []store.Change
	DryRun  bool // look only
	Force   bool // even though open requests are left without any way to pay, or cost less than half
	Now     time.Time
	// Accounts are asked what their providers can do; nil: nobody is asked.
	Accounts Accounts
}

// Outcome is what was changed, or would have been, and what that does.
type Outcome struct {
	Saved  bool
	Lines  []store.CatalogueEntry // of the history; none where everything stood as wanted
	Effect Report
}

// Change tries the changes on open requests and then saves them, all or none. A change that
// leaves an open request without any way to pay is the conflict "strands_requests", one that
// takes off more than half of its price "deep_discount", unless it is forced. With DryRun
// everything happens but the saving: whatever would be refused is.
func Change(ctx context.Context, rows *store.Store, order Order) (out Outcome, err error) {
	do := func(tx *store.Store) error {
		if out.Lines, err = tx.ChangeRows(ctx, order.By, order.Changes); err != nil || len(out.Lines) == 0 {
			return err
		}
		if err := understood(ctx, tx, order.Accounts, out.Lines); err != nil {
			return err
		}
		if out.Effect, err = effect(ctx, tx, out.Lines, order.Now); err != nil {
			return err
		}
		if n := len(out.Effect.Stranded); n > 0 && !order.DryRun && !order.Force {
			return stranded(n, out.Effect.Stranded[0])
		}
		if n := len(out.Effect.Deep); n > 0 && !order.DryRun && !order.Force {
			return deepDiscount(n, out.Effect.Deep[0])
		}
		return nil
	}
	out.Effect = nothing(0)
	if order.DryRun {
		return out, rows.Unsaved(ctx, do)
	}
	if err := rows.WithTx(ctx, do); err != nil {
		return out, err
	}
	out.Saved = true
	return out, nil
}

func stranded(n int, first string) error {
	return unforced("strands_requests",
		strconv.Itoa(n)+" open requests would be left without any way to pay; one is "+first+".")
}

func deepDiscount(n int, first string) error {
	return unforced("deep_discount",
		strconv.Itoa(n)+" open requests would cost less than half of their price; one is "+first+".")
}

func unforced(reason, message string) error {
	refused := models.Refuse(models.Conflict, reason, message)
	refused.Field = "force"
	refused.Fix = "Look at the effect with dry_run; send force if it is meant."
	return refused
}

// effect compares the catalogue before the new lines with the one after them.
func effect(
	ctx context.Context, tx *store.Store, lines []store.CatalogueEntry, now time.Time,
) (Report, error) {
	base := lines[0].Version - 1
	entries, err := tx.CatalogueSince(ctx, 0, base)
	if err != nil {
		return Report{}, err
	}
	tables, err := put(policy.NewTables(), entries)
	if err != nil {
		return Report{}, err
	}
	before := policy.NewCatalogue(base, tables)
	if tables, err = put(tables, lines); err != nil {
		return Report{}, err
	}
	after := policy.NewCatalogue(lines[len(lines)-1].Version, tables)
	app, err := appOf(lines)
	if err != nil {
		return Report{}, err
	}
	var begins []time.Time
	for _, line := range lines {
		if line.Family == policy.Promotions && len(line.Body) > 0 {
			begins = append(begins, tables.Promotions[line.Key].Since)
		}
	}
	return compare(ctx, tx, app, now, change{before, after, momentsOf(now, begins)})
}

func put(tables policy.Tables, entries []store.CatalogueEntry) (policy.Tables, error) {
	for _, entry := range entries {
		if err := tables.Put(entry.Family, entry.Key, entry.Body); err != nil {
			return tables, fmt.Errorf("catalogue version %d: %w", entry.Version, err)
		}
	}
	return tables, nil
}

// appOf is the one app that all lines are about; "" when they are about several, or all.
func appOf(lines []store.CatalogueEntry) (app string, err error) {
	for i, line := range lines {
		var row struct {
			App string `json:"app_id"`
		}
		if len(line.Body) == 0 {
			return "", nil
		}
		if err := json.Unmarshal(line.Body, &row); err != nil {
			return "", fmt.Errorf("catalogue version %d: %w", line.Version, err)
		}
		if i > 0 && row.App != app {
			return "", nil
		}
		app = row.App
	}
	return app, nil
}
