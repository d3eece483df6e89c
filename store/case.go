package store

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
)

// Case is work for a human.
type Case struct {
	ID         string `gorm:"primaryKey"` // cas_…
	Request    string `gorm:"column:request_id"`
	Kind       models.CaseKind
	Attempt    string
	Refund     string
	Provider   string
	Account    string
	Day        string    // of the statement that it is about, 2006-01-02
	Invite     string    // the link that a friend reported
	Detail     string    // a sentence, without personal data
	Owner      string    // "staff:anna"; empty: nobody yet
	OpenedAt   time.Time `gorm:"->"`
	DueAt      time.Time
	ClosedAt   time.Time `gorm:"serializer:moment"`
	ClosedBy   string
	Resolution string
}

// CaseFilter narrows a list of cases; empty fields do not.
type CaseFilter struct {
	Request string
	Kind    models.CaseKind
	Owner   string // "staff:anna"
	Closed  bool   // closed ones too
	Cursor  string // Page.Next of the page before
	Limit   int    // 1 to 100, 20 when 0
}

// deadlines are how soon a human must have looked at a case.
var deadlines = map[models.CaseKind]time.Duration{
	models.CaseMismatch: 24 * time.Hour,
	models.CaseRiskHold: 24 * time.Hour,
	models.CaseSilence:  4 * time.Hour,
	models.CaseRefund:   24 * time.Hour,
	models.CaseOrphan:   24 * time.Hour,
	models.CaseReported: 4 * time.Hour,
	models.CaseShipment: 4 * time.Hour,

	models.CaseUnbilled:    24 * time.Hour,
	models.CaseStatement:   24 * time.Hour,
	models.CaseNoStatement: 24 * time.Hour,

	models.CaseSurface: 4 * time.Hour,
}

type caseRecord struct {
	Case    `gorm:"embedded"`
	Version int64 // of the step that opened it; 0: no step did
}

func (caseRecord) TableName() string { return "cases" }

// TableName is GORM's.
func (Case) TableName() string { return "cases" }

// fileCases opens the cases that the transitions of a step ask for.
func (s *Store) fileCases(ctx context.Context, step models.Step) error {
	for _, t := range step.Transitions {
		if t.Case == "" {
			continue
		}
		a := suspect(step.Request, t)
		record := caseRecord{Version: step.Request.Version, Case: Case{
			ID: mint.ID(mint.Case), Request: step.Request.ID, Kind: t.Case, Attempt: a.Number, Refund: t.Refund,
			Provider: a.Provider, Account: a.Account, Detail: t.Reason, DueAt: t.At.Add(deadlines[t.Case]),
		}}
		if err := s.openCase(ctx, record); err != nil {
			return err
		}
	}
	return nil
}

// suspect is the attempt that a case is about; when the provider is silent, the
// one that it is silent about.
func suspect(r models.Request, t models.Transition) models.Attempt {
	if i := slices.IndexFunc(r.Attempts, models.Attempt.Pending); t.Case == models.CaseSilence && i >= 0 {
		return r.Attempts[i]
	}
	return about(r, t)
}

func (s *Store) openCase(ctx context.Context, record caseRecord) error {
	return s.db.WithContext(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&record).Error
}

// OpenCase opens a case unless one is open for the same request, kind, attempt, refund,
// account, day and link; it returns the open one. DueAt is the kind's own when zero.
func (s *Store) OpenCase(ctx context.Context, opened Case) (Case, error) {
	opened.ID = mint.ID(mint.Case)
	opened.ClosedAt, opened.ClosedBy, opened.Resolution = time.Time{}, "", ""
	if opened.DueAt.IsZero() {
		opened.DueAt = s.db.NowFunc().Add(deadlines[opened.Kind])
	}
	if err := s.openCase(ctx, caseRecord{Case: opened}); err != nil {
		return Case{}, failed("open case", err)
	}
	open, err := gorm.G[Case](s.db).Where("request_id = ? AND kind = ? AND attempt = ? AND refund = ?",
		opened.Request, opened.Kind, opened.Attempt, opened.Refund).
		Where("account = ? AND day = ? AND invite = ?", opened.Account, opened.Day, opened.Invite).
		Where("closed_at IS NULL").Take(ctx)
	return open, missing("open case", "unknown_case", err)
}

// CloseCase closes an open case.
func (s *Store) CloseCase(ctx context.Context, id, by, resolution string) error {
	const end = `UPDATE cases SET closed_at = clock_timestamp(), closed_by = ?, resolution = ?
		WHERE id = ? AND closed_at IS NULL`
	rows, err := s.write(ctx, end, by, resolution, id)
	if err == nil && rows == 0 {
		return unknown("unknown_case")
	}
	return failed("close case", err)
}

// SettleCase closes what was open of that kind about a refund; none is no error.
func (s *Store) SettleCase(ctx context.Context, about Case, by, resolution string) error {
	const end = `UPDATE cases SET closed_at = clock_timestamp(), closed_by = ?, resolution = ?
		WHERE request_id = ? AND kind = ? AND attempt = ? AND refund = ? AND detail = ? AND closed_at IS NULL`
	_, err := s.write(ctx, end, by, resolution, about.Request, string(about.Kind), about.Attempt, about.Refund,
		about.Detail)
	return failed("settle case", err)
}

// Cases lists cases, newest first, open ones unless asked otherwise.
func (s *Store) Cases(ctx context.Context, filter CaseFilter) (Page[Case], error) {
	query := gorm.G[Case](s.db).Order("id DESC").Limit(limited(filter.Limit) + 1)
	if filter.Request != "" {
		query = query.Where("request_id = ?", filter.Request)
	}
	if filter.Kind != "" {
		query = query.Where("kind = ?", filter.Kind)
	}
	if filter.Owner != "" {
		query = query.Where("owner = ?", filter.Owner)
	}
	if !filter.Closed {
		query = query.Where("closed_at IS NULL")
	}
	if filter.Cursor != "" {
		query = query.Where("id < ?", filter.Cursor)
	}
	cases, err := query.Find(ctx)
	if err != nil {
		return Page[Case]{}, failed("list cases", err)
	}
	return paged(cases, limited(filter.Limit), func(c Case) string { return c.ID }), nil
}
