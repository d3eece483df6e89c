// Package reconcile compares one day of a provider's account with our books: it reads the
// provider's own file, finds what does not fit, and lets each finding go where it belongs.
// The work is sets in the database: what is in memory at a time does not grow with the file.
package reconcile

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// Store is what a comparison needs of the database.
type Store interface {
	StageStatement(
		ctx context.Context, about models.StatementDay, entries iter.Seq2[providers.Entry, error], beat func(),
	) (store.Reading, error)
	StatementWaits(ctx context.Context, about models.StatementDay, reason string) error
	CompareStatement(ctx context.Context, reading store.Reading, beat func()) (store.Tally, error)
	FindMissing(
		ctx context.Context, reading store.Reading, until time.Time, final bool, beat func(),
	) (int64, error)
	HealFindings(ctx context.Context, about models.StatementDay) (int64, error)
	RouteFindings(ctx context.Context, account string, beat func()) error
	FinishStatement(
		ctx context.Context, reading store.Reading, tally store.Tally, over bool, read time.Time,
	) error
}

// Accounts opens the adapter of a merchant's account at a provider.
type Accounts interface {
	Open(ctx context.Context, provider, account string) (providers.Adapter, error)
}

// Books compares statements with the books.
type Books struct {
	Store    Store
	Accounts Accounts
	Clock    func() time.Time
}

// Job is one comparison.
type Job struct {
	models.StatementDay
	// Final takes what is missing for missing at once, near midnight too, without waiting
	// for the neighbour's file.
	Final bool
	Beat  func() // called after each piece of work; nil: nobody listens
}

// Outcome says what one comparison changed. Done again on the same file it is all zero.
type Outcome struct {
	Over   bool  `json:"over"`   // the day was over when its file was read
	Opened int64 `json:"opened"` // findings that were not open before
	Healed int64 `json:"healed"` // findings that are in order now
}

// Day compares one day. An error of the provider's comes back as it is, with its class;
// nothing of the file is kept then, and what an earlier reading found stays.
func (b *Books) Day(ctx context.Context, job Job) (Outcome, error) {
	if job.Beat == nil {
		job.Beat = func() {}
	}
	start, end, err := job.Span()
	if err != nil {
		return Outcome{}, models.Refuse(models.Invalid, "bad_day", "A day is written 2006-01-02.")
	}
	adapter, err := b.Accounts.Open(ctx, job.Provider, job.Account)
	if err != nil {
		return Outcome{}, fmt.Errorf("open provider account: %w", err)
	}
	read := b.Clock()
	reading, err := b.Store.StageStatement(ctx, job.StatementDay, adapter.Statement(ctx, start), job.Beat)
	if err != nil {
		return Outcome{}, b.wait(ctx, job, err)
	}
	return b.compare(ctx, job, reading, Outcome{Over: !read.Before(end)}, read)
}

// noteTime bounds the note about a file that was not to be had.
const noteTime = 5 * time.Second

// wait notes that there is no file yet, with the provider's own code.
func (b *Books) wait(ctx context.Context, job Job, cause error) error {
	var known *providers.Error
	if !errors.As(cause, &known) {
		return cause
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	reason := string(known.Class) + " " + known.Code
	return errors.Join(cause, b.Store.StatementWaits(ctx, job.StatementDay, reason))
}

func (b *Books) compare(
	ctx context.Context, job Job, reading store.Reading, out Outcome, read time.Time,
) (Outcome, error) {
	tally, err := b.Store.CompareStatement(ctx, reading, job.Beat)
	if err != nil {
		return out, err
	}
	out.Opened = tally.Opened
	missing, err := b.Store.FindMissing(ctx, reading, read, job.Final, job.Beat)
	if err != nil {
		return out, err
	}
	out.Opened += missing
	if out.Healed, err = b.Store.HealFindings(ctx, job.StatementDay); err != nil {
		return out, err
	}
	if err := b.Store.RouteFindings(ctx, job.Account, job.Beat); err != nil {
		return out, err
	}
	return out, b.Store.FinishStatement(ctx, reading, tally, out.Over, read)
}
