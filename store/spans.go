package store

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"gorm.io/gorm"
)

// spanKey is where a statement's span waits for its end.
const spanKey = "friendpay:span"

// tableName finds the first table in a statement. All our SQL is constant with placeholders; still only a
// word of letters can come out, and none that is a function.
var tableName = regexp.MustCompile(`(?i)\b(?:FROM|INTO|UPDATE|JOIN)\s+([a-z_]+)(?:[^a-z_(]|$)`)

// traced gives each statement a span with what it does to which table. A statement outside of any trace gets
// none: queues are looked into many times a second.
func traced(db *gorm.DB, tracer trace.Tracer) error {
	on := db.Callback()
	begin := func(verb string) func(*gorm.DB) {
		return func(tx *gorm.DB) { beginSpan(tx, tracer, verb) }
	}
	const begins, ends = "friendpay:begin", "friendpay:end"
	return errors.Join(
		on.Create().Before("gorm:create").Register(begins, begin("INSERT")),
		on.Create().After("gorm:create").Register(ends, endSpan),
		on.Query().Before("gorm:query").Register(begins, begin("SELECT")),
		on.Query().After("gorm:query").Register(ends, endSpan),
		on.Update().Before("gorm:update").Register(begins, begin("UPDATE")),
		on.Update().After("gorm:update").Register(ends, endSpan),
		on.Delete().Before("gorm:delete").Register(begins, begin("DELETE")),
		on.Delete().After("gorm:delete").Register(ends, endSpan),
		on.Row().Before("gorm:row").Register(begins, begin("SELECT")),
		on.Row().After("gorm:row").Register(ends, endSpan),
		on.Raw().Before("gorm:raw").Register(begins, begin("SQL")),
		on.Raw().After("gorm:raw").Register(ends, endSpan),
	)
}

func beginSpan(tx *gorm.DB, tracer trace.Tracer, verb string) {
	ctx := tx.Statement.Context
	if !trace.SpanContextFromContext(ctx).IsValid() {
		return
	}
	table := tx.Statement.Table
	if text := tx.Statement.SQL.String(); text != "" {
		verb, table = summary(text)
	}
	_, span := tracer.Start(ctx, verb+" "+table, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("db.system.name", "postgresql"),
		attribute.String("db.operation.name", verb), attribute.String("db.collection.name", table),
	))
	tx.InstanceSet(spanKey, span)
}

func endSpan(tx *gorm.DB) {
	found, _ := tx.InstanceGet(spanKey)
	span, ok := found.(trace.Span)
	if !ok {
		return
	}
	if err := tx.Error; err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		kind := fmt.Sprintf("%T", err)
		var refused *pgconn.PgError
		if errors.As(err, &refused) {
			kind = refused.Code
		}
		span.SetStatus(codes.Error, "")
		span.SetAttributes(attribute.String("error.type", kind))
	}
	span.End()
}

// summary is a statement's verb and the first table it names, nothing else of it.
func summary(statement string) (verb, table string) {
	if words := strings.Fields(statement); len(words) > 0 {
		verb = strings.ToUpper(words[0])
	}
	if found := tableName.FindStringSubmatch(statement); found != nil {
		table = strings.ToLower(found[1])
	}
	return verb, table
}
