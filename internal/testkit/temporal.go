package testkit

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/friendpay/friendpay/internal/devstack"
)

// namespacePatience bounds the wait for a new namespace, which the server's caches learn of one by one.
const namespacePatience = 20 * time.Second

// Temporal returns the in-memory server that the tests of this binary share. A test that wants to kill its
// server starts one of its own with devstack.StartTemporal.
func Temporal(t testing.TB) *devstack.Temporal {
	t.Helper()
	server, err := temporal()
	require.NoError(t, err)
	return server
}

var temporal = sync.OnceValues(func() (*devstack.Temporal, error) {
	server, err := devstack.StartTemporal(context.Background(), process.temporal)
	if err == nil {
		atEnd(server.Stop)
	}
	return server, err
})

// TemporalClient returns a client of the shared server, closed at cleanup; an empty namespace is the default.
// Changes are made to its options before it dials.
func TemporalClient(t testing.TB, namespace string, changes ...func(*client.Options) error) client.Client {
	t.Helper()
	options := client.Options{
		HostPort:  Temporal(t).Address(),
		Namespace: namespace,
		Logger:    log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	}
	for _, change := range changes {
		require.NoError(t, change(&options))
	}
	dialled, err := client.DialContext(context.Background(), options)
	require.NoError(t, err)
	t.Cleanup(dialled.Close)
	return dialled
}

// TaskQueue returns a task queue that no other test polls; enough of a wall for most tests.
func TaskQueue(t testing.TB) string {
	t.Helper()
	return strings.ReplaceAll(t.Name(), "/", "-") + "-" + rand.Text()[:8]
}

// Namespace makes a namespace of this test's own, with the search attributes given to Main: for tests of
// fixed task queues and workflow ids. It costs about a second; TaskQueue costs nothing.
func Namespace(t testing.TB) string {
	t.Helper()
	name := BareNamespace(t)
	attributes := indexed(t)
	if len(attributes) == 0 {
		return name
	}
	owner := TemporalClient(t, name)
	ctx, cancel := context.WithTimeout(context.Background(), namespacePatience)
	defer cancel()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		_, err := owner.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
			Namespace: name, SearchAttributes: attributes,
		})
		require.NoError(c, err)
	}, namespacePatience, 100*time.Millisecond)
	for attribute := range attributes {
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			_, err := owner.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{
				Namespace: name, Query: attribute + " IS NULL",
			})
			require.NoError(c, err)
		}, namespacePatience, 100*time.Millisecond)
	}
	return name
}

// BareNamespace makes a namespace of this test's own that knows no search attribute.
func BareNamespace(t testing.TB) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), namespacePatience)
	defer cancel()
	name := strings.ToLower("test-" + rand.Text()[:12])
	owner := TemporalClient(t, "")
	_, err := owner.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: name, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	require.NoError(t, err)
	return name
}

func indexed(t testing.TB) map[string]enums.IndexedValueType {
	types := map[string]enums.IndexedValueType{}
	for name, kind := range process.temporal.SearchAttributes {
		value, err := enums.IndexedValueTypeFromString(kind)
		require.NoError(t, err, fmt.Sprintf("search attribute %s", name))
		types[name] = value
	}
	return types
}
