package worker

import (
	"context"

	"go.opentelemetry.io/otel/trace"
)

// spanned begins a trace for one item of a queue; looking into the queue is none. Without a tracer nothing
// happens.
func spanned(ctx context.Context, tracer trace.Tracer, name string) (context.Context, func()) {
	if tracer == nil {
		return ctx, func() {}
	}
	ctx, span := tracer.Start(ctx, name)
	return ctx, func() { span.End() }
}
