package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// Each statement of a trace is a span that says what it does to which table; what it carries stays here.
func TestStatementsAreSpans(t *testing.T) {
	w := open(t)
	kept := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(kept))
	tracer := provider.Tracer("test")
	s, err := store.Open(t.Context(), w.dsn, store.Options{Vault: secrets(t), Tracer: tracer})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()

	_, err = s.TakeEvents(t.Context(), 1, 1)
	require.NoError(t, err)
	require.Empty(t, kept.GetSpans(), "looking into a queue belongs to no trace")

	ctx, call := tracer.Start(t.Context(), "call")
	event := store.ProviderEvent{
		Provider: "mockpay", Account: "acc_1", Key: "canary", Kind: providers.PaymentNotice, Number: "canary\x00",
		Raw: []byte("canary"),
	}
	_, err = s.KeepEvent(ctx, event)
	require.Error(t, err, "no text holds that byte")
	_, err = s.Waiting(ctx, time.Now())
	require.NoError(t, err)
	require.NoError(t, s.CountRefused(ctx, "mockpay", "canary", "forged"))
	_, err = s.Message(ctx, "msg_canary")
	require.Error(t, err)
	call.End()

	var names []string
	for _, span := range kept.GetSpans()[:4] {
		require.Equal(t, call.SpanContext().SpanID(), span.Parent.SpanID())
		names = append(names, span.Name)
		for _, one := range span.Attributes {
			require.NotContains(t, one.Value.String(), "canary")
		}
		require.Equal(t, span.Name == "INSERT provider_events", span.Status.Code == codes.Error, span.Name)
		require.Empty(t, span.Status.Description)
	}
	require.Equal(t, []string{
		"INSERT provider_events", "SELECT provider_events", "INSERT refused_callbacks", "SELECT messages",
	}, names)
}
