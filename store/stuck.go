package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/reasons"
	"github.com/friendpay/friendpay/models"
)

// StuckRow is something that waits for longer than it should, and why. The words for it are in
// package reasons.
type StuckRow struct {
	Request     string           `json:"request"` // empty for what belongs to none
	App         string           `json:"app"`     // empty for what belongs to none
	State       models.State     `json:"state"`
	Reason      reasons.Reason   `json:"reason"`
	Severity    reasons.Severity `json:"severity"`
	Subject     string           `json:"subject"` // the attempt, refund, event, message or case it is about
	Detail      string           `json:"detail"`  // a code: a failure, a kind of case
	Since       time.Time        `json:"since"`
	NextAt      time.Time        `json:"next_at,omitzero"` // when something happens by itself; zero: never
	Step        string           `json:"step"`             // the command that ends it; "": none of ours does
	StepSubject string           `json:"step_subject"`
}

// Say is why it is stuck, in a sentence.
func (r StuckRow) Say(language string) string { return reasons.Say(r.Reason, r.Detail, language) }

// StuckFilter narrows the list; empty fields do not.
type StuckFilter struct {
	Now      time.Time        // the caller's clock
	Speed    int64            // divides the windows of the law; 0: 1
	Reasons  []reasons.Reason // any of them
	App      string
	Severity reasons.Severity
	Age      time.Duration // at least so old
	Request  string        // what is about this one
	Cursor   string        // Page.Next of the page before
	Limit    int           // 1 to 500, 50 when 0
}

// StuckCount is how many wait for one reason.
type StuckCount struct {
	Reason reasons.Reason `json:"reason"`
	Count  int64          `json:"count"`
	Oldest time.Time      `json:"oldest"` // since when the one waits that has waited longest
}

const (
	stuckLimit = 50
	maxStuck   = 500
)

type stuckRecord struct {
	Request     string
	App         string
	State       models.State
	Reason      reasons.Reason
	Subject     string
	Detail      string
	Since       time.Time
	NextAt      time.Time `gorm:"serializer:moment"`
	StepSubject string
}

func (r stuckRecord) row() StuckRow {
	about, _ := reasons.Of(r.Reason)
	row := StuckRow{
		Request: r.Request, App: r.App, State: r.State, Reason: r.Reason, Severity: about.Severity,
		Subject: r.Subject, Detail: r.Detail, Since: r.Since, NextAt: r.NextAt,
		Step: reasons.Step(r.Reason, r.Detail), StepSubject: r.StepSubject,
	}
	if row.Step == "" || row.StepSubject == "" { // a callback may be about nothing of ours
		row.Step, row.StepSubject = "", ""
	}
	return row
}

// Stuck lists what waits for too long, longest first.
func (s *Store) Stuck(ctx context.Context, filter StuckFilter) (Page[StuckRow], error) {
	limit := min(filter.Limit, maxStuck)
	if limit <= 0 {
		limit = stuckLimit
	}
	after, err := readPlace(filter.Cursor)
	if err != nil {
		return Page[StuckRow]{}, err
	}
	query, about, err := s.stuckQuery(ctx, filter)
	if err != nil || query == "" {
		return Page[StuckRow]{}, err
	}
	about["after_since"], about["after_key"], about["limit"] = after.since, after.key, limit+1
	var records []stuckRecord
	if err := s.read(ctx, &records, "SELECT * FROM ("+query+`) stuck
		WHERE (since, `+stuckKey+`) > (@after_since, @after_key)
		ORDER BY since, `+stuckKey+" LIMIT @limit", about); err != nil {
		return Page[StuckRow]{}, failed("list stuck", err)
	}
	rows := make([]StuckRow, len(records))
	for i, record := range records {
		rows[i] = record.row()
	}
	return paged(rows, limit, func(r StuckRow) string { return placeOf(r).String() }), nil
}

// StuckCounts counts what waits by reason, in the order of package reasons; none is left out.
func (s *Store) StuckCounts(ctx context.Context, filter StuckFilter) ([]StuckCount, error) {
	query, about, err := s.stuckQuery(ctx, filter)
	if err != nil || query == "" {
		return []StuckCount{}, err
	}
	var found []StuckCount
	err = s.read(ctx, &found, "SELECT reason, count(*) AS count, min(since) AS oldest FROM ("+query+
		") stuck GROUP BY reason", about)
	counts := []StuckCount{}
	for _, known := range reasons.All() {
		for _, count := range found {
			if count.Reason == known.Reason {
				counts = append(counts, count)
			}
		}
	}
	return counts, failed("count stuck", err)
}

// stuckQuery is the union of the queries that may find what the filter wants; "" when none may.
func (s *Store) stuckQuery(ctx context.Context, filter StuckFilter) (string, map[string]any, error) {
	wanted := filter.Reasons
	if len(wanted) == 0 {
		wanted = reasons.OfSeverity("")
	}
	if filter.Severity != "" {
		same := reasons.OfSeverity(filter.Severity)
		wanted = slices.DeleteFunc(slices.Clone(wanted), func(r reasons.Reason) bool {
			return !slices.Contains(same, r)
		})
	}
	kept, err := s.keptTables(ctx)
	if err != nil {
		return "", nil, failed("list stuck", err)
	}
	parts := []string{stuckHead}
	for _, q := range stuck {
		one := func(r reasons.Reason) bool { return slices.Contains(wanted, r) }
		if slices.ContainsFunc(q.finds, one) && (q.table == "" || slices.Contains(kept, q.table)) {
			parts = append(parts, q.sql)
		}
	}
	if len(parts) == 1 {
		return "", nil, nil
	}
	about := windows(filter)
	texts := make([]string, len(wanted))
	for i, r := range wanted {
		texts[i] = string(r)
	}
	about["reasons"] = textArray(texts)
	narrowed := []string{"reason = ANY(@reasons)"}
	for column, value := range map[string]string{"app": filter.App, "request": filter.Request} {
		if value != "" {
			narrowed = append(narrowed, column+" = @"+column)
			about[column] = value
		}
	}
	if filter.Age > 0 {
		narrowed = append(narrowed, "since <= @old")
		about["old"] = filter.Now.UTC().Add(-filter.Age)
	}
	query := "SELECT * FROM (" + strings.Join(parts, " UNION ALL ") + ") found" +
		" WHERE " + strings.Join(narrowed, " AND ")
	return query, about, nil
}

// keptTables are those of the tables of later parts that exist: an older schema lists the rest.
func (s *Store) keptTables(ctx context.Context) (kept []string, err error) {
	var later []string
	for _, q := range stuck {
		if q.table != "" {
			later = append(later, q.table)
		}
	}
	err = s.read(ctx, &kept, "SELECT t FROM unnest(CAST(? AS text[])) t WHERE to_regclass(t) IS NOT NULL",
		textArray(later))
	return kept, err
}
