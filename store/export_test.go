package store

import (
	"context"
	"regexp"
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

// StuckQueries are the parts of Stuck, each with times in place of its parameters.
func StuckQueries() []string {
	queries := make([]string, len(stuck))
	for i, query := range stuck {
		queries[i] = parameter.ReplaceAllString(query, "now()")
	}
	return queries
}

var parameter = regexp.MustCompile(`@[a-z]+`)
