package devstack_test

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/friendpay/friendpay/internal/devstack"
)

func startTemporal(t *testing.T, options devstack.TemporalOptions) *devstack.Temporal {
	t.Helper()
	server, err := devstack.StartTemporal(t.Context(), options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	return server
}

func dial(t *testing.T, server *devstack.Temporal) client.Client {
	t.Helper()
	dialled, err := client.DialContext(t.Context(), client.Options{
		HostPort: server.Address(), Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	require.NoError(t, err)
	t.Cleanup(dialled.Close)
	return dialled
}

func TestTemporalKeepsItsWorkflows(t *testing.T) {
	t.Parallel()
	server := startTemporal(t, devstack.TemporalOptions{
		Dir: filepath.Join(t.TempDir(), "temporal"), SearchAttributes: map[string]string{"PayState": "Keyword"},
	})
	temporal := dial(t, server)
	run, err := temporal.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		ID: "survivor", TaskQueue: "nobody-polls",
		SearchAttributes: map[string]any{"PayState": "open"}, //nolint:staticcheck // short, and enough here
	}, "Pay")
	require.NoError(t, err)

	address := server.Address()
	require.NoError(t, server.Kill())
	require.NoError(t, server.Restart(t.Context()))
	require.Equal(t, address, server.Address(), "the address survives a restart")

	found, err := dial(t, server).DescribeWorkflowExecution(t.Context(), "survivor", run.GetRunID())
	require.NoError(t, err)
	info := found.GetWorkflowExecutionInfo()
	require.Equal(t, "Pay", info.GetType().GetName())
	require.Contains(t, info.GetSearchAttributes().GetIndexedFields(), "PayState")
}

func TestTemporalNamespacesKeepThreeDays(t *testing.T) {
	t.Parallel()
	server := startTemporal(t, devstack.TemporalOptions{Namespaces: []string{"second"}})
	for _, name := range []string{devstack.TemporalNamespace, "second"} {
		found, err := dial(t, server).WorkflowService().DescribeNamespace(t.Context(),
			&workflowservice.DescribeNamespaceRequest{Namespace: name})
		require.NoError(t, err)
		require.Equal(t, 72*time.Hour, found.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration())
	}
	require.Empty(t, server.UIURL())
}

func TestTemporalShowsItsPages(t *testing.T) {
	t.Parallel()
	server := startTemporal(t, devstack.TemporalOptions{UI: true})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.UIURL(), nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)
}

func TestTemporalSaysWhyItCannotStart(t *testing.T) {
	t.Parallel()
	_, err := devstack.StartTemporal(t.Context(), devstack.TemporalOptions{
		SearchAttributes: map[string]string{"PayState": "NoSuchType"},
	})
	require.ErrorContains(t, err, "NoSuchType", "the server's own words")
}

func TestFindTemporalSaysWhatToDo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	root := t.TempDir()
	_, err := devstack.FindTemporal(root)
	require.ErrorContains(t, err, "make build")

	bin := filepath.Join(root, "bin")
	require.NoError(t, os.Mkdir(bin, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(bin, "temporal"), []byte("#!/bin/sh\n"), 0o755))
	found, err := devstack.FindTemporal(filepath.Join(root, "deep"))
	require.NoError(t, err)
	require.Equal(t, filepath.Join(bin, "temporal"), found)
}
