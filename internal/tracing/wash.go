package tracing

import (
	"context"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// allowed is all that a span may say besides its name and its times: templates, hosts, ids of ours and fixed
// words. It is a list of what is let through, since libraries add attributes as they please: addresses with
// their queries, user agents, statements.
var allowed = []attribute.Key{
	"http.request.method", "http.response.status_code", "http.route",
	"db.system.name", "db.operation.name", "db.collection.name", "error.type",
	"temporalWorkflowID", "temporalRunID", "temporalUpdateID",
}

// hosts are for calls that leave the house: in those that come in, the caller words them.
var hosts = []attribute.Key{"server.address", "server.port"}

// exception is the one event that stays, and only as the type of what went wrong: errors of libraries quote.
const (
	exception     = "exception"
	exceptionType = attribute.Key("exception.type")
)

// washed exports spans without what is not allowed.
type washed struct{ sdktrace.SpanExporter }

// ExportSpans hands the clean spans on.
func (w washed) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	clean := make([]sdktrace.ReadOnlySpan, len(spans))
	for i, span := range spans {
		clean[i] = cleaned{span}
	}
	return w.SpanExporter.ExportSpans(ctx, clean)
}

// cleaned is a span of which only what is allowed can be read.
type cleaned struct{ sdktrace.ReadOnlySpan }

// Attributes are the allowed ones.
func (c cleaned) Attributes() []attribute.KeyValue {
	leaves := c.SpanKind() == trace.SpanKindClient
	return only(c.ReadOnlySpan.Attributes(), func(key attribute.Key) bool {
		return slices.Contains(allowed, key) || leaves && slices.Contains(hosts, key)
	})
}

// Events are the types of what went wrong.
func (c cleaned) Events() (kept []sdktrace.Event) {
	for _, event := range c.ReadOnlySpan.Events() {
		if event.Name == exception {
			isType := func(key attribute.Key) bool { return key == exceptionType }
			event.Attributes = only(event.Attributes, isType)
			kept = append(kept, event)
		}
	}
	return kept
}

// Links are none: nothing of ours makes any, and a stranger's header may be one.
func (c cleaned) Links() []sdktrace.Link { return nil }

// Status is its code, without the words of an error.
func (c cleaned) Status() sdktrace.Status {
	return sdktrace.Status{Code: c.ReadOnlySpan.Status().Code}
}

func only(attributes []attribute.KeyValue, may func(attribute.Key) bool) (kept []attribute.KeyValue) {
	for _, one := range attributes {
		if may(one.Key) {
			kept = append(kept, one)
		}
	}
	return kept
}
