package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"

	"github.com/friendpay/friendpay/internal/tracing"
)

// traces sends spans to where OpenTelemetry's standard variables say, over HTTP; without an endpoint, or for
// a tool without a role, there are none. The exporter reads the other variables (headers, certificates).
func traces(ctx context.Context, role string, log *slog.Logger) (*tracing.Traces, error) {
	env := environment()
	endpoint := cmp.Or(env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"], env["OTEL_EXPORTER_OTLP_ENDPOINT"])
	if role == "" || endpoint == "" || env["OTEL_SDK_DISABLED"] == "true" {
		return nil, nil
	}
	at, err := url.Parse(endpoint)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return nil, usageError{errors.New("the endpoint of OTEL_EXPORTER_OTLP_… is not an http address")}
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("spans not sent", "error", err) }))
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, usageError{fmt.Errorf("the settings of OpenTelemetry are wrong: %w", err)}
	}
	return tracing.New(exporter, "friendpay-"+role)
}
