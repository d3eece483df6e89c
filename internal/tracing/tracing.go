// Package tracing shows an operator who asks for it where the time of a call went, as OpenTelemetry spans. A
// span says what was done, for how long and how it ended, never with what: see wash.go.
package tracing

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/opentelemetry"
	"go.temporal.io/sdk/interceptor"
)

// scope is who made a span.
const scope = "github.com/friendpay/friendpay"

// flushPatience bounds what the last spans of a process may hold up its end.
const flushPatience = 3 * time.Second

// Traces makes the spans of one process. Nil makes none, and changes nothing that it is wrapped around.
type Traces struct {
	provider *sdktrace.TracerProvider
}

// New sends washed spans to an exporter, in batches. The service names the process in traces unless the
// standard variables (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES) name it; sampling is theirs, too.
func New(exporter sdktrace.SpanExporter, service string) (*Traces, error) {
	named := resource.NewSchemaless(attribute.String("service.name", service))
	own, err := resource.Merge(named, resource.Environment())
	if err != nil {
		return nil, fmt.Errorf("name the process in traces: %w", err)
	}
	return &Traces{sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(washed{exporter}), sdktrace.WithResource(own),
	)}, nil
}

// Tracer makes spans; one that makes none when tracing is off.
func (t *Traces) Tracer() trace.Tracer {
	if t == nil {
		return noop.NewTracerProvider().Tracer(scope)
	}
	return t.provider.Tracer(scope)
}

// Temporal gives the calls of a client, and the workflows and activities of its workers, spans. Histories
// gain a header that names trace and span, and no event; a header that cannot be read stops no workflow.
func (t *Traces) Temporal(options *client.Options) error {
	if t == nil {
		return nil
	}
	traced, err := opentelemetry.NewTracingInterceptor(opentelemetry.TracerOptions{
		Tracer: t.Tracer(), TextMapPropagator: propagation.TraceContext{},
		DisableBaggage: true, AllowInvalidParentSpans: true,
	})
	if err != nil {
		return fmt.Errorf("trace Temporal: %w", err)
	}
	options.Interceptors = append(options.Interceptors, interceptor.ClientInterceptor(traced))
	return nil
}

// Flush sends what has ended so far.
func (t *Traces) Flush(ctx context.Context) error {
	if t == nil {
		return nil
	}
	return t.provider.ForceFlush(ctx)
}

// Close sends the last spans, within three seconds.
func (t *Traces) Close() error {
	if t == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), flushPatience)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("send the last spans: %w", err)
	}
	return nil
}
