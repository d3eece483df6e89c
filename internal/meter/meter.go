// Package meter measures one process for its operator, in Prometheus' form: what it calls, what Temporal's
// SDK does in it, and what waits in the database. API and worker serve the same page.
package meter

import (
	"cmp"
	"context"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	otelprom "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/opentelemetry"

	"github.com/friendpay/friendpay/store"
)

// inSeconds gives the SDK's histograms bounds in its unit; the usual ones are for milliseconds.
var inSeconds = metric.NewView(metric.Instrument{Kind: metric.InstrumentKindHistogram}, metric.Stream{
	Aggregation: metric.AggregationExplicitBucketHistogram{
		Boundaries: []float64{.005, .025, .1, .5, 1, 5, 10, 60},
	},
})

// Meter is the measurements of one process. Labels are templates and fixed words, never a person or an id.
type Meter struct {
	Registry *prometheus.Registry
	calls    *prometheus.HistogramVec
	turns    *prometheus.CounterVec
	sdk      *metric.MeterProvider
}

// New makes the measurements; count tells what waits, whenever somebody collects.
func New(count func(context.Context) ([]store.Waiting, error)) (*Meter, error) {
	m := &Meter{Registry: prometheus.NewRegistry(), calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "friendpay_provider_call_seconds", Help: "Calls to providers, by provider, operation and outcome.",
		Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5},
	}, []string{"provider", "op", "class"}), turns: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "friendpay_breaker_turns_total", Help: "Breakers that opened, half opened or closed, as seen here.",
	}, []string{"channel", "surface", "to"})}
	m.Registry.MustRegister(m.calls, m.turns, newQueues(count), collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	bridge, err := otelprom.New(otelprom.WithRegisterer(m.Registry), otelprom.WithoutScopeInfo(),
		otelprom.WithoutTargetInfo())
	if err != nil {
		return nil, fmt.Errorf("measure Temporal's SDK: %w", err)
	}
	m.sdk = metric.NewMeterProvider(metric.WithReader(bridge), metric.WithView(inSeconds))
	return m, nil
}

// Called measures one call to a provider; its class is ok, definite, ambiguous or refused.
func (m *Meter) Called(call store.Call) {
	class := cmp.Or(string(call.Class), "ok")
	m.calls.WithLabelValues(call.Provider, call.Op, class).Observe(call.Latency.Seconds())
}

// Turned counts a breaker that changed its state; surface is all where it watches every one.
func (m *Meter) Turned(turn store.Turn) {
	m.turns.WithLabelValues(turn.Channel, cmp.Or(turn.Surface, "all"), string(turn.To)).Inc()
}

// Temporal measures what the SDK does.
func (m *Meter) Temporal() client.MetricsHandler {
	return opentelemetry.NewMetricsHandler(opentelemetry.MetricsHandlerOptions{
		Meter: m.sdk.Meter("temporal"), UseMonotonicCounters: true,
		OnError: func(error) {}, // a measurement that cannot be made must not stop money
	})
}
