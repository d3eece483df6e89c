package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSpansLeaveOnlyWhenAnOperatorSaysWhereTo(t *testing.T) {
	sent := make(chan string, 10)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		sent <- r.Method + " " + r.URL.Path
	}))
	defer collector.Close()
	log := slog.New(slog.DiscardHandler)
	none, err := traces(t.Context(), "api", log)
	require.NoError(t, err)
	require.Nil(t, none)

	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	none, err = traces(t.Context(), "", log)
	require.NoError(t, err)
	require.Nil(t, none, "a tool leaves no traces")
	some, err := traces(t.Context(), "api", log)
	require.NoError(t, err)
	_, span := some.Tracer().Start(t.Context(), "work")
	span.End()
	require.NoError(t, some.Close())
	require.Equal(t, "POST /v1/traces", <-sent)

	t.Setenv("OTEL_SDK_DISABLED", "true")
	none, err = traces(t.Context(), "api", log)
	require.NoError(t, err)
	require.Nil(t, none)
	t.Setenv("OTEL_SDK_DISABLED", "")
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318")
	_, err = traces(t.Context(), "api", log)
	var usage usageError
	require.ErrorAs(t, err, &usage)
}
