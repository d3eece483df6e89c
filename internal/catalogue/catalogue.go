// Package catalogue keeps what operators decide at hand in every process, so that a
// decision costs no look into the database.
package catalogue

import (
	"context"
	"fmt"
	"math"
	"sync"
	"sync/atomic"

	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// Rows is where the catalogue is kept.
type Rows interface {
	CatalogueSince(ctx context.Context, after, upTo int64) ([]store.CatalogueEntry, error)
	CatalogueVersion(ctx context.Context) (int64, error)
}

// Holder has the newest catalogue that this process knows of.
type Holder struct {
	rows    Rows
	current atomic.Pointer[policy.Catalogue]

	reading sync.Mutex
	tables  policy.Tables
}

// New reads nothing yet: until the first Fresh or AtLeast the catalogue is empty.
func New(rows Rows) *Holder {
	h := &Holder{rows: rows, tables: policy.NewTables()}
	h.current.Store(policy.NewCatalogue(0, h.tables))
	return h
}

// Current is the catalogue as far as this process knows it; it costs nothing.
func (h *Holder) Current() *policy.Catalogue { return h.current.Load() }

// AtLeast is the catalogue at that version or a newer one. It is read only if this
// process is behind.
func (h *Holder) AtLeast(ctx context.Context, version int64) (*policy.Catalogue, error) {
	if known := h.Current(); known.Version >= version {
		return known, nil
	}
	h.reading.Lock()
	defer h.reading.Unlock()
	known := h.Current()
	if known.Version >= version {
		return known, nil // somebody was faster
	}
	entries, err := h.rows.CatalogueSince(ctx, known.Version, math.MaxInt64)
	if err != nil {
		return nil, err
	}
	newest := known.Version
	for _, e := range entries {
		if err := h.tables.Put(e.Family, e.Key, e.Body); err != nil {
			return nil, fmt.Errorf("catalogue version %d: %w", e.Version, err)
		}
		newest = max(newest, e.Version)
	}
	fresh := policy.NewCatalogue(newest, h.tables)
	h.current.Store(fresh)
	return fresh, nil
}

// Fresh is the newest catalogue there is: one small query, and the changes if there are any.
func (h *Holder) Fresh(ctx context.Context) (*policy.Catalogue, error) {
	version, err := h.rows.CatalogueVersion(ctx)
	if err != nil {
		return nil, err
	}
	return h.AtLeast(ctx, version)
}

// At is the catalogue as it stood at a version, to take an old decision again.
func At(ctx context.Context, rows Rows, version int64) (*policy.Catalogue, error) {
	entries, err := rows.CatalogueSince(ctx, 0, version)
	if err != nil {
		return nil, err
	}
	tables := policy.NewTables()
	for _, e := range entries {
		if err := tables.Put(e.Family, e.Key, e.Body); err != nil {
			return nil, fmt.Errorf("catalogue version %d: %w", e.Version, err)
		}
	}
	return policy.NewCatalogue(version, tables), nil
}
