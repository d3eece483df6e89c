package integration

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/friendpay/friendpay/internal/tracing"
)

// spans is what one process left of its calls, in the order in which they ended.
type spans struct {
	t      *testing.T
	kept   *tracetest.InMemoryExporter
	traces *tracing.Traces
}

func newSpans(t *testing.T, service string) *spans {
	t.Helper()
	s := &spans{t: t, kept: tracetest.NewInMemoryExporter()}
	var err error
	s.traces, err = tracing.New(s.kept, service)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.traces.Close()) })
	return s
}

// all is every span that has ended so far.
func (s *spans) all() tracetest.SpanStubs {
	s.t.Helper()
	require.NoError(s.t, s.traces.Flush(s.t.Context()))
	return s.kept.GetSpans()
}

// roots lists the spans of that name that a trace begins with.
func (s *spans) roots(name string) (found tracetest.SpanStubs) {
	for _, span := range s.all() {
		if span.Name == name && !span.Parent.SpanID().IsValid() {
			found = append(found, span)
		}
	}
	return found
}

// await waits until there are so many of those.
func (s *spans) await(name string, least int) (found tracetest.SpanStubs) {
	s.t.Helper()
	require.Eventually(s.t, func() bool {
		found = s.roots(name)
		return len(found) >= least
	}, time.Minute, 50*time.Millisecond)
	return found
}

// of lists the spans of a trace by the time they began.
func (s *spans) of(id trace.TraceID) tracetest.SpanStubs {
	found := slices.DeleteFunc(s.all(), func(span tracetest.SpanStub) bool {
		return span.SpanContext.TraceID() != id
	})
	slices.SortStableFunc(found, func(a, b tracetest.SpanStub) int { return a.StartTime.Compare(b.StartTime) })
	return found
}

// tree draws a trace: who called whom, from when on, and for how long.
func (s *spans) tree(root tracetest.SpanStub) string {
	var text strings.Builder
	family := s.of(root.SpanContext.TraceID())
	var draw func(tracetest.SpanStub, string)
	draw = func(span tracetest.SpanStub, indent string) {
		line := indent + span.Name
		if status := said(span, "http.response.status_code"); status != "" {
			line += " → " + status
		}
		fmt.Fprintf(&text, "%-64s +%-10s %s\n", line, span.StartTime.Sub(root.StartTime).Round(10*time.Microsecond),
			span.EndTime.Sub(span.StartTime).Round(10*time.Microsecond))
		for _, child := range family {
			if child.Parent.SpanID() == span.SpanContext.SpanID() {
				draw(child, indent+"  ")
			}
		}
	}
	draw(root, "")
	return text.String()
}

// said is the value of a span's attribute, empty without.
func said(span tracetest.SpanStub, key attribute.Key) string {
	for _, one := range span.Attributes {
		if one.Key == key {
			return one.Value.String()
		}
	}
	return ""
}

// text is everything that can be read of spans: names, attributes, events, links, statuses, resource.
func text(all tracetest.SpanStubs) string {
	var written strings.Builder
	for _, span := range all {
		fmt.Fprintf(&written, "%s %v %v %v %v", span.Name, span.Status, span.Resource, span.Links,
			span.SpanContext.TraceState())
		for _, one := range span.Attributes {
			fmt.Fprintf(&written, " %s=%s", one.Key, one.Value.String())
		}
		for _, event := range span.Events {
			fmt.Fprintf(&written, " %s", event.Name)
			for _, one := range event.Attributes {
				fmt.Fprintf(&written, " %s=%s", one.Key, one.Value.String())
			}
		}
		written.WriteByte('\n')
	}
	return written.String()
}
