package store

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/pressly/goose/v3"
	"gorm.io/gorm"
)

// Models are all that GORM reads or writes as a whole row.
var Models = []any{
	Merchant{}, appRecord{}, APIKey{}, accountRecord{}, Channel{}, Order{}, requestRecord{},
	transitionRecord{}, attemptRecord{}, refundRecord{}, entryRecord{}, Invite{}, payerRecord{}, eventRecord{},
	Message{}, caseRecord{},
}

// MigrateDown takes every migration back.
func MigrateDown(ctx context.Context, dsn string) error {
	return migrate(ctx, dsn, func(p *goose.Provider) error {
		_, err := p.DownTo(ctx, 0)
		return err
	})
}

// CountStatements counts what the store sends from now on.
func (s *Store) CountStatements() (*atomic.Int64, error) {
	var count atomic.Int64
	add := func(*gorm.DB) { count.Add(1) }
	callbacks := s.db.Callback()
	for _, err := range []error{
		callbacks.Create().Before("gorm:create").Register("count", add),
		callbacks.Query().Before("gorm:query").Register("count", add),
		callbacks.Update().Before("gorm:update").Register("count", add),
		callbacks.Delete().Before("gorm:delete").Register("count", add),
		callbacks.Row().Before("gorm:row").Register("count", add),
		callbacks.Raw().Before("gorm:raw").Register("count", add),
	} {
		if err != nil {
			return nil, err
		}
	}
	return &count, nil
}

// What the store asks for all the time.
const (
	TimelineQuery     = timeline
	TakeEventsQuery   = takeEvents
	TakeMessagesQuery = takeMessages
)

// StuckQueries are the parts of Stuck that this schema has, each with moments in place of its parameters.
func StuckQueries() (queries []string) {
	for _, part := range stuck {
		if part.table == "" {
			queries = append(queries, filled(part.sql))
		}
	}
	return queries
}

// SearchQueries are the parts of Search, each with values in place of its parameters.
func SearchQueries() []string {
	var queries []string
	for _, parts := range [][]string{
		searchNames, searchIDs, searchNumbers, searchFingerprints, searchPhones,
	} {
		for _, part := range parts {
			queries = append(queries, filled(part))
		}
	}
	return queries
}

// WaitingQueries are the parts of what alarms count.
func WaitingQueries() []string { return []string{filled(waiting)} }

func filled(query string) string {
	query = strings.NewReplacer("@many", "5", "@words", "'x'", "@limit", "20", "@from", `'\x00'`,
		"@to", `'\x01'`, "@phone", `'\x02'`).Replace(query)
	return parameter.ReplaceAllString(query, "now()")
}

var parameter = regexp.MustCompile(`@[a-z]+`)

// Statement is what a store sent, as it sent it.
type Statement struct {
	SQL  string
	Vars []any
}

// Record keeps what a store sends, until it is stopped.
type Record struct {
	Statements []Statement
	stopped    bool
}

// Forget begins anew.
func (r *Record) Forget() { r.Statements = nil }

// Stop keeps nothing more.
func (r *Record) Stop() { r.stopped = true }

// Record keeps what the store sends from now on.
func (s *Store) Record() *Record {
	r := &Record{}
	keep := func(db *gorm.DB) {
		if !r.stopped {
			r.Statements = append(r.Statements, Statement{db.Statement.SQL.String(), slices.Clone(db.Statement.Vars)})
		}
	}
	callbacks := s.db.Callback()
	_ = callbacks.Query().After("gorm:query").Register("record", keep)
	_ = callbacks.Row().After("gorm:row").Register("record", keep)
	_ = callbacks.Raw().After("gorm:raw").Register("record", keep)
	return r
}

// MigrateTo brings the database to that migration and no further.
func MigrateTo(ctx context.Context, dsn string, version int64) error {
	return migrate(ctx, dsn, func(p *goose.Provider) error {
		_, err := p.UpTo(ctx, version)
		return err
	})
}
